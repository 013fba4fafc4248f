import { sampled } from '../../collectors/index.ts';
import { HostExport } from '../../collectors/node/host-export.ts';
import type { Failure } from '../../model/failure.ts';
import type { Observation } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Sampled } from '../../ports/control.ts';

/** An export may want a host for so long at once, ms. */
const longestMs = 900_000;

type Wanted = {
  /** Monotonic ms. */
  until: number;
  readonly made: HostExport;
  /** Who waits for the host's next sample or failure. */
  readonly waiting: Set<(outcome: Sampled) => void>;
};

/** Which hosts an export wants, and their newest series. */
export class Exporting {
  readonly #clock: Clock;
  readonly #hosts = new Map<number, Wanted>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An export wants a host until then, our clock in ms; true if none did before. */
  want(hostId: number, untilMs: number): boolean {
    const now = this.#clock.monotonic();
    const until = now + Math.min(longestMs, untilMs - this.#clock.now());
    const known = this.#hosts.get(hostId);
    if (known !== undefined) known.until = Math.max(known.until, until);
    else if (until > now) this.#hosts.set(hostId, { until, made: new HostExport(sampled), waiting: new Set() });
    return known === undefined;
  }

  isWanted(hostId: number): boolean {
    return this.#hosts.has(hostId);
  }

  /** What makes a host's series; null if no export wants it. */
  of(hostId: number): HostExport | null {
    return this.#hosts.get(hostId)?.made ?? null;
  }

  /** The next sample of a host that is wanted, or its failure; `late` if there is neither in time. */
  next(hostId: number, withinMs: number, late: () => Failure): Promise<Sampled> {
    const { promise, resolve } = Promise.withResolvers<Sampled>();
    const waiting = this.#hosts.get(hostId)?.waiting;
    const timer = setTimeout(() => settle({ series: null, failure: late() }), Math.max(0, withinMs));
    const settle = (outcome: Sampled): void => {
      clearTimeout(timer);
      waiting?.delete(settle);
      resolve(outcome);
    };
    waiting?.add(settle);
    return promise;
  }

  /** A host was seen: those who wait for its sample or for its failure have it. */
  seen({ hostId, sample, failure }: Observation): void {
    const host = this.#hosts.get(hostId);
    if (host === undefined) return;
    const { made, waiting } = host;
    if (failure !== null) made.newest = null;
    const outcome: Sampled | null =
      failure !== null
        ? { series: null, failure }
        : sample !== null && made.newest !== null
          ? { series: made.newest, failure: null }
          : null;
    if (outcome !== null) for (const settle of waiting) settle(outcome);
  }

  removeHost(hostId: number): void {
    this.#hosts.delete(hostId);
  }

  /** Forgets the hosts that no export wants any more, and returns them. */
  expire(): readonly number[] {
    const now = this.#clock.monotonic();
    const lost = [...this.#hosts].filter(([, { until }]) => until <= now).map(([hostId]) => hostId);
    for (const hostId of lost) this.#hosts.delete(hostId);
    return lost;
  }
}
