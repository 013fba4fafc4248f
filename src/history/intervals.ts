/** The time [from, to), in ms since the epoch. */
export type Interval = { readonly from: number; readonly to: number };

/** The parts of some intervals that lie in [from, to). */
export function clip<One extends Interval>(all: readonly One[], { from, to }: Interval): readonly One[] {
  return all.flatMap((one) => {
    const [begin, end] = [Math.max(from, one.from), Math.min(to, one.to)];
    return begin < end ? [{ ...one, from: begin, to: end }] : [];
  });
}

/** Sorts intervals, and joins those that touch or overlap. */
export function union(all: readonly Interval[]): readonly Interval[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...all].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** The parts of some intervals that lie in one of `within`, which must be a union. `all` are in order. */
export function intersect<One extends Interval>(all: readonly One[], within: readonly Interval[]): readonly One[] {
  const found: One[] = [];
  let first = 0;
  for (const one of all) {
    while (first < within.length && (within[first]?.to ?? 0) <= one.from) first += 1;
    for (let at = first; at < within.length && (within[at]?.from ?? 0) < one.to; at += 1)
      found.push(...clip([one], within[at] ?? one));
  }
  return found;
}

/** The parts of some intervals that lie in none of `without`. */
export function subtract<One extends Interval>(all: readonly One[], without: readonly Interval[]): readonly One[] {
  const ordered = [...all].sort((a, b) => a.from - b.from);
  const last = ordered.reduce((to, one) => Math.max(to, one.to), 0);
  return intersect(ordered, complement(without, { from: ordered[0]?.from ?? 0, to: last }));
}

/** The parts of [from, to) that lie in none of the intervals. */
export function complement(all: readonly Interval[], { from, to }: Interval): readonly Interval[] {
  const free: Interval[] = [];
  let at = from;
  for (const one of union(all)) {
    if (one.from > at) free.push({ from: at, to: Math.min(one.from, to) });
    at = Math.max(at, one.to);
  }
  if (at < to) free.push({ from: at, to });
  return clip(free, { from, to });
}
