import { sampled } from '../../collectors/index.ts';
import { HostExport } from '../../collectors/node/host-export.ts';
import type { ScrapeOutcome } from '../../model/export/own.ts';
import type { HostSeries } from '../../model/export/series.ts';
import type { Failure } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Observation } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Sampled } from '../../ports/control.ts';

/** An export may want a host for so long at once, ms. */
const longestMs = 900_000;
/** {@link Exporting.expire} is called so often, ms; Sonde is late where it comes so much later. */
const everyMs = 1_000;
const lateMs = 500;

const removed: Failure = {
  stage: 'sonde',
  reason: 'cancelled',
  message: 'The host was removed from Sonde',
  hint: '',
};

export const notMeasured: Failure = {
  stage: 'sonde',
  reason: 'not-allowed',
  message: 'Metrics are turned off for this host, so there is nothing to export',
  hint: 'Turn them on in the settings of the host, or leave it out of the export.',
};

type Wanted = {
  /** Monotonic ms. */
  until: number;
  readonly made: HostExport;
  /** Who waits for the host's next sample or failure. */
  readonly waiting: Set<(outcome: Sampled) => void>;
};

/** Which hosts an export wants, and their newest series. */
export class Exporting {
  /** How scrapes of hosts were answered. */
  readonly outcomes: Record<ScrapeOutcome, number> = { sampled: 0, recent: 0, kept: 0, failed: 0, late: 0, busy: 0 };
  readonly #clock: Clock;
  readonly #hosts = new Map<number, Wanted>();
  #expiredAt: number;
  #lateAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#expiredAt = clock.monotonic();
  }

  /** Whether Sonde has been late with its own work since then, monotonic ms: it is too busy, or its machine is. */
  wasLateSince(monotonicMs: number): boolean {
    return this.#lateAt >= monotonicMs;
  }

  /** An export wants a host until then, our clock in ms; true if none did before. */
  want(hostId: number, untilMs: number): boolean {
    const now = this.#clock.monotonic();
    const until = now + Math.min(longestMs, untilMs - this.#clock.now());
    const known = this.#hosts.get(hostId);
    if (known !== undefined) known.until = Math.max(known.until, until);
    else if (until > now) this.#hosts.set(hostId, this.#wanted(until));
    return known === undefined;
  }

  isWanted(hostId: number): boolean {
    return this.#hosts.has(hostId);
  }

  /** What makes a host's series; null if no export wants it. */
  of(hostId: number): HostExport | null {
    return this.#hosts.get(hostId)?.made ?? null;
  }

  /** Notes how a scrape is answered, and returns the answer. */
  answer(outcome: ScrapeOutcome, what: HostSeries | Failure): Sampled {
    this.outcomes[outcome] += 1;
    return 'layout' in what ? { series: what, failure: null } : { series: null, failure: what };
  }

  /** The next sample of a host that is wanted, or its failure; what `late` says if there is neither in time. */
  next(hostId: number, withinMs: number, late: () => Sampled): Promise<Sampled> {
    const { promise, resolve } = Promise.withResolvers<Sampled>();
    const waiting = this.#hosts.get(hostId)?.waiting;
    const timer = setTimeout(() => settle(late()), Math.max(0, withinMs));
    const settle = (outcome: Sampled): void => {
      clearTimeout(timer);
      waiting?.delete(settle);
      resolve(outcome);
    };
    waiting?.add(settle);
    return promise;
  }

  /** A host was seen: those who wait for its sample have its failure. */
  seen({ hostId, failure }: Observation): void {
    const host = this.#hosts.get(hostId);
    if (host === undefined || failure === null) return;
    host.made.newest = null;
    this.#refuse(host, failure);
  }

  /** The host has other settings: it may be another machine, whose numbers the newest ones are not. */
  changed({ id, policy }: WatchTarget): void {
    const host = this.#hosts.get(id);
    if (host !== undefined) host.made.newest = null;
    if (!policy.metricsEnabled) this.#end(id, notMeasured);
  }

  removeHost(hostId: number): void {
    this.#end(hostId, removed);
  }

  /** Forgets the hosts that no export wants any more, and returns them. Called every second. */
  expire(): readonly number[] {
    const now = this.#clock.monotonic();
    if (now - this.#expiredAt > everyMs + lateMs) this.#lateAt = now;
    this.#expiredAt = now;
    const lost = [...this.#hosts].filter(([, { until }]) => until <= now).map(([hostId]) => hostId);
    for (const hostId of lost) this.#hosts.delete(hostId);
    return lost;
  }

  /** Nothing will be read of a host any more: whoever waits for it is told why. */
  #end(hostId: number, why: Failure): void {
    const host = this.#hosts.get(hostId);
    this.#hosts.delete(hostId);
    if (host !== undefined) this.#refuse(host, why);
  }

  #refuse({ waiting }: Wanted, why: Failure): void {
    for (const settle of waiting) settle(this.answer('failed', why));
  }

  /** Whoever waits has a sample as soon as its series are made: what is asked of the host after that is not exported. */
  #wanted(until: number): Wanted {
    const waiting: Wanted['waiting'] = new Set();
    const made = new HostExport(sampled, (series) => {
      for (const settle of waiting) settle(this.answer('sampled', series));
    });
    return { until, made, waiting };
  }
}
