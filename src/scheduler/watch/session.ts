import { sampled } from '../../collectors/index.ts';
import type { HostExport } from '../../collectors/node/host-export.ts';
import type { SudoRefusal } from '../../collectors/sampler/sudo.ts';
import type { Places } from '../../lib/bounds/places.ts';
import type { Log, LogEntry } from '../../model/connection/log.ts';
import { type Failure, HostError, isLoginRefused } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Sample } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import type { Shell } from '../../ssh/shell.ts';
import type { Connections } from '../connections/connections.ts';
import type { Held } from '../connections/hold.ts';
import type { Holds } from '../connections/holds.ts';
import type { Before } from '../connections/login-guard.ts';
import type { Starter } from '../connections/reach.ts';
import { collect, HostMemory } from '../sampling/collect.ts';
import { SudoMemory } from '../sampling/sudo-memory.ts';
import { type HostGone, unlessGone } from './silence.ts';
import { TryLog } from './try-log.ts';

const maxLostSamples = 2;

export type SessionOptions = {
  readonly clock: Clock;
  readonly connections: Pick<Connections, 'connect'>;
  readonly holds: Holds;
  readonly samples: Pick<Places, 'run'>;
  readonly target: () => WatchTarget;
  /** Whether somebody has this host open. */
  readonly isLookedAt: (target: WatchTarget) => boolean;
  /** What makes its series; null while no export wants it. */
  readonly exporting: (target: WatchTarget) => HostExport | null;
  /** Checks whether a host that does not answer is still there. */
  readonly missing: (held: Held) => Promise<HostGone | null>;
  /** The outcome of the host's login before a restart. */
  readonly lastLogin: Before;
  readonly signal: AbortSignal;
  readonly connected: () => void;
  /** The connection ended by itself. */
  readonly lost: (why: Failure | undefined) => void;
};

/** A host's one connection, made when a sample is wanted, and what is remembered from sample to sample. */
export class Session {
  /** The outcome of the host's last login. */
  lastLogin: Before;
  private readonly sudo: SudoMemory;
  private readonly options: SessionOptions;
  private held: Held | null = null;
  private opening: Promise<Held> | null = null;
  private memory = new HostMemory();
  /** What the shell knows sudo to refuse. */
  private refused: readonly SudoRefusal[] = [];
  private isFresh = true;
  /** When the host was asked for the sample that is on its way, monotonic ms; null: none is, or it has not been asked yet. */
  askedAt: number | null = null;
  /** Whether two samples were taken over this connection; shares and rates need two. */
  hasRates = false;
  private lostSamples = 0;
  /** Why the last connection ended by itself. */
  private endedBy: Failure | undefined;
  readonly tries: TryLog;

  constructor(options: SessionOptions) {
    this.options = options;
    this.lastLogin = options.lastLogin;
    this.tries = new TryLog(options.clock);
    this.sudo = new SudoMemory(options.clock, options.target().id, options.holds);
  }

  get isHeld(): boolean {
    return this.held?.isOpen() ?? false;
  }

  /** Whether there is a connection, including one that is just turning out to be dead. */
  get exists(): boolean {
    return this.held !== null;
  }

  get isOpening(): boolean {
    return this.opening !== null;
  }

  /** What happened at the last attempt to connect, whoever asked for it. */
  get connectionLog(): readonly LogEntry[] {
    return this.tries.entries;
  }

  /** CPU time that the host used for its newest sample, seconds; null: not reported. */
  get cpuSeconds(): number | null {
    return this.memory.cpu.sampleSeconds;
  }

