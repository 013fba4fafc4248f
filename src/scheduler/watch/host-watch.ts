import { sleep } from '../../lib/async.ts';
import { type Failure, HostError, isOurs, isWayBroken, tellsNothing } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Log, LogEntry } from '../../model/log.ts';
import type { Observation } from '../../model/observation.ts';
import { failure } from '../../ssh/failures.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import type { Meter } from '../../ssh/meter.ts';
import { HeldBack } from '../connections/guarded-login.ts';
import type { Before, Refused } from '../connections/login-guard.ts';
import { nextDue } from '../plan.ts';
import type { Why } from './footprint.ts';
import { Retries } from './retries.ts';
import { Session } from './session.ts';
import { checkStatus } from './status-check.ts';
import type { WatchContext } from './watch-context.ts';

const silent: Log = () => {};
const secondSampleMs = 1_000;
/** Shares and rates of a shorter time are chance: the kernel counts CPU in hundredths of a second. */
const shortestMs = 900;
/** Until the record of a host that is just being changed has been read anew; twice as long each time in a row. */
const changingMs = 500;
const longestChangingMs = 60_000;
/** How soon a host that is down is looked for again while somebody looks at it: a ping costs nobody anything. */
const downCheckMs = 2_000;

/**
 * Watches one host: holds its connection while its metrics are wanted, samples it, and checks whether it is up where
 * no connection is the proof. One poll at a time; a tick that comes during one is counted in `skipped`.
 */
export class HostWatch {
  target: WatchTarget;
  skipped = 0;
  statusAt: number;
  sampleAt: number;
  private readonly context: WatchContext;
  private readonly ended = new AbortController();
  private readonly session: Session;
  private readonly retries: Retries;
  private polling = false;
  private sampledAt = Number.NEGATIVE_INFINITY;
  /** Whether it was found to be up or down. */
  private isKnown = false;
  /** The last ping found nobody: the next that does leads to a connection, none is tried before. */
  private isDown = false;
  /** What the next connection will have been made for. */
  private why: Why;
  /** How often it was said that something changed; a try that is cancelled meanwhile was cancelled for that. */
  private refreshes = 0;
  private cancelledInRow = 0;
  /** A hop failed: when the way is open again, the host is looked for at once. */
  private isCutOff = false;

  constructor(target: WatchTarget, context: WatchContext, why: 'first' | 'settings') {
    this.target = target;
    this.context = context;
    this.why = { why, after: null };
    this.retries = new Retries(context.clock);
    this.session = new Session({
      ...context,
      target: () => this.target,
      signal: this.ended.signal,
      connected: () => {
        this.cancelledInRow = 0;
        this.retries.connected();
        this.isDown = false;
      },
      lost: (why) => (why?.reason === 'flooded' ? this.endedForFlood(why) : this.lost()),
    });
    const now = context.clock.monotonic();
    this.statusAt = now;
    this.sampleAt = now;
  }

  /** When this host is due next, monotonic ms; infinite when nothing is to be done. */
  get dueAt(): number {
    const { policy } = this.target;
    const status = policy.statusCheckEnabled ? this.statusAt : Number.POSITIVE_INFINITY;
    if (!this.context.wanted(this.target)) return status;
    if (this.session.exists) return Math.min(status, this.nextSampleAt);
    const { at } = this.retries;
    return at === null || this.session.isOpening || this.isDown
      ? status
      : Math.min(status, Math.max(this.sampleAt, at));
  }

  /** When a held host is sampled next. */
  private get nextSampleAt(): number {
    return Math.max(this.sampleAt, this.sampledAt + shortestMs);
  }

  private get isJustSampled(): boolean {
    return this.isHeld && this.context.clock.monotonic() < this.sampledAt + shortestMs;
  }

  /** Does what is due. Never rejects. */
  async tick(): Promise<void> {
    if (this.polling) {
      this.skipped += 1;
      this.advance();
      return;
    }
    this.polling = true;
    try {
      await this.poll();
    } catch (error) {
      if (!this.ended.signal.aborted) this.context.onError(error);
    } finally {
      this.polling = false;
      this.context.rescheduled(this);
    }
  }

  private advance(): void {
    const now = this.context.clock.monotonic();
    const { policy, id } = this.target;
    if (this.statusAt <= now) this.statusAt = nextDue(now, policy.statusIntervalSeconds * 1000, id);
    if (this.sampleAt <= now && !this.isJustSampled)
      this.sampleAt = nextDue(now, this.context.intervalSeconds(this.target) * 1000, id);
  }

