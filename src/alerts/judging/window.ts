const buckets = 30;
/** So much of the window must be known. */
const enough = 0.8;

/** Mean, least and most of a value over the last while, in a fixed amount of memory. */
export class Window {
  readonly #widthMs: number;
  readonly #counts = new Uint32Array(buckets);
  readonly #sums = new Float64Array(buckets);
  readonly #least = new Float64Array(buckets);
  readonly #most = new Float64Array(buckets);
  #newest = 0;
  #since = 0;
  #seenAt: number | null = null;

  constructor(windowSeconds: number) {
    this.#widthMs = Math.max(1, (1000 * windowSeconds) / buckets);
  }

  /** Adds a value at `now`, ms of a clock that never jumps. After a gap of more than `maxGapMs` it begins anew. */
  add(value: number, now: number, maxGapMs: number): void {
    const bucket = Math.floor(now / this.#widthMs);
    if (this.#seenAt === null || now - this.#seenAt > maxGapMs || bucket < this.#newest) {
      this.#counts.fill(0);
      this.#since = now;
    } else {
      for (let old = Math.max(this.#newest + 1, bucket - buckets + 1); old <= bucket; old += 1)
        this.#counts[old % buckets] = 0;
    }
    this.#seenAt = now;
    this.#newest = bucket;
    const at = bucket % buckets;
    const isFirst = this.#counts[at] === 0;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sums[at] = (isFirst ? 0 : (this.#sums[at] ?? 0)) + value;
    this.#least[at] = isFirst ? value : Math.min(this.#least[at] ?? value, value);
    this.#most[at] = isFirst ? value : Math.max(this.#most[at] ?? value, value);
  }

  /** What is asked of the window; null while too little of it is known. */
  read(stat: 'mean' | 'min' | 'max', now: number): number | null {
    if (now - this.#since < enough * buckets * this.#widthMs) return null;
    let [count, sum, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < buckets; at += 1) {
      const there = this.#counts[at] ?? 0;
      if (there === 0) continue;
      count += there;
      sum += this.#sums[at] ?? 0;
      least = Math.min(least, this.#least[at] ?? least);
      most = Math.max(most, this.#most[at] ?? most);
    }
    if (count === 0) return null;
    return stat === 'mean' ? sum / count : stat === 'min' ? least : most;
  }
}