  /** Connects if necessary and takes one sample; returns whether it is the connection's first. Throws HostError. */
  async sample(starter: Starter | null, told: Log): Promise<{ readonly sample: Sample; readonly isFirst: boolean }> {
    const log = this.isHeld ? told : this.tries.begin(told);
    const held = await this.open(starter, log);
    try {
      const shell = await this.shellOf(held, log);
      log('info', 'stats_polling', 'Taking a sample');
      const { samples, clock, target, isLookedAt, exporting, missing } = this.options;
      this.memory.exporting = exporting(target());
      const sample = await samples.run(target().id, () => {
        this.askedAt = clock.monotonic();
        const answer = collect(shell, sampled, this.memory, clock, this.sudo, isLookedAt(target()));
        return unlessGone(answer, () => missing(held));
      });
      this.refused = this.sudo.refusals;
      this.lostSamples = 0;
      const isFirst = this.isFresh;
      this.isFresh = false;
      this.hasRates = !isFirst;
      log('success', 'stats_polling', `${sample.sections.length} sections collected`);
      return { sample, isFirst };
    } catch (caught) {
      if (!(caught instanceof HostError)) throw caught;
      const isFlooded = !held.isOpen() && this.endedBy?.reason === 'flooded';
      const error = isFlooded ? new HostError(failure('shell', 'flooded'), { cause: caught }) : caught;
      if (!isFlooded)
        log('error', error.failure.stage === 'sample' ? 'stats_polling' : 'stats_connecting', error.failure.message);
      this.lostSamples += 1;
      if (error.failure.stage !== 'sample' || this.lostSamples >= maxLostSamples) this.drop();
      else if (held.isOpen())
        await held.shell().then(
          (shell) => shell.close(),
          () => {},
        );
      throw error;
    } finally {
      this.askedAt = null;
    }
  }

  /** A person starts the host: what it did not permit may be permitted now. */
  retryRefused(): void {
    this.sudo.askAgain();
    this.memory.sections.retryRefused();
  }

  /** The same, from somebody who says so: sudo is asked even if it refused a moment ago. */
  askRightsAgain(): void {
    this.sudo.askAgain(true);
    this.memory.sections.retryRefused();
  }

  /** Ends the connection; returns whether there was one. */
  drop(): boolean {
    const { held } = this;
    this.held = null;
    held?.close();
    return held !== null;
  }

  /** The shell; a new one if commands that sudo refused may be tried again. */
  private async shellOf(held: Held, log: Log): Promise<Shell> {
    const { refusals } = this.sudo;
    const isNew = refusals.length < this.refused.length;
    this.refused = refusals;
    return held.shell(log, refusals, isNew);
  }

  private open(starter: Starter | null, log: Log): Promise<Held> {
    if (this.held?.isOpen()) return Promise.resolve(this.held);
    if (this.opening) return this.opening;
    if (starter === null && this.options.target().interactive === 'needs-code') {
      return Promise.reject(new HostError(failure('auth', 'needs-code')));
    }
    const opening = this.openNew(starter, log);
    this.opening = opening;
    const done = (): void => {
      if (this.opening === opening) this.opening = null;
    };
    opening.then(done, done);
    return opening;
  }

  private async openNew(starter: Starter | null, log: Log): Promise<Held> {
    const { connections, target, signal } = this.options;
    const held = await connections.connect(target(), starter, log, signal).catch((error: unknown) => {
      const isRefused = error instanceof HostError && !error.failure.hop && isLoginRefused(error.failure);
      if (isRefused) this.lastLogin = 'refused';
      throw error;
    });
    if (signal.aborted) {
      held.close();
      throw new HostError(failure('auth', 'cancelled'));
    }
    this.held = held;
    this.lastLogin = 'accepted';
    this.isFresh = true;
    this.refused = [];
    this.hasRates = false;
    this.memory = new HostMemory();
    this.endedBy = undefined;
    this.options.connected();
    held.onClose((why) => {
      // Give its share back, or the next connection is never released.
      held.close();
      if (this.held !== held) return;
      this.held = null;
      this.endedBy = why;
      this.tries.lost(why?.message ?? 'The connection ended');
      this.options.lost(why);
    });
    return held;
  }
}
