import { tooMany } from '../lib/errors.ts';

const defaultWindowMs = 300_000;
const maxKeys = 50_000;

/** How often something may fail for a key (a user, an address) in a window of time. */
export type Limit = { readonly key: string; readonly most: number };

/**
 * Counts failures per key in a window of 5 minutes, or another. Attempts in progress count as failures until their
 * outcome is known, so sending many at once gains nothing. Beyond a limit it throws 429 with the seconds to wait.
 */
export class Throttle {
  readonly #now: () => number;
  readonly #windowMs: number;
  readonly #counted = new Map<string, number[]>();
  readonly #underWay = new Map<string, number>();

  constructor(now: () => number, windowMs = defaultWindowMs) {
    this.#now = now;
    this.#windowMs = windowMs;
  }

  /** Throws 429 if any of the limits is reached. */
  check(limits: readonly Limit[]): void {
    for (const { key, most } of limits) {
      const list = this.#recent(key);
      const oldest = list[list.length - most];
      if (oldest !== undefined) throw tooMany(Math.max(1, Math.ceil((oldest + this.#windowMs - this.#now()) / 1000)));
      if (list.length + (this.#underWay.get(key) ?? 0) >= most) throw tooMany(1);
    }
  }

  /** Counts one failure for each key. */
  count(limits: readonly Limit[]): void {
    for (const { key } of limits) {
      const list = this.#recent(key);
      list.push(this.#now());
      this.#counted.delete(key);
      this.#counted.set(key, list);
      if (this.#counted.size > maxKeys) this.#counted.delete(this.#counted.keys().next().value as string);
    }
  }

  /** Counts one use for each key at once, if none of the limits is reached. */
  take(limits: readonly Limit[]): void {
    this.check(limits);
    this.count(limits);
  }

  /** Runs something that returns whether it succeeded, if none of the limits is reached, and counts a failure. */
  async attempt(limits: readonly Limit[], work: () => Promise<boolean>): Promise<boolean> {
    this.check(limits);
    for (const { key } of limits) this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    try {
      const isRight = await work();
      if (!isRight) this.count(limits);
      return isRight;
    } finally {
      for (const { key } of limits) {
        const left = (this.#underWay.get(key) ?? 1) - 1;
        if (left > 0) this.#underWay.set(key, left);
        else this.#underWay.delete(key);
      }
    }
  }

  clear(key: string): void {
    this.#counted.delete(key);
  }

  #recent(key: string): number[] {
    const list = (this.#counted.get(key) ?? []).filter((at) => this.#now() - at < this.#windowMs);
    if (list.length === 0) this.#counted.delete(key);
    return list;
  }
}
