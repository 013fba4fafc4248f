const most = 10_000;

/** Attempts that came back: each counts once. Bounded, because whoever adds one had to begin it first. */
export class UsedStates {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  has(state: string): boolean {
    return this.#until.has(state);
  }

  /** `until`: when the attempt ends by itself, ms since the epoch. */
  add(state: string, until: number): void {
    for (const [old, ended] of this.#until) {
      if (ended > this.#now() && this.#until.size < most) break;
      this.#until.delete(old);
    }
    this.#until.set(state, until);
  }
}
