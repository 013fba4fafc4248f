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

  show({ metric, labels, unit }: HistorySeries): HistoryLine {
    const length = this.#count.length;
    const none = (): (number | null)[] => Array.from({ length }, () => null);
    const [min, mean, max] = [none(), none(), none()];
    for (let index = 0; index < length; index += 1) {
      const count = this.#count[index] ?? 0;
      if (count === 0) continue;
      const [low, high] = [plain(this.#min[index] ?? 0), plain(this.#max[index] ?? 0)];
      min[index] = low;
      max[index] = high;
      mean[index] = low === high ? low : plain((this.#sum[index] ?? 0) / count);
    }
    return { metric, labels, unit, min, mean, max, count: Array.from(this.#count) };
  }
}

const decimals = 1e6;

/** Removes the rounding errors of binary fractions, such as 0.30000000000000004: twelve digits stay. */
export function plain(value: number): number {
  const size = Math.abs(value);
  // Most values have few decimals: this is the same, much faster.
  if (size < decimals) {
    // Adding 0 makes -0 a 0.
    const near = Math.round(value * decimals) / decimals + 0;
    if (Math.abs(near - value) <= size * 1e-14) return near;
  } else if (size < 1e12 && Number.isInteger(value)) return value;
  return Number(value.toPrecision(12));
}
