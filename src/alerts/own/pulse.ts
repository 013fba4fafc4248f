import type { AlertHost } from '../../model/alerts/host.ts';
import type { Clock } from '../../ports/clock.ts';
import { gapOf } from '../judging/compile.ts';

/** What is looked after every 10 s stands still after this time, ms. */
const stillMs = 60_000;

type Judging = { readonly hosts: () => readonly AlertHost[]; readonly isCutOff: boolean };

/** Whether Sonde still judges what it sees: alerts are looked after, and observations come. */
export class Pulse {
  readonly #clock: Clock;
  readonly #judging: () => Judging;
  #sweptAt: number;
  #seenAt: number;

  constructor(clock: Clock, judging: () => Judging) {
    this.#clock = clock;
    this.#judging = judging;
    this.#sweptAt = clock.monotonic();
    this.#seenAt = clock.monotonic();
  }

  /** Alerts were looked after. */
  swept(): void {
    this.#sweptAt = this.#clock.monotonic();
  }

  /** Something was observed, and judged. */
  seen(): void {
    this.#seenAt = this.#clock.monotonic();
  }

  /** Without a host that is checked, and while Sonde is cut off, nothing needs to be seen. */
  get isBeating(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#sweptAt > stillMs) return false;
    const judging = this.#judging();
    const intervals = judging.hosts().flatMap((host) => (host.statusCheckEnabled ? [host.statusIntervalSeconds] : []));
    if (judging.isCutOff || intervals.length === 0) return true;
    // Any host's will do: only where there is none of any, for twice as long as the most frequent one may be silent.
    const most = intervals.reduce((least, one) => Math.min(least, one));
    return now - this.#seenAt <= 2 * gapOf(Math.max(most, 60));
  }
}
