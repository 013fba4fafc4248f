import { setTimeout as sleep } from 'node:timers/promises';
import { collectors } from '../collectors/index.ts';
import type { SudoRefusal } from '../collectors/sampler/sudo.ts';
import { HostError } from '../model/failure.ts';
import type { Sample } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Held } from '../scheduler/connections/hold.ts';
import { collect, HostMemory } from '../scheduler/sampling/collect.ts';
import { emptySnapshot, fold } from '../snapshots/fold.ts';
import { failure } from '../ssh/failures.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
/** Shares and rates are differences between two samples. */
const apartMs = 1_000;

/** A host that is looked at: its connection, and what is remembered from sample to sample. */
export class Looking {
  snapshot: Snapshot = emptySnapshot(1);
  #sample: Sample | null = null;
  readonly #held: Held;
  readonly #memory = new HostMemory();
  #refusals: readonly SudoRefusal[] = [];

  constructor(held: Held) {
    this.#held = held;
  }

  /** The newest sample. */
  get sample(): Sample {
    if (this.#sample === null) throw new HostError(failure('sample', 'cut'));
    return this.#sample;
  }

  /** Takes a sample; the first time two, so that there are rates. Throws HostError. */
  async take(signal: AbortSignal): Promise<void> {
    const isFirst = this.#sample === null;
    await this.#once();
    if (!isFirst) return;
    await sleep(apartMs, undefined, { signal });
    await this.#once();
  }

  async #once(): Promise<void> {
    const shell = await this.#held.shell(undefined, this.#refusals);
    const sudo = {
      refusals: this.#refusals,
      learn: (found: readonly SudoRefusal[]): void => {
        this.#refusals = [...this.#refusals, ...found];
      },
    };
    const sample = await collect(shell, collectors, this.#memory, clock, sudo, true);
    this.#sample = sample;
    const seen = { hostId: 1, at: sample.readAt, alive: true, probe: null, sample, failure: null };
    this.snapshot = fold(this.snapshot, seen);
  }
}
