/** The times of the first and the last sample, both included. */
type Range = { readonly first: number; readonly last: number };

/**
 * Given the chunks of one host in the order in which they were made, returns whether a time of a chunk counts. After the
 * clock was set back, times occur twice; the newest chunk that covers a time is right.
 */
export function holding(ranges: readonly Range[]): (index: number, time: number) => boolean {
  const covers = ranges.map((one, index) => {
    return ranges.slice(index + 1).filter(({ first, last }) => first <= one.last && last >= one.first);
  });
  return (index, time) => !covers[index]?.some(({ first, last }) => time >= first && time <= last);
}
