/** From when to when something has samples, both included. */
type Range = { readonly first: number; readonly last: number };

/**
 * Of chunks of one host in the order in which they were made: what of each holds. After the clock was set back, times come
 * again; the newest chunk that covers a time is right.
 */
export function holding(ranges: readonly Range[]): (index: number, time: number) => boolean {
  const covers = ranges.map((one, index) => {
    return ranges.slice(index + 1).filter(({ first, last }) => first <= one.last && last >= one.first);
  });
  return (index, time) => !covers[index]?.some(({ first, last }) => time >= first && time <= last);
}
