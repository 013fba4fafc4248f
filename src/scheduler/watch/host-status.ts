import { type Failure, type HostError, isOurs, isWayBroken, tellsNothing } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Observation, ProbeResult } from '../../model/observation.ts';
import type { Held } from '../connections/hold.ts';
import { mayBePinged } from './due.ts';
import type { Judged, Retries } from './retries.ts';
import { gone, HostGone } from './silence.ts';
import { checkStatus, pingOnce } from './status-check.ts';
import type { TryLog } from './try-log.ts';
import type { WatchContext } from './watch-context.ts';

/** How soon a host that is down is pinged again while somebody looks at it; a ping costs nobody anything. */
const downCheckMs = 2_000;

/** The parts of a host's watch that are needed here: the host, and when it is due next, monotonic ms. */
type Watched = {
  readonly target: WatchTarget;
  statusAt: number;
  sampleAt: number;
  readonly session: { readonly tries: TryLog };
};

/** Whether one host is up, as far as that is known, and what is published about it. */
export class HostStatus {
  /** The last ping got no answer. No connection is tried until a ping is answered. */
  isDown: boolean;
  /** Whether it is known to be up or down. */
  isKnown = false;
  /** A hop failed; when the route works again, the host is checked at once. */
  isCutOff = false;
  /** A check without a sample is running; a sample came due in the meantime. */
  private isChecking = false;
  private isSampleMissed = false;
  private readonly watch: Watched;
  private readonly context: WatchContext;
  private readonly retries: Retries;
  private readonly signal: AbortSignal;

  constructor(watch: Watched, context: WatchContext, retries: Retries, signal: AbortSignal) {
    this.watch = watch;
    this.context = context;
    this.retries = retries;
    this.signal = signal;
    this.isDown = retries.waitsForPing && mayBePinged(watch.target);
  }

  async check(reason: Failure | null = this.retries.blockedBy): Promise<void> {
    const { context, retries, watch, signal } = this;
    const { isDown } = this;
    const { log, keep } = watch.session.tries.check();
    const seen = await checkStatus(context, { target: watch.target, isDown, retries, signal, reason, log });
    if (signal.aborted) return;
    if (seen.probe?.up === false || tellsNothing(seen.failure)) keep();
    if (seen.alive === null && seen.failure && tellsNothing(seen.failure)) return this.cutOff(seen.failure);
    if (seen.probe) this.pinged(seen.probe);
    this.publish({ sample: null, ...seen });
  }

  private pinged(probe: ProbeResult): void {
    const { context, retries, watch } = this;
    const now = context.clock.monotonic();
    if (this.isDown && probe.up && retries.cameBack()) watch.sampleAt = now;
    this.isDown = !probe.up;
    if (!probe.up && context.isLookedAt(watch.target)) watch.statusAt = Math.min(watch.statusAt, now + downCheckMs);
  }

  /** Checks whether a host that does not answer over its connection is still there; if not, ends all its connections. */
  async missing(held: Held): Promise<HostGone | null> {
    const { context, retries, signal, watch } = this;
    const { target } = watch;
    const { log, keep } = watch.session.tries.check();
    const ping = (timeoutMs: number) => pingOnce(context, { target, retries, signal, log }, timeoutMs);
    const isLookedAt = context.isLookedAt(target);
    const found = await gone({ target, held, ping, isLookedAt, isQuiet: retries.quiet !== null, log });
    if (found === null || signal.aborted) return null;
    keep();
    context.connections.end(target.id);
    return found;
  }

  /** A connection was made, so the host is up. */
  connected(): void {
    this.retries.connected();
    this.isDown = false;
  }

  /**
   * A check when nothing else is due. A viewer who arrives during it gets a sample right after it, not an interval
   * later.
   */
  async checkAlone(): Promise<void> {
    this.isChecking = true;
    await this.check().finally(() => {
      this.isChecking = false;
      if (this.isSampleMissed) this.watch.sampleAt = this.context.clock.monotonic();
      this.isSampleMissed = false;
    });
  }

  /** Something came due while a poll was running. */
  tickSkipped(): void {
    if (this.isChecking && this.watch.sampleAt <= this.context.clock.monotonic()) this.isSampleMissed = true;
  }

  /** Publishes how an attempt to connect or to sample failed. */
  async failed(error: HostError, { reason, isTried, wantsPeace }: Judged, statusDue: boolean): Promise<void> {
    const { isUntouched } = error;
    if (isWayBroken(reason) || reason.reason === 'no-network') return this.cutOff(reason);
    // Where Sonde may still ping the host, a ping at its usual time shows whether it is up.
    if (isOurs(reason) && this.isKnown && !statusDue) return;
    const isUntold = reason.reason === 'unsupported' || reason.reason === 'cancelled' || isUntouched;
    const reached = !['sonde', 'dns', 'tcp', 'sample'].includes(reason.stage) && !isUntold;
    if (error instanceof HostGone) {
      this.pinged(error.probe ?? { up: false, latencyMs: null, failure: reason });
      this.publish({ alive: false, probe: error.probe, sample: null, failure: reason });
    } else if (reason.stage === 'tcp' && wantsPeace) {
      this.isDown = true;
      this.publish({ alive: false, probe: null, sample: null, failure: reason });
    } else if (reached && isTried && reason.reason !== 'needs-code')
      this.publish({ alive: true, probe: null, sample: null, failure: reason });
    else if (statusDue || reason.stage !== 'auth') await this.check(reason);
    else this.publish({ alive: null, probe: null, sample: null, failure: reason });
  }

  publish(seen: Omit<Observation, 'hostId' | 'at'>): void {
    const { context, signal } = this;
    const { target } = this.watch;
    if (signal.aborted) return;
    if (seen.alive !== null) this.isKnown = true;
    const tellsOfWay = seen.alive !== null || isWayBroken(seen.failure);
    const way = tellsOfWay ? { hops: context.connections.hops(target, seen.failure) } : {};
    context.publish({ hostId: target.id, at: seen.sample?.readAt ?? context.clock.now(), ...seen, ...way });
  }

  /** A hop of the route is to blame: this says nothing about the host itself. */
  private cutOff(reason: Failure): void {
    this.isCutOff = true;
    this.publish({ alive: null, probe: null, sample: null, failure: reason });
  }
}
