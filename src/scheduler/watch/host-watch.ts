import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import { failure } from '../../ssh/failures.ts';
import type { Meter } from '../../ssh/meter.ts';
import { HeldBack } from '../connections/guarded-login.ts';
import type { Before, Refused } from '../connections/login-guard.ts';
import type { Starter } from '../connections/reach.ts';
import { lastLoginOf } from '../connections/refusals.ts';
import { nextDue } from '../plan.ts';
import type { Why } from './cost.ts';
import { dueAt, isDirect, isJustSampled, type Standing, statusAfterLoss, whatIsDue } from './due.ts';
import { HostStatus } from './host-status.ts';
import { personStart, secondSampleMs } from './person-start.ts';
import { Retries } from './retries.ts';
import { Session } from './session.ts';
import { Turn } from './turn.ts';
import type { WatchContext } from './watch-context.ts';

const silent: Log = () => {};

/** Holds a host's connection while metrics are wanted, samples it, and checks whether it is up; one poll at a time. */
export class HostWatch {
  target: WatchTarget;
  /** Ticks that came during a poll. */
  skipped = 0;
  statusAt: number;
  sampleAt: number;
  private readonly context: WatchContext;
  private readonly ended = new AbortController();
  readonly session: Session;
  private readonly retries: Retries;
  private readonly status: HostStatus;
  private readonly turn = new Turn();
  sampledAt = Number.NEGATIVE_INFINITY;
  /** The reason to report for the next connection. */
  private why: Why;
  /** Counts changes; an attempt that is cancelled while this number grows was cancelled because of a change. */
  private refreshes = 0;

  constructor(target: WatchTarget, context: WatchContext, why: 'first' | 'settings') {
    this.target = target;
    this.context = context;
    this.why = { why, after: null };
    this.retries = new Retries(context.clock, target.id, context.holds);
    this.status = new HostStatus(this, context, this.retries, this.ended.signal);
    this.session = new Session({
      ...context,
      target: () => this.target,
      signal: this.ended.signal,
      lastLogin: lastLoginOf(context.holds.get(target.id, 'login')),
      missing: (held) => this.status.missing(held),
      connected: () => this.status.connected(),
      lost: (why) => (why?.reason === 'flooded' ? this.endedForFlood(why) : this.lost()),
    });
    this.statusAt = context.clock.monotonic();
    this.sampleAt = this.statusAt;
  }

  /** When this host is due next, monotonic ms; infinite if there is nothing to do. */
  get dueAt(): number {
    return dueAt(this.standing);
  }

  private get standing(): Standing {
    return {
      statusAt: this.target.policy.statusCheckEnabled ? this.statusAt : Number.POSITIVE_INFINITY,
      sampleAt: this.sampleAt,
      sampledAt: this.sampledAt,
      retryAt: this.retries.at,
      isWanted: this.context.wanted(this.target),
      isHeld: this.isHeld,
      hasConnection: this.session.exists,
      isOpening: this.session.isOpening,
      isDown: this.status.isDown,
    };
  }

  /** Does whatever is due. Never rejects. */
  async tick(): Promise<void> {
    if (this.turn.isTaken) {
      this.skipped += 1;
      this.status.tickSkipped();
      this.advance();
      return;
    }
    try {
      await this.turn.run(() => this.poll());
    } catch (error) {
      if (!this.ended.signal.aborted) this.context.onError(error);
    } finally {
      this.context.rescheduled(this);
    }
  }

  private advance(): void {
    const now = this.context.clock.monotonic();
    const { policy, id } = this.target;
    if (this.statusAt <= now) this.statusAt = nextDue(now, policy.statusIntervalSeconds * 1000, id);
    if (this.sampleAt <= now && !isJustSampled(this, now)) this.sampleAt = nextDue(now, this.intervalMs, id);
  }

  private get intervalMs(): number {
    return this.context.intervalSeconds(this.target) * 1000;
  }

  private async poll(): Promise<void> {
    const due = whatIsDue(this.standing, this.context.clock.monotonic());
    this.advance();
    // When thousands of hosts start at once, those that are gone are reported soon: nothing is known about them yet.
    const isNew = !this.status.isKnown && !this.retries.hasWorked;
    const isFirstPinged = isNew && isDirect(this.target) && this.context.isCrowded();
    if (due.sample && due.status && isFirstPinged) {
      await this.status.check();
      if (!this.status.isDown) await this.pollSample(false);
    } else if (due.sample) await this.pollSample(due.status);
    else if (due.status) await this.status.checkAlone();
  }

  private async pollSample(statusDue: boolean): Promise<void> {
    try {
      await this.sampleOnce(null, silent);
    } catch (error) {
      if (error instanceof HeldBack) return this.holdBack(error.verdict, statusDue);
      if (!(error instanceof HostError)) throw error;
      if (error.failure.reason === 'cancelled') this.startOver();
      else await this.afterFailure(error, statusDue);
    }
  }

  /** The outcome of the host's last login. */
  get lastLogin(): Before {
    return this.session.lastLogin;
  }

  /** Connects if necessary and publishes one sample. Throws HostError. */
  private async sampleOnce(starter: Starter | null, told: Log): Promise<void> {
    const { sample, isFirst } = await this.session.sample(starter, told);
    const now = this.context.clock.monotonic();
    this.sampledAt = now;
    this.context.costs.of(this.target.id).sampled(this.session.cpuSeconds);
    if (this.ended.signal.aborted) return;
    const made = this.context.exporting(this.target);
    if (isFirst) this.sampleAt = now + secondSampleMs;
    // What an export asked for counts. One that came while the sample was on its way has the next.
    else if (made) this.sampleAt = made.newest ? now + this.intervalMs : now;
    this.status.publish({ alive: true, probe: null, sample, failure: null });
  }

