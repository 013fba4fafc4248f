import { codeOf, numberOf } from '../../model/quantum.ts';
import type { Summary, SummaryColumn } from './summary.ts';
import type { TopAt } from './top.ts';

/** The buckets in which a day is summarised. */
export type Buckets = { readonly from: number; readonly periodMs: number; readonly count: number };

/** Summarises a host's day, always from samples and never from other summaries. */
export class Rollup {
  readonly #buckets: Buckets;
  readonly #samples: Float64Array;
  readonly #series: Gathered[] = [];

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
    this.#samples = new Float64Array(buckets.count);
  }

  /** The bucket of each time, or -1 if it has none. Also counts the samples. */
  places(times: ArrayLike<number>): Int32Array {
    const { from, periodMs, count } = this.#buckets;
    return Int32Array.from(times, (time) => {
      const place = Math.floor((time - from) / periodMs);
      if (place < 0 || place >= count) return -1;
      this.#samples[place] = (this.#samples[place] ?? 0) + 1;
      return place;
    });
  }

  /** Adds the codes of the series with this number and step; `codes[i]` belongs to the bucket `places[i]`. */
  add(series: number, step: number, places: Int32Array, codes: ArrayLike<number>): void {
    const gathered = this.#of(series, step);
    const { min, max, sum, count } = gathered;
    for (let index = 0; index < places.length; index += 1) {
      const [place, code] = [places[index] ?? -1, codes[index] ?? Number.NaN];
      if (place < 0 || Number.isNaN(code)) continue;
      if (count[place] === 0 || code < (min[place] ?? 0)) min[place] = code;
      if (count[place] === 0 || code > (max[place] ?? 0)) max[place] = code;
      sum[place] = (sum[place] ?? 0) + numberOf(code, step);
      count[place] = (count[place] ?? 0) + 1;
    }
  }

  /** Null if there were no samples. */
  summary(shape: number): Summary | null {
    const { from, periodMs } = this.#buckets;
    const filled = [...this.#samples.keys()].filter((place) => (this.#samples[place] ?? 0) > 0);
    if (filled.length === 0) return null;
    const pick = (values: Float64Array): Float64Array => Float64Array.from(filled, (place) => values[place] ?? 0);
    return {
      shape,
      periodMs,
      times: Float64Array.from(filled, (place) => from + place * periodMs),
      samples: pick(this.#samples),
      columns: this.#series.map((one) => summarised(one, pick)),
    };
  }

  #of(series: number, step: number): Gathered {
    const { count } = this.#buckets;
    const empty = (): Float64Array => new Float64Array(count);
    while (this.#series.length <= series)
      this.#series.push({ step, min: empty(), max: empty(), sum: empty(), count: empty() });
    const found = this.#series[series] as Gathered;
    found.step = step;
    return found;
  }
}

/** For each bucket, the top processes of the sample whose first process used most CPU. */
export function busiest(tops: readonly TopAt[], { from, periodMs, count }: Buckets): TopAt[] {
  const best = new Map<number, TopAt>();
  for (const top of tops) {
    const place = Math.floor((top.at - from) / periodMs);
    if (place < 0 || place >= count) continue;
    const before = best.get(place);
    if (before === undefined || (top.cpu[0]?.value ?? 0) > (before.cpu[0]?.value ?? 0)) best.set(place, top);
  }
  return [...best.values()].sort((a, b) => a.at - b.at);
}

type Gathered = { step: number; min: Float64Array; max: Float64Array; sum: Float64Array; count: Float64Array };

function summarised(one: Gathered, pick: (values: Float64Array) => Float64Array): SummaryColumn {
  const count = pick(one.count);
  const [min, max, sum] = [pick(one.min), pick(one.max), pick(one.sum)];
  const mean = sum.map((total, index) => {
    const samples = count[index] ?? 0;
    if (samples === 0) return Number.NaN;
    // Sums are rounded, but the mean of equal values must equal them.
    return Math.min(Math.max(codeOf(total / samples, one.step), min[index] ?? 0), max[index] ?? 0);
  });
  const where = (values: Float64Array) => values.map((value, index) => (count[index] === 0 ? Number.NaN : value));
  return { min: where(min), mean, max: where(max), count };
}
