import type { Labels } from '../model/export/series.ts';

/** One number of a sample. `weight`: how much it matters beside the others of its metric. */
export type Measured = {
  readonly metric: string;
  readonly labels: Labels;
  readonly unit: string;
  readonly value: number;
  readonly weight?: number;
};

/** A text that identifies a series of a host. */
export function keyOf({ metric, labels }: Measured): string {
  const names = Object.values(labels);
  return names.length === 0 ? metric : `${metric}\0${names.join('\0')}`;
}

/** A series that was kept gives way only to one that matters more by this factor. */
const inertia = 0.05;

/**
 * Chooses the `most` numbers that matter from a sample that has more. Metrics with few series are kept whole; those with many
 * get equal shares of the rest, for their most important series. `isKept` says whether a line exists already, so that lines
 * do not come and go with every sample.
 */
export function choose(
  all: readonly Measured[],
  most: number,
  isKept: (one: Measured) => boolean,
): readonly Measured[] {
  if (all.length <= most) return all;
  const byMetric = new Map<string, Measured[]>();
  for (const one of all) {
    const list = byMetric.get(one.metric);
    if (list) list.push(one);
    else byMetric.set(one.metric, [one]);
  }
  const lists = [...byMetric.values()].sort((a, b) => a.length - b.length);
  let left = most;
  return lists.flatMap((list, index) => {
    const share = Math.min(list.length, Math.floor(left / (lists.length - index)));
    left -= share;
    return share === list.length ? list : heaviest(list, share, isKept);
  });
}

function heaviest(list: readonly Measured[], count: number, isKept: (one: Measured) => boolean): readonly Measured[] {
  return list
    .map((one) => ({ one, weight: (one.weight ?? 0) + (isKept(one) ? inertia : 0) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count)
    .map(({ one }) => one);
}
