import { collectors } from '../collectors/index.ts';
import { sleep } from '../lib/async.ts';
import { type Failure, HostError, isKeyFailure, isWayBroken, type Stage } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Log, LogEntry } from '../model/log.ts';
import type { Observation, ProbeResult } from '../model/observation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Ask } from '../ssh/authentication.ts';
import { failure } from '../ssh/failures.ts';
import type { Meter } from '../ssh/meter.ts';
import { collect, createCollectState } from './collect.ts';
import { createConnectionLog } from './connection-log.ts';
import type { Footprints, Why } from './footprint.ts';
import { HeldBack } from './guarded-login.ts';
import type { Held } from './hold.ts';
import type { Links } from './links.ts';
import type { Before, Refused } from './login-guard.ts';
import { nextDue, waitAfter } from './plan.ts';
import { asksForPeace, createProtection } from './protection.ts';

/** What all watches share. */
export type WatchContext = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly links: Pick<Links, 'connect' | 'ping' | 'hops' | 'isOpen'>;
  readonly publish: (observation: Observation) => void;
  /** Whether anything wants this host's metrics now. */
  readonly wanted: (target: WatchTarget) => boolean;
  /** How often it is sampled: its policy, or a viewer that wants it more often. */
  readonly intervalSeconds: (target: WatchTarget) => number;
  /** Whether more hosts are watched than are connected to at once: then a host that is gone must not hold up others. */
  readonly isCrowded: () => boolean;
  /** Whether somebody has this very host open. */
  readonly isLookedAt: (target: WatchTarget) => boolean;
  /** The watch's due time moved. */
  readonly rescheduled: (watch: HostWatch) => void;
  readonly samples: { readonly run: <T>(work: () => Promise<T>) => Promise<T> };
  readonly pings: { readonly run: <T>(work: () => Promise<T>) => Promise<T> };
  readonly footprints: Footprints;
  readonly onError: (error: unknown) => void;
};

