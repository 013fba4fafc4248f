import { createHash } from 'node:crypto';
import type { Family, Labels, Series, SeriesLayout } from '../../model/export/series.ts';
import { bounded } from './labels.ts';

/** How many series a host may have, and how many of one family; a host may list anything. */
export const mostSeries = { ofHost: 10_000, ofFamily: 2_048 } as const;

/**
 * A layout, and where it comes from: the series in the order in which they were put, and the place of each in the layout; -1:
 * it was left out.
 */
export type Plan = {
  readonly layout: SeriesLayout;
  readonly families: readonly Family[];
  readonly labels: readonly Labels[];
  readonly places: Int32Array;
  readonly cut: ReadonlyMap<string, number>;
};

/** What series were put in one sample. `count` of the entries count. */
export type Put = { readonly families: readonly Family[]; readonly labels: readonly Labels[]; readonly count: number };

/** Plans in use, by what they were made from: hosts of one shape share one. */
const plans = new Map<string, WeakRef<Plan>>();
const ended = new FinalizationRegistry<string>((key) => {
  if (plans.get(key)?.deref() === undefined) plans.delete(key);
});

/** Whether a plan is of exactly these series; quick if they are the same objects. */
export function isPlanOf({ families, labels }: Plan, put: Put): boolean {
  if (families.length !== put.count) return false;
  for (let index = 0; index < put.count; index += 1) {
    if (families[index] !== put.families[index] && families[index]?.name !== put.families[index]?.name) return false;
    if (labels[index] !== put.labels[index] && keyOf(labels[index] ?? {}) !== keyOf(put.labels[index] ?? {}))
      return false;
  }
  return true;
}

/** The plan of these series; the one that another host has, if it has the same. */
export function planOf(put: Put): Plan {
  const families = put.families.slice(0, put.count);
  const labels = put.labels.slice(0, put.count);
  const hash = createHash('sha256');
  for (const [index, family] of families.entries()) hash.update(`${family.name}\0${keyOf(labels[index] ?? {})}\n`);
  const key = hash.digest('base64');
  const known = plans.get(key)?.deref();
  if (known !== undefined) return known;
  const plan = { families, labels, ...laidOut(families, labels) };
  plans.set(key, new WeakRef(plan));
  ended.register(plan, key);
  return plan;
}

function laidOut(families: readonly Family[], labels: readonly Labels[]): Pick<Plan, 'layout' | 'places' | 'cut'> {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const cut = new Map<string, number>();
  const kept: { readonly from: number; readonly series: Series }[] = [];
  for (const [from, family] of families.entries()) {
    const { name } = family;
    const own = bounded(labels[from] ?? {});
    const key = `${name}\0${keyOf(own)}`;
    const count = counts.get(name) ?? 0;
    if (seen.has(key) || count >= mostSeries.ofFamily || kept.length >= mostSeries.ofHost) {
      cut.set(name, (cut.get(name) ?? 0) + 1);
      continue;
    }
    seen.add(key);
    counts.set(name, count + 1);
    kept.push({ from, series: { family, labels: own } });
  }
  // The sort is stable: the series of a family stay in the order in which they were put.
  kept.sort((a, b) => compare(a.series.family.name, b.series.family.name));
  const places = new Int32Array(families.length).fill(-1);
  for (const [place, { from }] of kept.entries()) places[from] = place;
  return { layout: { series: kept.map(({ series }) => series) }, places, cut };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The lengths keep apart what a host writes with the very characters that separate labels. */
function keyOf(labels: Labels): string {
  let key = '';
  for (const name in labels) {
    const value = labels[name] ?? '';
    key += `${name}\0${value.length}\0${value}`;
  }
  return key;
}
