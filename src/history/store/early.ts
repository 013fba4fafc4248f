import type { Taken } from './intake.ts';

/** With 80 series each, these samples take about 20 MB. */
const most = 20_000;

/** Samples that arrived before the journal was read. Beyond a limit, the oldest are dropped. */
export class Early {
  #samples: Taken[] = [];
  dropped = 0;

  add(sample: Taken): void {
    this.#samples.push(sample);
    if (this.#samples.length <= most) return;
    this.#samples.shift();
    this.dropped += 1;
  }

  forget(hostId: number): void {
    this.#samples = this.#samples.filter((sample) => sample.hostId !== hostId);
  }

  /** Removes and returns all of them, in the order in which they arrived. */
  take(): readonly Taken[] {
    return this.#samples.splice(0);
  }
}
