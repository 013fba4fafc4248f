import type { Labels } from '../../model/alerts/alert.ts';
import type { LabelMatch, Selector } from '../../model/alerts/rule.ts';

/** What selectors ask of a host. */
export type Selectable = { readonly id: number; readonly tags: readonly string[]; readonly folder: string };

/** Whether a selector names a host. */
export function selects(selector: Selector, host: Selectable): boolean {
  if ('all' in selector) return true;
  const { ids, tags, folders, not } = selector;
  if (not !== undefined && selects(not, host)) return false;
  if (ids === undefined && tags === undefined && folders === undefined) return not !== undefined;
  return (
    (ids?.includes(host.id) ?? false) ||
    (tags?.some((tag) => host.tags.includes(tag)) ?? false) ||
    (folders?.some((folder) => isWithin(host.folder, folder)) ?? false)
  );
}

/** Whether a series has the labels that a rule wants, and none that it does not. */
export function hasLabels(labels: Labels, wanted: LabelMatch | undefined, unwanted: LabelMatch | undefined): boolean {
  if (wanted !== undefined)
    for (const name of Object.keys(wanted)) if (!isOneOf(labels[name], wanted[name])) return false;
  if (unwanted !== undefined)
    for (const name of Object.keys(unwanted)) if (isOneOf(labels[name], unwanted[name])) return false;
  return true;
}

function isOneOf(value: string | undefined, wanted: string | readonly string[] | undefined): boolean {
  if (value === undefined || wanted === undefined) return false;
  return typeof wanted === 'string' ? value === wanted : wanted.includes(value);
}

/** Folders within folders are written `a/b` or `a / b`. */
function isWithin(folder: string, outer: string): boolean {
  return folder === outer || (folder.startsWith(outer) && /^ ?\//.test(folder.slice(outer.length)));
}
