/** The times of an answer. If `width` is 0, they are the times of samples; otherwise the starts of buckets of `width` ms. */
export type Grid = { readonly times: readonly number[]; readonly width: number };

/** The most samples that a span can contain, and how far apart they are (ms), for all queried hosts together. */
export type Density = { readonly hosts: number; readonly samples: number; readonly interval: number };

const secondMs = 1_000;

/**
 * The width of the buckets of an answer with at most `points` times; null if there are few enough samples to answer with
 * their own times. `period` is that of the coarsest summary that is read, ms; 0 if there are only samples. Buckets are wide
 * enough that a sample that is a little late does not leave one empty.
 */
export function widthOf(
  span: { readonly from: number; readonly to: number },
  points: number,
  period: number,
  { hosts, samples, interval }: Density,
): number | null {
  if (period === 0 && hosts === 1 && samples <= points) return null;
  const least = Math.max((span.to - span.from) / points, 2 * interval, period);
  const unit = Math.max(period, secondMs);
  return Math.ceil(least / unit) * unit;
}

/** Buckets of the given width, the first at `from`. */
export function buckets({ from, to }: { readonly from: number; readonly to: number }, width: number): Grid {
  const times = Array.from({ length: Math.ceil((to - from) / width) }, (_, index) => from + index * width);
  return { times, width };
}

/** The place of each time in the grid; -1 if it has none, or is NaN. */
export function placesOf(grid: Grid, times: Float64Array, to: number): Int32Array {
  const places = new Int32Array(times.length);
  const { width, times: own } = grid;
  const from = own[0] ?? 0;
  let next = 0;
  for (let index = 0; index < times.length; index += 1) {
    const time = times[index] ?? 0;
    if (!(time >= from && time < to)) places[index] = -1;
    else if (width > 0) places[index] = Math.floor((time - from) / width);
    else {
      while (next > 0 && (own[next] ?? 0) > time) next -= 1;
      while (next < own.length && (own[next] ?? 0) < time) next += 1;
      places[index] = own[next] === time ? next : -1;
    }
  }
  return places;
}
