import type { HistoryLine, HistorySeries } from '../../ports/history-store.ts';

/** Values of one series at the times of a piece; NaN if there is none. For samples, all three are the same array and each count is 1. */
export type Column = {
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
  readonly count: Float64Array | null;
};

/** Computes the buckets of one series: minimum, maximum, and the mean of all samples (not of means). */
export class Line {
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #sum: Float64Array;
  readonly #count: Float64Array;

  constructor(times: number) {
    this.#min = new Float64Array(times).fill(Number.POSITIVE_INFINITY);
    this.#max = new Float64Array(times).fill(Number.NEGATIVE_INFINITY);
    this.#sum = new Float64Array(times);
    this.#count = new Float64Array(times);
  }

  /** `places[i]` is the bucket of value i; negative if it has none. */
  add(places: Int32Array, { min, mean, max, count }: Column): void {
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] ?? -1;
      const value = mean[index] ?? Number.NaN;
      if (place < 0 || Number.isNaN(value)) continue;
      const samples = count === null ? 1 : (count[index] ?? 0);
      if (samples === 0) continue;
      this.#min[place] = Math.min(this.#min[place] ?? 0, min[index] ?? value);
      this.#max[place] = Math.max(this.#max[place] ?? 0, max[index] ?? value);
      this.#sum[place] = (this.#sum[place] ?? 0) + value * samples;
      this.#count[place] = (this.#count[place] ?? 0) + samples;
    }
  }

  get isEmpty(): boolean {
    return this.#count.every((count) => count === 0);
  }

  show(series: HistorySeries): HistoryLine {
    const shown = (value: (index: number) => number): (number | null)[] =>
      Array.from(this.#count, (count, index) => (count === 0 ? null : plain(value(index))));
    return {
      metric: series.metric,
      labels: series.labels,
      unit: series.unit,
      min: shown((index) => this.#min[index] ?? 0),
      mean: shown((index) => (this.#sum[index] ?? 0) / (this.#count[index] ?? 1)),
      max: shown((index) => this.#max[index] ?? 0),
      count: Array.from(this.#count),
    };
  }
}

/** Removes the rounding errors of binary fractions, such as 0.30000000000000004. */
function plain(value: number): number {
  return Number(value.toPrecision(12));
}
