/** What the dashboard 1860 needs of node_exporter's families, and which of its panels have all their data of Sonde's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A query of a panel: the families that it needs, with the labels that it selects. */
type Query = readonly { readonly family: string; readonly labels: Readonly<Record<string, string>> }[];
export type Panel = { readonly title: string; readonly queries: readonly Query[] };
/** A panel that lacks something: families, as `name` or `name{label=value}`. */
export type Incomplete = { readonly title: string; readonly missing: readonly string[]; readonly isEmpty: boolean };

export function panels(): readonly Panel[] {
  const lines = readFileSync(join(root, 'test/support/dashboard-1860.txt'), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [title = '', queries = ''] = line.split(': ');
      return { title, queries: queries.split('; ').map(queryOf) };
    });
}

function queryOf(text: string): Query {
  return text.split(' + ').map((one) => {
    const [, family = '', selected = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(one) ?? [];
    const labels = selected.split(',').flatMap((label) => (label === '' ? [] : [label.split('=') as [string, string]]));
    return { family, labels: Object.fromEntries(labels) };
  });
}

/**
 * The panels that lack something of what is exported of a machine with many devices. `page`: its page; `more`: families that it has
 * besides.
 */
export function incomplete(page: string, more: readonly string[]): readonly Incomplete[] {
  const exported = new Set(
    [...more, ...page.matchAll(/^# TYPE (\w+) /gm)].map((one) => (typeof one === 'string' ? one : (one[1] ?? ''))),
  );
  const series = page.split('\n').filter((line) => !line.startsWith('#'));
  const has = ({ family, labels }: Query[number]): boolean => {
    const wanted = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    if (wanted.length === 0) return exported.has(family);
    return series.some((line) => line.startsWith(`${family}{`) && wanted.every((label) => line.includes(label)));
  };
  return panels().flatMap(({ title, queries }) => {
    const lacking = queries.map((query) => query.filter((one) => !has(one)));
    const missing = [...new Set(lacking.flat().map(textOf))];
    return missing.length === 0 ? [] : [{ title, missing, isEmpty: lacking.every(({ length }) => length > 0) }];
  });
}

function textOf({ family, labels }: Query[number]): string {
  const selected = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return selected.length === 0 ? family : `${family}{${selected.join(',')}}`;
}