  private async poll(): Promise<void> {
    const now = this.context.clock.monotonic();
    const statusDue = this.target.policy.statusCheckEnabled && this.statusAt <= now;
    const wanted = this.context.wanted(this.target);
    const mayConnect = this.retries.isDue && !this.session.isOpening && !this.isDown;
    const sampleDue = wanted && this.sampleAt <= now && (this.isHeld ? !this.isJustSampled : mayConnect);
    this.advance();
    if (sampleDue && statusDue && this.isFirstPingedFor()) {
      await this.checkStatus();
      if (!this.isDown) await this.pollSample(false);
    } else if (sampleDue) await this.pollSample(statusDue);
    else if (statusDue) await this.checkStatus();
  }

  /**
   * Whether a host of which nothing is known yet is pinged before it is connected to: that of thousands that are started at
   * once those that are gone are said to be so soon. Not through hops: there a ping leaves a line in the host's log.
   */
  private isFirstPingedFor(): boolean {
    const { jumpHosts, proxies, connection } = this.target;
    return !this.isKnown && connection === 'ssh' && jumpHosts.length + proxies.length === 0 && this.context.isCrowded();
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

  /** What happened at the last try to connect, whoever asked for it. */
  get connectionLog(): readonly LogEntry[] {
    return this.session.connectionLog;
  }

  /** What the host made of its login the last time. */
  get lastLogin(): Before {
    return this.session.lastLogin;
  }

  /** Connects if need be and publishes one sample. Throws HostError. */
  private async sampleOnce(ask: Ask | null, told: Log): Promise<void> {
    const { sample, isFirst } = await this.session.sample(ask, told);
    this.sampledAt = this.context.clock.monotonic();
    this.footprint.sampled(this.session.cpuSeconds);
    if (this.ended.signal.aborted) return;
    if (isFirst) this.sampleAt = this.context.clock.monotonic() + secondSampleMs;
    this.publish({ alive: true, probe: null, sample, failure: null });
  }

  /** Keeps how the host's login goes. */
  async learn(interactive: WatchTarget['interactive']): Promise<void> {
    if (this.target.interactive === interactive) return;
    this.target = { ...this.target, interactive };
    // What was learned is learned anew at the next login where it cannot be kept now.
    await this.context.inventory.setInteractive(this.target.id, interactive).catch(this.context.onError);
  }

  /** The connection ended by itself: look at once whether the host is still there. */
  private lost(): void {
    this.why = { why: 'lost', after: null };
    this.statusAt = this.context.clock.monotonic();
    this.sampleAt = this.statusAt;
    this.retries.lost();
    this.context.rescheduled(this);
  }

  /** It flooded us. Where a sample was being taken, that one's failure says so. */
  private endedForFlood(reason: Failure): void {
    if (this.polling) return;
    void this.afterFailure(new HostError(reason), false).catch(this.context.onError);
    this.context.rescheduled(this);
  }

  private get footprint() {
    return this.context.footprints.of(this.target.id);
  }

  /** Counts what a try to connect does to the host. */
  meter(isPerson: boolean): Meter {
    return this.footprint.meter(isPerson ? { why: 'person', after: null } : this.why);
  }

  /** Answers with the failure by its real name. */
  private async afterFailure(error: HostError, statusDue: boolean): Promise<Failure> {
    const { reason, isTried, wantsPeace } = this.session.exists
      ? { reason: error.failure, isTried: true, wantsPeace: false }
      : this.retries.failed(error);
    if (!this.session.exists) this.why = { why: 'retry', after: reason };
    if (isWayBroken(reason) || reason.reason === 'no-network') {
      this.publishCutOff(reason);
      return reason;
    }
    // Whether the host is up is found out by a ping where Sonde still can, at its time.
    if (isOurs(reason) && this.isKnown && !statusDue) return reason;
    const isUntold = reason.reason === 'unsupported' || reason.reason === 'cancelled' || error.isUntouched;
    const reached = !['sonde', 'dns', 'tcp', 'sample'].includes(reason.stage) && !isUntold;
    if (reason.stage === 'tcp' && wantsPeace) {
      this.isDown = true;
      this.publish({ alive: false, probe: null, sample: null, failure: reason });
    } else if (reached && isTried && reason.reason !== 'needs-code')
      this.publish({ alive: true, probe: null, sample: null, failure: reason });
    else if (statusDue || reason.stage !== 'auth') await this.checkStatus(reason);
    else this.publish({ alive: null, probe: null, sample: null, failure: reason });
    return reason;
  }

  /** The try was ended because something of the host changed: no failure, and the next is made soon. */
  private startOver(): void {
    this.retries.now();
    const wait = Math.min(longestChangingMs, changingMs * 2 ** Math.min(this.cancelledInRow, 10));
    this.cancelledInRow += 1;
    this.sampleAt = this.context.clock.monotonic() + wait;
  }

  private async holdBack({ at, isPaused }: Refused, statusDue: boolean): Promise<void> {
    this.retries.at = at;
    this.sampleAt = at;
    if (isPaused && this.lastLogin !== 'refused') this.retries.blockedBy = failure('auth', 'paused');
    if (isPaused || statusDue) await this.checkStatus();
  }

  /** It is this host's turn to try its login; false when it has no use for that. */
  readonly wake = (): boolean => {
    if (this.ended.signal.aborted || this.isDown || this.session.exists || !this.context.wanted(this.target))
      return false;
    this.retries.now();
    this.sampleAt = this.context.clock.monotonic();
    this.context.rescheduled(this);
    return true;
  };

  /** The login works on another host: if that was waited for, it is tried here at once. */
  loginAccepted(): void {
    if (this.retries.blockedBy?.reason !== 'paused') return;
    this.retries.blockedBy = null;
    this.wake();
  }

  private async checkStatus(reason: Failure | null = this.retries.blockedBy): Promise<void> {
    const {
      alive,
      probe,
      failure: why,
    } = await checkStatus(this.context, {
      target: this.target,
      isDown: this.isDown,
      retries: this.retries,
      signal: this.ended.signal,
      reason,
    });
    if (this.ended.signal.aborted) return;
    if (alive === null && tellsNothing(why) && why) return this.publishCutOff(why);
    const now = this.context.clock.monotonic();
    if (probe) {
      if (this.isDown && probe.up && this.retries.cameBack()) this.sampleAt = now;
      this.isDown = !probe.up;
      if (!probe.up && this.context.isLookedAt(this.target)) this.statusAt = Math.min(this.statusAt, now + downCheckMs);
    }
    this.publish({ alive, probe, sample: null, failure: why });
  }

  /** A hop on the way is to blame: nothing is known of the host itself. */
  private publishCutOff(reason: Failure): void {
    this.isCutOff = true;
    this.publish({ alive: null, probe: null, sample: null, failure: reason });
  }

  /** A hop on the way can be reached again: where the host was cut off, look at once whether it is there. */
  wayOpened(): void {
    if (!this.isCutOff) return;
    this.isCutOff = false;
    if (this.retries.isCutOff) {
      this.retries.blockedBy = null;
      this.retries.afresh();
    }
    this.refresh();
  }

  /**
   * A person asks: forgets every back-off, connects (asking for a code where need be), and takes a sample unless one was taken
   * within this second. Throws HostError.
   */
  async start(ask: Ask, log: Log): Promise<void> {
    this.retries.afresh();
    const { refreshes } = this;
    if (this.session.isOpening) log('info', 'stats_connecting', 'A connection is being made already');
    try {
      await this.exclusively(async () => {
        if (this.isJustSampled) log('success', 'stats_polling', 'Sampled within this second');
        else await this.sampleOnce(ask, log);
      });
      this.retries.blockedBy = null;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      if (error.failure.reason === 'cancelled' && refreshes !== this.refreshes) {
        this.startOver();
        throw error;
      }
      throw new HostError(await this.afterFailure(error, false), { cause: error });
    } finally {
      this.context.rescheduled(this);
    }
  }

  private async exclusively(work: () => Promise<void>): Promise<void> {
    while (this.polling) await sleep(20, this.ended.signal);
    this.polling = true;
    try {
      await work();
    } finally {
      this.polling = false;
    }
  }

  /** Somebody opened this host: where it is down, look at once whether it still is. */
  look(): void {
    if (!this.isDown) return;
    this.statusAt = Math.min(this.statusAt, this.context.clock.monotonic());
    this.context.rescheduled(this);
  }

  /** The way to the host is another one now: what failed on the old one is forgotten. */
  wayChanged(): void {
    this.isCutOff = false;
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

  /** Somebody vouched for keys: where one was refused, the host is tried at once. */
  keysChanged(): void {
    if (!this.retries.waitsForKey) return;
    this.retries.blockedBy = null;
    this.retries.afresh();
    this.refresh();
  }

  /** Whether the key of a host on the way was refused. */
  get waitsForHop(): boolean {
    return this.retries.blockedBy?.stage === 'jump';
  }

  /** Ends the connection; the snapshot stays. The next one is made because somebody looks again, or for what is told. */
  drop(why: 'watched' | 'person' = 'watched'): void {
    if (this.session.drop()) this.why = { why, after: null };
  }

  /** Whether a connection is held. */
  get isHeld(): boolean {
    return this.session.isHeld;
  }

  /** Ends everything of this watch. */
  dispose(): void {
    this.ended.abort(new HostError(failure('auth', 'cancelled')));
    this.drop();
  }

  private publish(seen: Omit<Observation, 'hostId' | 'at'>): void {
    if (this.ended.signal.aborted) return;
    if (seen.alive !== null) this.isKnown = true;
    const tellsOfWay = seen.alive !== null || isWayBroken(seen.failure);
    const way = tellsOfWay ? { hops: this.context.links.hops(this.target, seen.failure) } : {};
    this.context.publish({
      hostId: this.target.id,
      at: seen.sample?.readAt ?? this.context.clock.now(),
      ...seen,
      ...way,
    });
  }
}
