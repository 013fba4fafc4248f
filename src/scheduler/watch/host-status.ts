import { type Failure, type HostError, isOurs, isWayBroken, tellsNothing } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Observation } from '../../model/observation.ts';
import { mayBePinged } from './due.ts';
import type { Judged, Retries } from './retries.ts';
import { checkStatus } from './status-check.ts';
import type { WatchContext } from './watch-context.ts';

/** How soon a host that is down is pinged again while somebody looks at it; a ping costs nobody anything. */
const downCheckMs = 2_000;

/** The parts of a host's watch that are needed here: the host, and when it is due next, monotonic ms. */
type Watched = { readonly target: WatchTarget; statusAt: number; sampleAt: number };

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
    const seen = await checkStatus(context, { target: watch.target, isDown: this.isDown, retries, signal, reason });
    if (signal.aborted) return;
    if (seen.alive === null && seen.failure && tellsNothing(seen.failure)) return this.cutOff(seen.failure);
    if (seen.probe) {
      const now = context.clock.monotonic();
      if (this.isDown && seen.probe.up && retries.cameBack()) watch.sampleAt = now;
      this.isDown = !seen.probe.up;
      if (!seen.probe.up && context.isLookedAt(watch.target))
        watch.statusAt = Math.min(watch.statusAt, now + downCheckMs);
    }
    this.publish({ sample: null, ...seen });
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
  async failed({ isUntouched }: HostError, { reason, isTried, wantsPeace }: Judged, statusDue: boolean): Promise<void> {
    if (isWayBroken(reason) || reason.reason === 'no-network') return this.cutOff(reason);
    // Where Sonde may still ping the host, a ping at its usual time shows whether it is up.
    if (isOurs(reason) && this.isKnown && !statusDue) return;
    const isUntold = reason.reason === 'unsupported' || reason.reason === 'cancelled' || isUntouched;
    const reached = !['sonde', 'dns', 'tcp', 'sample'].includes(reason.stage) && !isUntold;
    if (reason.stage === 'tcp' && wantsPeace) {
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
