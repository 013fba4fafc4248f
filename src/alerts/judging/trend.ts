/** The length of a point. */
export const pointMs = 300_000;
/** Six hours of five-minute maxima. */
export const mostPoints = 72;
/** So many of the points of a window must be known. */
const enough = 0.8;
/** A larger fall, as a part of the size, makes what was before meaningless: logs were rotated, files removed. */
const fallRatio = 0.05;
const leastFit = 0.6;
/** After so many points without a value, a fall of before explains nothing. */
const longGap = 2;

/** How a value rises, a ms; `isSteady`: enough so to go on from it. `fallen`: it fell, and too little is known since. */
export type Fit = { readonly slope: number; readonly isSteady: boolean } | 'fallen' | 'unknown';

/** The five-minute maxima of one series over the last six hours. Times are ms of a clock that never jumps. */
export class Trend {
  readonly #points = new Float32Array(mostPoints).fill(Number.NaN);
  /** By how many points they were made of; until a point is added. */
  readonly #fits = new Map<number, Fit>();
  #newest = Number.NEGATIVE_INFINITY;
  #hasFallen = false;

  /** Adds a value. `size`: what a fall is measured by. */
  add(value: number, now: number, size: number): void {
    const point = Math.floor(now / pointMs);
    const passed = point - this.#newest;
    if (passed < 0) return;
    if (passed > 0) {
      if (passed > longGap) this.#hasFallen = false;
      const first = Math.max(this.#newest + 1, point - mostPoints + 1);
      for (let old = first; old <= point; old += 1) this.#points[placeOf(old)] = Number.NaN;
      this.#newest = point;
      this.#fits.clear();
    }
    if (value < this.#highest(point) - fallRatio * size) this.#fall();
    const at = placeOf(point);
    if (!((this.#points[at] ?? Number.NaN) >= value)) this.#points[at] = value;
  }

  /** Adds what was before the first value. `values`: of points of five minutes in a row, the first at `from`. */
  fill(from: number, values: readonly (number | null)[], size: number): void {
    const first = Math.round(from / pointMs);
    const before = this.#newest;
    this.#newest = Math.max(before, first + values.length - 1);
    let [known, kept] = [Number.NaN, 0];
    const all = Array.from({ length: mostPoints }, (_, index) => {
      const point = this.#newest - mostPoints + 1 + index;
      const own = point <= before && point > before - mostPoints ? this.#points[placeOf(point)] : undefined;
      const value = own === undefined || Number.isNaN(own) ? (values[point - first] ?? Number.NaN) : own;
      if (value < known - fallRatio * size) kept = index;
      if (!Number.isNaN(value)) known = value;
      return value;
    });
    for (const [index, value] of all.entries())
      this.#points[placeOf(this.#newest - mostPoints + 1 + index)] = index < kept ? Number.NaN : value;
    this.#fits.clear();
  }

  /** How it rose over the last `count` whole points. */
  fit(count: number): Fit {
    let fit = this.#fits.get(count);
    if (fit === undefined) {
      fit = this.#fitOf(count);
      this.#fits.set(count, fit);
    }
    return fit;
  }

  #fitOf(count: number): Fit {
    const whole = Math.min(count, mostPoints - 1);
    const from = this.#newest - whole;
    const line = this.#line(from, this.#newest);
    if (line.known < enough * whole) return this.#hasFallen ? 'fallen' : 'unknown';
    const half = from + (whole >> 1);
    const isSteady =
      line.slope > 0 &&
      (line.share >= leastFit || (this.#line(from, half).slope > 0 && this.#line(half, this.#newest).slope > 0));
    return { slope: line.slope / pointMs, isSteady };
  }

  /** The line that is nearest to the points in [from, to), a point, and the share of their variance that it explains (r²). */
  #line(from: number, to: number) {
    let known = 0;
    let first = 0;
    let [t, v, tt, tv, vv] = [0, 0, 0, 0, 0];
    for (let point = from; point < to; point += 1) {
      const own = this.#points[placeOf(point)] ?? Number.NaN;
      if (Number.isNaN(own)) continue;
      if (known === 0) first = own;
      const time = point - from;
      const value = own - first;
      known += 1;
      t += time;
      v += value;
      tt += time * time;
      tv += time * value;
      vv += value * value;
    }
    const [times, both, values] = [known * tt - t * t, known * tv - t * v, known * vv - v * v];
    return {
      known,
      slope: times > 0 ? both / times : 0,
      share: times > 0 && values > 0 ? both ** 2 / (times * values) : 0,
    };
  }

  /** The higher one of the newest point and the one before. */
  #highest(point: number): number {
    return Math.max(nothing(this.#points[placeOf(point)]), nothing(this.#points[placeOf(point - 1)]));
  }

  #fall(): void {
    this.#points.fill(Number.NaN);
    this.#fits.clear();
    this.#hasFallen = true;
  }
}

/** Where a point is kept. */
function placeOf(point: number): number {
  return ((point % mostPoints) + mostPoints) % mostPoints;
}

function nothing(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
