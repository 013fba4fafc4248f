/** A host in buckets takes this part of what it takes sample by sample, until one was read. */
const guess = 0.25;

/** Decides how closely hosts are looked at, so that all of them can be in time. */
export class Pace {
  readonly #enoughMs: number;
  readonly #fine = { hosts: 0, ms: 0 };
  readonly #coarse = { hosts: 0, ms: 0 };
  #last: { readonly atMs: number; readonly isCoarse: boolean } | null = null;
  #isFirst = true;

  constructor(enoughMs: number) {
    this.#enoughMs = enoughMs;
  }

  /** Asked before each host, with how long it took until now and how many hosts are left. */
  isCoarse(passedMs: number, hosts: number): boolean {
    this.#note(passedMs);
    const fineMs = this.#fine.hosts === 0 ? 0 : this.#fine.ms / this.#fine.hosts;
    const coarseMs = this.#coarse.hosts === 0 ? guess * fineMs : this.#coarse.ms / this.#coarse.hosts;
    const isCoarse = passedMs + fineMs + coarseMs * (hosts - 1) > this.#enoughMs;
    this.#last = { atMs: passedMs, isCoarse };
    return isCoarse;
  }

  #note(passedMs: number): void {
    if (this.#last === null) return;
    // The first one says nothing: its thread had to start.
    if (!this.#isFirst) {
      const kind = this.#last.isCoarse ? this.#coarse : this.#fine;
      kind.hosts += 1;
      kind.ms += passedMs - this.#last.atMs;
    }
    this.#isFirst = false;
  }
}
