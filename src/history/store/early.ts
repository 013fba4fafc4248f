import type { Taken } from './intake.ts';

/** Of 80 series they take about 20 MB. */
const most = 20_000;

/** Samples that came before the journal was read. Beyond a limit the oldest are given up. */
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

  /** All of them, in the order in which they came; afterwards there are none. */
  take(): readonly Taken[] {
    return this.#samples.splice(0);
  }
}
