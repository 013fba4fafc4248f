import { collectors } from '../collectors/index.ts';
import { sleep } from '../lib/async.ts';
import { type Failure, HostError, isKeyFailure, isWayBroken, type Stage } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Log, LogEntry } from '../model/log.ts';
import type { Observation } from '../model/observation.ts';
import type { Clock } from '../ports/clock.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Ask } from '../ssh/authentication.ts';
import { failure } from '../ssh/failures.ts';
import { collect, createCollectState } from './collect.ts';
import { createConnectionLog } from './connection-log.ts';
import type { Held } from './hold.ts';
import type { Links } from './links.ts';
import { nextDue, waitAfter } from './plan.ts';

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
  /** Whether somebody has this very host open. */
  readonly isLookedAt: (target: WatchTarget) => boolean;
  /** The watch's due time moved. */
  readonly rescheduled: (watch: HostWatch) => void;
  readonly samples: { readonly run: <T>(work: () => Promise<T>) => Promise<T> };
  readonly onError: (error: unknown) => void;
};

const silent: Log = () => {};
const confirmAfterMs = 1_000;
/** Where a try ends for what is no fault of the login. */
const networkStages: readonly Stage[] = ['dns', 'tcp', 'proxy', 'jump', 'sample'];
const secondSampleMs = 1_000;
const maxLostSamples = 2;
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
  private failures = 0;
  private retryAt: number | null = 0;
  private blockedBy: Failure | null = null;
  /** The last ping found nobody: the next that does leads to a connection, none is tried before. */
  private isDown = false;
  /** A hop failed: when the way is open again, the host is looked for at once. */
  private isCutOff = false;
  private tried: () => readonly LogEntry[] = () => [];

  constructor(target: WatchTarget, context: WatchContext) {
    this.target = target;
    this.context = context;
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
    if (sampleDue) return this.pollSample(statusDue);
    if (statusDue) await this.checkStatus();
  }

  private async pollSample(statusDue: boolean): Promise<void> {
    try {
      await this.sampleOnce(null, silent);
    } catch (error) {
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
      const shell = await held.shell();
      log('info', 'stats_polling', 'Taking a sample');
      const sample = await this.context.samples.run(() => collect(shell, collectors, this.state, this.context.clock));
      this.lostSamples = 0;
      this.failures = 0;
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
    const held = await this.context.links.connect(this.target, ask, log, this.ended.signal);
    if (this.ended.signal.aborted) {
      held.close();
      throw new HostError(failure('auth', 'cancelled'));
    }
    this.held = held;
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
    await this.context.inventory.setInteractive(this.target.id, interactive);
  }

  /** The connection ended by itself: look at once whether the host is still there. */
  private lost(held: Held): void {
    if (this.held !== held) return;
    this.held = null;
    const now = this.context.clock.monotonic();
    this.statusAt = now;
    this.failures += 1;
    this.sampleAt = now;
    this.retryAt = now + (waitAfter(failure('sample', 'reset'), this.failures) ?? 0);
    this.context.rescheduled(this);
  }

  private async afterFailure(error: HostError, statusDue: boolean): Promise<void> {
    const now = this.context.clock.monotonic();
    const reason = error.failure;
    const isTried = error.retryAt === undefined;
    if (this.held === null) {
      this.blockedBy = reason;
      if (isTried) this.failures += 1;
      const wait = isTried ? waitAfter(reason, this.failures) : null;
      this.retryAt = error.retryAt ?? (wait === null ? null : now + wait);
    }
    if (isWayBroken(reason)) return this.publishCutOff(reason);
    const reached = !['dns', 'tcp', 'sample'].includes(reason.stage) && reason.reason !== 'unsupported';
    if (reached && isTried && reason.reason !== 'needs-code')
      this.publish({ alive: true, probe: null, sample: null, failure: reason });
    else if (statusDue || reason.stage !== 'auth') await this.checkStatus(reason);
    else this.publish({ alive: null, probe: null, sample: null, failure: reason });
  }

  private async checkStatus(reason: Failure | null = this.blockedBy): Promise<void> {
    const { policy, connection } = this.target;
    if (connection === 'local' || this.context.links.isOpen(this.target))
      return this.publish({ alive: true, probe: null, sample: null, failure: null });
    if (!policy.tcpPingEnabled || !policy.statusCheckEnabled) {
      const missed = reason !== null && (reason.stage === 'tcp' || reason.stage === 'dns');
      return this.publish({ alive: missed ? false : null, probe: null, sample: null, failure: reason });
    }
    const ping = () => this.context.links.ping(this.target, this.ended.signal);
    let probe = await ping();
    if (!probe.up && !isWayBroken(probe.failure)) {
      await sleep(confirmAfterMs, this.ended.signal);
      probe = await ping();
    }
    if (this.ended.signal.aborted) return;
    if (probe.failure && isWayBroken(probe.failure)) return this.publishCutOff(probe.failure);
    const waitsForNetwork = this.blockedBy === null || networkStages.includes(this.blockedBy.stage);
    if (this.isDown && probe.up && waitsForNetwork && this.retryAt !== null) {
      this.retryAt = this.context.clock.monotonic();
      this.sampleAt = this.retryAt;
    }
    this.isDown = !probe.up;
    if (this.isDown && this.context.isLookedAt(this.target))
      this.statusAt = Math.min(this.statusAt, this.context.clock.monotonic() + downCheckMs);
    this.publish({ alive: probe.up, probe, sample: null, failure: probe.up ? reason : probe.failure });
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
      if (error instanceof HostError) await this.afterFailure(error, false);
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

  /** Ends the connection; the snapshot stays. */
  drop(): void {
    const held = this.held;
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
    const isKnown = seen.alive !== null || isWayBroken(seen.failure);
    const way = isKnown ? { hops: this.context.links.hops(this.target, seen.failure) } : {};
    this.context.publish({ hostId: this.target.id, at: this.context.clock.now(), ...seen, ...way });
  }
}