  /** Stores how logging in to the host works. */
  async learn(interactive: WatchTarget['interactive']): Promise<void> {
    if (this.target.interactive === interactive) return;
    this.target = { ...this.target, interactive };
    // If this cannot be stored now, the next login shows it again.
    await this.context.inventory.setInteractive(this.target.id, interactive).catch(this.context.onError);
  }

  /** The connection ended by itself; check at once whether the host is still there. */
  private lost(): void {
    this.why = { why: 'lost', after: null };
    this.retries.lost();
    const now = this.context.clock.monotonic();
    this.sampleAt = now;
    this.statusAt = statusAfterLoss(this.standing, now, this.target.policy.statusIntervalSeconds * 1000);
    this.context.rescheduled(this);
  }

  /** The host flooded us. If a sample was in progress, its failure reports this. */
  private endedForFlood(reason: Failure): void {
    if (this.turn.isTaken) return;
    void this.afterFailure(new HostError(reason), false).catch(this.context.onError);
    this.context.rescheduled(this);
  }

  /** Counts what an attempt to connect costs the host. */
  meter(isPerson: boolean): Meter {
    return this.context.costs.of(this.target.id).meter(isPerson ? { why: 'person', after: null } : this.why);
  }

  /** Returns the failure with its real cause. */
  private async afterFailure(error: HostError, statusDue: boolean): Promise<Failure> {
    const judged = this.session.exists
      ? { reason: error.failure, isTried: true, wantsPeace: false }
      : this.retries.failed(error);
    if (!this.session.exists) this.why = { why: 'retry', after: judged.reason };
    await this.status.failed(error, judged, statusDue);
    return judged.reason;
  }

  /** The attempt ended because something about the host changed: no failure, and the next one comes soon. */
  private startOver(): void {
    this.sampleAt = this.context.clock.monotonic() + this.retries.cancelled();
  }

  private async holdBack({ at, isPaused }: Refused, statusDue: boolean): Promise<void> {
    this.retries.at = at;
    this.sampleAt = at;
    if (isPaused && this.lastLogin !== 'refused') this.retries.blockedBy = failure('auth', 'paused');
    // Other hosts are trying this login, which works here. Its turn will come, and will show whether the host is up.
    if (!isPaused && this.retries.hasWorked) this.statusAt = Math.max(this.statusAt, at + 1);
    else if (isPaused || statusDue) await this.status.check();
  }

  /** It is this host's turn to try its login; false if it no longer needs to. */
  readonly wake = (): boolean => {
    if (this.ended.signal.aborted || this.status.isDown || this.session.exists || !this.context.wanted(this.target))
      return false;
    this.retries.now();
    this.sampleAt = this.context.clock.monotonic();
    this.context.rescheduled(this);
    return true;
  };

  /** The login works on another host; if this host was waiting for that, it tries at once. */
  loginAccepted(): void {
    if (this.retries.accepted()) this.wake();
  }

  /** A hop of the route can be reached again; if the host was cut off, check at once whether it is there. */
  routeOpened(): void {
    if (!this.status.isCutOff) return;
    this.status.isCutOff = false;
    this.retries.routeOpened();
    this.refresh();
  }

  /**
   * A person asks: connects (asking for a code if necessary), and takes a sample unless one was taken within this
   * second. A person who manages the host ends every back-off, except that of a login refused within the last minute.
   * Throws HostError, with `retryAt` if the login is held back.
   */
  start(starter: Starter, log: Log, sampled: () => void = () => {}): Promise<void> {
    const { retries, turn, session, context } = this;
    const watch = {
      retries,
      turn,
      session,
      signal: this.ended.signal,
      offeredAgainAt: () => context.connections.offeredAgainAt(this.target),
      refreshes: () => this.refreshes,
      isJustSampled: () => isJustSampled(this, context.clock.monotonic()),
      sample: () => this.sampleOnce(starter, log),
      sampleQuietly: () => this.pollSample(false),
      startOver: () => this.startOver(),
      afterFailure: (error: HostError) => this.afterFailure(error, false),
    };
    return personStart(watch, starter, log, sampled).finally(() => context.rescheduled(this));
  }

  /** Somebody opened this host; if it is down, check at once whether it still is. */
  look(): void {
    if (!this.status.isDown) return;
    this.statusAt = Math.min(this.statusAt, this.context.clock.monotonic());
    this.context.rescheduled(this);
  }

  /** The host has a new route; what failed on the old one is forgotten. */
  routeChanged(): void {
    this.status.isCutOff = false;
    if (this.retries.blockedBy === null || this.retries.isCutOff) this.retries.now();
    this.drop();
    this.refresh();
  }

  /** Polls now. */
  refresh(): void {
    this.refreshes += 1;
    const now = this.context.clock.monotonic();
    this.statusAt = now;
    this.sampleAt = now;
    this.context.rescheduled(this);
  }

  /** Somebody verified keys; if one had been refused, the host is tried at once. */
  keysChanged(): void {
    if (this.retries.vouched()) this.refresh();
  }

  /** Whether the key of a hop was refused. */
  get waitsForHop(): boolean {
    return this.retries.blockedBy?.stage === 'jump';
  }

  /** Ends the connection; the snapshot stays. The next connection counts as made for a viewer, or for `why`. */
  drop(why: 'watched' | 'person' = 'watched'): void {
    if (this.session.drop()) this.why = { why, after: null };
  }

  /** Whether a connection is held. */
  get isHeld(): boolean {
    return this.session.isHeld;
  }

  /** Ends this watch. */
  dispose(): void {
    this.ended.abort(new HostError(failure('auth', 'cancelled')));
    this.drop();
  }
}