const silent: Log = () => {};
const confirmAfterMs = 1_000;
/** Where a try ends for what is no fault of the login. */
const networkStages: readonly Stage[] = ['dns', 'tcp', 'proxy', 'jump', 'sample'];
const secondSampleMs = 1_000;
const maxLostSamples = 2;
/** A connection that lived so long ends all earlier failures; one that is lost sooner every time is made ever more rarely. */
const settledMs = 600_000;
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
  private held: Held | null = null;
  private opening: Promise<Held> | null = null;
  private state = createCollectState();
  private polling = false;
  private fresh = true;
  private lostSamples = 0;
  lastLogin: Before = 'new';
  private failures = 0;
  private retryAt: number | null = 0;
  private blockedBy: Failure | null = null;
  /** Whether it was found to be up or down. */
  private isKnown = false;
  /** The last ping found nobody: the next that does leads to a connection, none is tried before. */
  private isDown = false;
  private heldAt: number | null = null;
  private readonly protection = createProtection();
  /** What the next connection will have been made for. */
  private why: Why;
  /** A hop failed: when the way is open again, the host is looked for at once. */
  private isCutOff = false;
  private tried: () => readonly LogEntry[] = () => [];

  constructor(target: WatchTarget, context: WatchContext, why: 'first' | 'settings') {
    this.target = target;
    this.context = context;
    this.why = { why, after: null };
    const now = context.clock.monotonic();
    this.statusAt = now;
    this.sampleAt = now;
  }

  /** When this host is due next, monotonic ms; infinite when nothing is to be done. */
  get dueAt(): number {
    const { policy } = this.target;
    const status = policy.statusCheckEnabled ? this.statusAt : Number.POSITIVE_INFINITY;
    if (!this.context.wanted(this.target)) return status;
    if (this.held === null) {
      return this.retryAt === null || this.opening || this.isDown
        ? status
        : Math.min(status, Math.max(this.sampleAt, this.retryAt));
    }
    return Math.min(status, this.sampleAt);
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
    if (this.sampleAt <= now) this.sampleAt = nextDue(now, this.context.intervalSeconds(this.target) * 1000, id);
  }

  private async poll(): Promise<void> {
    const now = this.context.clock.monotonic();
    const statusDue = this.target.policy.statusCheckEnabled && this.statusAt <= now;
    const wanted = this.context.wanted(this.target);
    const mayConnect = this.retryAt !== null && this.retryAt <= now && !this.opening && !this.isDown;
    const sampleDue = wanted && this.sampleAt <= now && (this.held?.isOpen() || mayConnect);
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
    return (
      !this.isKnown && connection === 'ssh' && jumpHosts.length + proxies.length === 0 && this.context.isCrowded()
    );
  }

  private async pollSample(statusDue: boolean): Promise<void> {
    try {
      await this.sampleOnce(null, silent);
    } catch (error) {
      if (error instanceof HeldBack) return this.holdBack(error.verdict, statusDue);
      if (!(error instanceof HostError)) throw error;
      await this.afterFailure(error, statusDue);
    }
  }

  /** What happened at the last try to connect, whoever asked for it. */
  get connectionLog(): readonly LogEntry[] {
    return this.tried();
  }

  /** A log that is told to whoever asks and kept until the next try. */
  private keptLog(told: Log): Log {
    const { log, entries } = createConnectionLog(this.context.clock);
    this.tried = entries;
    return (...entry) => {
      log(...entry);
      told(...entry);
    };
  }

  /** Connects if need be and publishes one sample. Throws HostError. */
  private async sampleOnce(ask: Ask | null, told: Log): Promise<void> {
    const log = this.isHeld ? told : this.keptLog(told);
    const held = await this.open(ask, log);
    try {
      const shell = await held.shell(log);
      log('info', 'stats_polling', 'Taking a sample');
      const sample = await this.context.samples.run(() => collect(shell, collectors, this.state, this.context.clock));
      this.lostSamples = 0;
      this.footprint.sampled(this.state.cpuSeconds);
      if (this.ended.signal.aborted) return;
      if (this.fresh) this.sampleAt = this.context.clock.monotonic() + secondSampleMs;
      this.fresh = false;
      this.publish({ alive: true, probe: null, sample, failure: null });
      log('success', 'stats_polling', `${sample.sections.length} sections collected`);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      log('error', error.failure.stage === 'sample' ? 'stats_polling' : 'stats_connecting', error.failure.message);
      this.lostSamples += 1;
      if (error.failure.stage === 'shell' || this.lostSamples >= maxLostSamples) this.drop();
      else if (held.isOpen())
        await held.shell().then(
          (shell) => shell.close(),
          () => {},
        );
      throw error;
    }
  }

  private open(ask: Ask | null, log: Log): Promise<Held> {
    if (this.held?.isOpen()) return Promise.resolve(this.held);
    if (this.opening) return this.opening;
    if (ask === null && this.target.interactive === 'needs-code') {
      return Promise.reject(new HostError(failure('auth', 'needs-code')));
    }
    const opening = this.openNew(ask, log);
    this.opening = opening;
    const done = (): void => {
      if (this.opening === opening) this.opening = null;
    };
    opening.then(done, done);
    return opening;
  }

  private async openNew(ask: Ask | null, log: Log): Promise<Held> {
    const held = await this.context.links.connect(this.target, ask, log, this.ended.signal).catch((error: unknown) => {
      const isRefused = error instanceof HostError && !error.failure.hop && error.failure.reason === 'rejected';
      if (isRefused) this.lastLogin = 'refused';
      throw error;
    });
    if (this.ended.signal.aborted) {
      held.close();
      throw new HostError(failure('auth', 'cancelled'));
    }
    this.held = held;
    this.lastLogin = 'accepted';
    this.heldAt = this.context.clock.monotonic();
    this.protection.answered();
    this.isDown = false;
    this.fresh = true;
    this.blockedBy = null;
    this.state = createCollectState();
    held.onClose(() => this.lost(held));
    return held;
  }

  /** Keeps how the host's login goes. */
  async learn(interactive: WatchTarget['interactive']): Promise<void> {
    if (this.target.interactive === interactive) return;
    this.target = { ...this.target, interactive };
    // What was learned is learned anew at the next login where it cannot be kept now.
    await this.context.inventory.setInteractive(this.target.id, interactive).catch(this.context.onError);
  }

  /** The connection ended by itself: look at once whether the host is still there. */
  private lost(held: Held): void {
    if (this.held !== held) return;
    this.held = null;
    this.why = { why: 'lost', after: null };
    const now = this.context.clock.monotonic();
    this.statusAt = now;
    this.countFailure(now);
    this.sampleAt = now;
    this.retryAt = now + (waitAfter(failure('sample', 'reset'), this.failures) ?? 0);
    this.context.rescheduled(this);
  }

  private get footprint() {
    return this.context.footprints.of(this.target.id);
  }

  /** Counts what a try to connect does to the host. */
  meter(isPerson: boolean): Meter {
    return this.footprint.meter(isPerson ? { why: 'person', after: null } : this.why);
  }

  private countFailure(now: number): void {
    if (this.heldAt !== null && now - this.heldAt >= settledMs) this.failures = 0;
    this.heldAt = null;
    this.failures += 1;
  }

  /** Answers with the failure by its real name. */
  private async afterFailure(error: HostError, statusDue: boolean): Promise<Failure> {
    const now = this.context.clock.monotonic();
    const isTried = error.retryAt === undefined;
    const isOwn = isTried && !isWayBroken(error.failure);
    const reason = this.held === null && isOwn ? this.protection.judge(error.failure, now) : error.failure;
    const wantsPeace = isOwn && asksForPeace(reason);
    if (this.held === null) {
      this.blockedBy = reason;
      this.why = { why: 'retry', after: reason };
      if (isTried) this.countFailure(now);
      const wait = isTried ? waitAfter(reason, this.failures) : null;
      this.retryAt = error.retryAt ?? (wait === null ? null : now + wait);
      if (wantsPeace) this.retryAt = this.protection.leaveAlone(reason, now);
    }
    if (isWayBroken(reason)) {
      this.publishCutOff(reason);
      return reason;
    }
    const reached = !['dns', 'tcp', 'sample'].includes(reason.stage) && reason.reason !== 'unsupported';
    if (reason.stage === 'tcp' && wantsPeace) this.isDown = true;
    if (reason.stage === 'tcp' && wantsPeace)
      this.publish({ alive: false, probe: null, sample: null, failure: reason });
    else if (reached && isTried && reason.reason !== 'needs-code')
      this.publish({ alive: true, probe: null, sample: null, failure: reason });
    else if (statusDue || reason.stage !== 'auth') await this.checkStatus(reason);
    else this.publish({ alive: null, probe: null, sample: null, failure: reason });
    return reason;
  }

  private async holdBack({ at, isPaused }: Refused, statusDue: boolean): Promise<void> {
    this.retryAt = at;
    this.sampleAt = at;
    if (isPaused && this.lastLogin !== 'refused') this.blockedBy = failure('auth', 'paused');
    if (isPaused || statusDue) await this.checkStatus();
  }

  /** It is this host's turn to try its login; false when it has no use for that. */
  readonly wake = (): boolean => {
    if (this.ended.signal.aborted || this.isDown || this.held !== null || !this.context.wanted(this.target))
      return false;
    this.retryAt = this.context.clock.monotonic();
    this.sampleAt = this.retryAt;
    this.context.rescheduled(this);
    return true;
  };

  /** The login works on another host: if that was waited for, it is tried here at once. */
  loginAccepted(): void {
    if (this.blockedBy?.reason !== 'paused') return;
    this.blockedBy = null;
    this.wake();
  }

  private async checkStatus(reason: Failure | null = this.blockedBy): Promise<void> {
    const { policy, connection } = this.target;
    if (connection === 'local' || this.context.links.isOpen(this.target))
      return this.publish({ alive: true, probe: null, sample: null, failure: null });
    if (!policy.tcpPingEnabled || !policy.statusCheckEnabled) {
      const missed = reason !== null && (reason.stage === 'tcp' || reason.stage === 'dns');
      return this.publish({ alive: missed ? false : null, probe: null, sample: null, failure: reason });
    }
    const quiet = this.protection.quiet(this.context.clock.monotonic());
    if (quiet !== null) return this.publish({ alive: null, probe: null, sample: null, failure: quiet });
    let probe = await this.ping();
    if (!probe.up && !this.isDown && !isWayBroken(probe.failure)) {
      await sleep(confirmAfterMs, this.ended.signal);
      probe = await this.ping();
    }
    if (this.ended.signal.aborted) return;
    if (probe.failure && isWayBroken(probe.failure)) return this.publishCutOff(probe.failure);
    const waitsForNetwork = this.blockedBy === null || networkStages.includes(this.blockedBy.stage);
    if (this.isDown && probe.up && waitsForNetwork && this.retryAt !== null) {
      this.retryAt = this.context.clock.monotonic();
      this.sampleAt = this.retryAt;
    }
    this.isDown = !probe.up;
    if (probe.up) this.protection.answered();
    else if (probe.failure && asksForPeace(probe.failure))
      this.protection.leaveAlone(probe.failure, this.context.clock.monotonic());
    if (this.isDown && this.context.isLookedAt(this.target))
      this.statusAt = Math.min(this.statusAt, this.context.clock.monotonic() + downCheckMs);
    this.publish({ alive: probe.up, probe, sample: null, failure: probe.up ? reason : probe.failure });
  }

  private async ping(): Promise<ProbeResult> {
    this.footprint.pinged();
    const result = await this.context.pings.run(() => this.context.links.ping(this.target, this.ended.signal));
    if (result.failure === null || isWayBroken(result.failure)) return result;
    return { ...result, failure: this.protection.judge(result.failure, this.context.clock.monotonic()) };
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
    const now = this.context.clock.monotonic();
    if (this.blockedBy && isWayBroken(this.blockedBy)) {
      this.blockedBy = null;
      this.failures = 0;
      this.retryAt = now;
    }
    this.refresh();
  }

  /** A person asks: forgets every back-off, connects (asking for a code where need be), takes a sample. Throws HostError. */
  async start(ask: Ask, log: Log): Promise<void> {
    this.retryAt = this.context.clock.monotonic();
    this.failures = 0;
    if (this.opening) log('info', 'stats_connecting', 'A connection is being made already');
    try {
      await this.exclusively(() => this.sampleOnce(ask, log));
      this.blockedBy = null;
    } catch (error) {
      if (error instanceof HostError) throw new HostError(await this.afterFailure(error, false), { cause: error });
      throw error;
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
    if (this.blockedBy === null || isWayBroken(this.blockedBy)) this.retryAt = this.context.clock.monotonic();
    this.drop();
    this.refresh();
  }

  /** Polls now. */
  refresh(): void {
    const now = this.context.clock.monotonic();
    this.statusAt = now;
    this.sampleAt = now;
    this.context.rescheduled(this);
  }

  /** Somebody vouched for keys: where one was refused, the host is tried at once. */
  keysChanged(): void {
    if (this.blockedBy === null || !isKeyFailure(this.blockedBy)) return;
    this.blockedBy = null;
    this.failures = 0;
    this.retryAt = this.context.clock.monotonic();
    this.refresh();
  }

  /** Whether the key of a host on the way was refused. */
  get waitsForHop(): boolean {
    return this.blockedBy?.stage === 'jump';
  }

  /** Ends the connection; the snapshot stays. The next one is made because somebody looks again, or for what is told. */
  drop(why: 'watched' | 'person' = 'watched'): void {
    const held = this.held;
    if (held !== null) this.why = { why, after: null };
    this.held = null;
    held?.close();
  }

  /** Whether a connection is held. */
  get isHeld(): boolean {
    return this.held?.isOpen() ?? false;
  }

  /** Ends everything of this watch. */
  dispose(): void {
    this.ended.abort(new HostError(failure('auth', 'cancelled')));
    this.drop();
  }

  private publish(seen: Omit<Observation, 'hostId' | 'at'>): void {
    if (this.ended.signal.aborted) return;
    if (seen.alive !== null) this.isKnown = true;
    const isKnown = seen.alive !== null || isWayBroken(seen.failure);
    const way = isKnown ? { hops: this.context.links.hops(this.target, seen.failure) } : {};
    this.context.publish({ hostId: this.target.id, at: this.context.clock.now(), ...seen, ...way });
  }
}
