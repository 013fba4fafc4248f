/** The times of an answer. `width` 0: they are the times of samples; else where buckets of so many ms begin. */
export type Grid = { readonly times: readonly number[]; readonly width: number };

/** How many samples there are in a span at most, and how far apart they are (ms), of all hosts that are asked for. */
export type Density = { readonly hosts: number; readonly samples: number; readonly interval: number };

const secondMs = 1_000;

/**
 * Which buckets an answer of at most `points` times has, or null when the samples are so few that their own times do.
 * `period`: of the coarsest summary that is read, ms; 0 where only samples are. A bucket is never so narrow that a sample a
 * bit late leaves one empty.
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

/** Buckets of a width, the first at `from`. */
export function buckets({ from, to }: { readonly from: number; readonly to: number }, width: number): Grid {
  const times = Array.from({ length: Math.ceil((to - from) / width) }, (_, index) => from + index * width);
  return { times, width };
}

/** Where each of some times belongs in the grid; -1: nowhere, as is NaN. */
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
