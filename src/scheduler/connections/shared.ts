import { createSemaphore } from '../../lib/semaphore.ts';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import { waitAfter } from '../plan.ts';
import type { Held } from './hold.ts';
import { type Block, personAgainMs } from './refusals.ts';

/** What wants a connection: the host's own watch, or a host behind it. */
export type Use = {
  readonly role: 'own' | 'hop';
  /** A person who can be asked for a code; null in the background. */
  readonly ask: Ask | null;
  /** Somebody who manages the host is waiting, so what failed a moment ago may be tried again. */
  readonly isPerson: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/** A share in a connection; give it back when done. Listeners are called when the connection ends by itself. */
export type Lease = {
  readonly held: Held;
  readonly onClose: Held['onClose'];
  readonly release: () => void;
};

type Attempt = {
  readonly promise: Promise<Held>;
  readonly logs: Set<Log>;
  readonly abort: AbortController;
  readonly hasPerson: boolean;
  waiters: number;
  isAsking: boolean;
};

export type SharedConnectionOptions = {
  readonly clock: Clock;
  /** Makes the connection. Throws HostError. */
  readonly open: (use: Use) => Promise<Held>;
  /** How long it stays open after its last use as a jump host, ms. */
  readonly lingerMs: number;
  readonly opened: () => void;
  /** Nobody uses it, and it has nothing to remember. */
  readonly idle: () => void;
  /** The host's refused logins, over any route. */
  readonly refusals: { get: () => Block | undefined; set: (block: Block | undefined) => void };
};

const maxOpening = 32;
/** A jump host is retried at least this often, because everything behind it is waiting. */
const maxHopWaitMs = 60_000;

/**
 * The one connection to a host, shared by its own watch and by all hosts behind it: one attempt for all, one back-off,
 * and it ends when nobody needs it.
 */
export class SharedConnection {
  /** Connections that are being opened from this host onwards. */
  readonly slots = createSemaphore(maxOpening);
  private readonly options: SharedConnectionOptions;
  private held: Held | null = null;
  private attempt: Attempt | null = null;
  private users = 0;
  private readonly listeners = new Set<(why?: Failure) => void>();
  private lastHopUse = Number.NEGATIVE_INFINITY;
  private linger: NodeJS.Timeout | undefined;
  private networkBlock: Block | undefined;
  private isEnded = false;

  constructor(options: SharedConnectionOptions) {
    this.options = options;
  }

  get isOpen(): boolean {
    return this.held?.isOpen() ?? false;
  }

  /** When it is tried again, see {@link Block}; undefined: at once. */
  get until(): number | null | undefined {
    return this.block?.until;
  }

  private get block(): Block | undefined {
    return this.options.refusals.get() ?? this.networkBlock;
  }

  /** The connection; opens one if there is none. Throws HostError, with `retryAt` if it was not even tried. */
  async use(use: Use): Promise<Lease> {
    this.users += 1;
    clearTimeout(this.linger);
    try {
      const held = this.held?.isOpen() ? this.held : await this.join(use);
      return this.lease(held, use);
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  private lease(held: Held, { role }: Use): Lease {
    const own: ((why?: Failure) => void)[] = [];
    let isOver = false;
    return {
      held,
      onClose: (listener) => {
        own.push(listener);
        this.listeners.add(listener);
      },
      release: () => {
        if (isOver) return;
        isOver = true;
        for (const listener of own) this.listeners.delete(listener);
        if (role === 'hop') this.lastHopUse = this.options.clock.monotonic();
        this.leave();
      },
    };
  }

  private async join(use: Use): Promise<Held> {
    const running = this.attempt;
    if (running?.isAsking && use.ask === null) throw new HostError(failure('auth', 'needs-code'), { retryAt: null });
    if (running) use.log('info', 'tcp', 'A connection is already being made');
    else this.mayTry(use);
    const attempt = running ?? this.begin(use);
    attempt.logs.add(use.log);
    attempt.waiters += 1;
    try {
      return await unlessAborted(attempt.promise, use.signal);
    } catch (error) {
      const needsPerson = error instanceof HostError && error.failure.reason === 'needs-code';
      if (needsPerson && use.ask !== null && !attempt.hasPerson && !this.isEnded) return this.join(use);
      throw error;
    } finally {
      attempt.logs.delete(use.log);
      attempt.waiters -= 1;
      if (attempt.waiters === 0 && this.attempt === attempt) attempt.abort.abort();
    }
  }

  /** Throws the last failure if it is too soon for another attempt. */
  private mayTry(use: Use): void {
    const { block } = this;
    if (block === undefined || (block.until !== null && block.until <= this.options.clock.monotonic())) return;
    const isRefusal = isRefused(block.failure);
    if (use.ask !== null && block.failure.reason === 'needs-code') return;
    // People who start hosts behind a jump host must not each retry a login that the jump host refused.
    const isLongAgo = this.options.clock.monotonic() - block.at >= personAgainMs;
    if (use.isPerson && (use.role === 'own' || !isRefusal || isLongAgo)) return;
    if (use.role === 'own' && !isRefusal) return;
    use.log('warning', isRefusal ? 'auth' : 'tcp', `Not trying again yet: ${block.failure.message}`);
    throw new HostError(block.failure, { retryAt: block.until });
  }

  private begin(use: Use): Attempt {
    const abort = new AbortController();
    const logs = new Set<Log>();
    const log = toAll(logs);
    const asked = use.ask;
    const ask: Ask | null =
      asked &&
      (async (...question) => {
        attempt.isAsking = true;
        try {
          return await asked(...question);
        } finally {
          attempt.isAsking = false;
        }
      });
    logs.add(use.log);
    const attempt: Attempt = {
      logs,
      abort,
      hasPerson: asked !== null,
      waiters: 0,
      isAsking: false,
      promise: this.options.open({ ...use, ask, log, signal: abort.signal }).then(
        (held) => this.opened(attempt, held),
        (error: unknown) => this.failed(attempt, error),
      ),
    };
    this.attempt = attempt;
    return attempt;
  }

  private opened(attempt: Attempt, held: Held): Held {
    if (this.attempt === attempt) this.attempt = null;
    if (this.isEnded || this.users === 0) {
      held.close();
      throw new HostError(failure('auth', 'cancelled'));
    }
    this.held = held;
    this.networkBlock = undefined;
    this.options.refusals.set(undefined);
    held.onClose((why) => {
      if (this.held === held) this.held = null;
      // The hosts behind it would reopen it at once.
      if (why?.reason === 'flooded') this.blockFor(why);
      for (const listener of this.listeners) listener(why);
    });
    this.options.opened();
    return held;
  }

  private failed(attempt: Attempt, error: unknown): never {
    if (this.attempt === attempt) this.attempt = null;
    const isOwn = error instanceof HostError && !error.failure.hop && error.failure.reason !== 'cancelled';
    if (isOwn) this.blockFor(error.failure);
    throw error;
  }

  private blockFor(reason: Failure): void {
    const failures = (this.block?.failures ?? 0) + 1;
    const wait = waitAfter(reason, failures);
    const isRefusal = isRefused(reason);
    const at = this.options.clock.monotonic();
    const isLong = isRefusal || reason.reason === 'penalised' || reason.reason === 'flooded';
    const waitMs = isLong ? wait : Math.min(wait ?? maxHopWaitMs, maxHopWaitMs);
    const block = { failure: reason, at, failures, until: waitMs === null ? null : at + waitMs };
    // What was refused belonged to an earlier record, or to a host that is gone.
    if (isRefusal && this.isEnded) return;
    if (isRefusal) this.options.refusals.set(block);
    else this.networkBlock = block;
  }

  private leave(): void {
    this.users -= 1;
    if (this.users > 0 || this.isEnded) return;
    const { clock, lingerMs } = this.options;
    const leftMs = this.lastHopUse + lingerMs - clock.monotonic();
    if (leftMs > 0) this.linger = setTimeout(() => this.letGo(), leftMs);
    else this.letGo();
  }

  /** Ends the connection if nobody uses it. */
  letGo(): void {
    clearTimeout(this.linger);
    if (this.users > 0) return;
    const { held } = this;
    this.held = null;
    held?.close();
    if (!this.networkBlock && !this.attempt) this.options.idle();
  }

  /** Forgets the last failure, unless the host refused a login. */
  forgive(): void {
    this.networkBlock = undefined;
  }

  /** Ends the connection even if it is in use; its users are told that it was lost. */
  end(): void {
    this.isEnded = true;
    clearTimeout(this.linger);
    this.attempt?.abort.abort();
    const { held } = this;
    this.held = null;
    held?.close();
  }
}

/** Apart from the attempt, which a connection would otherwise keep with its log. */
function toAll(logs: ReadonlySet<Log>): Log {
  return (...entry) => {
    for (const one of logs) one(...entry);
  };
}

/** Whether a login was refused, or could only be refused: repeating it may lock an account. */
function isRefused({ stage, reason }: Failure): boolean {
  return stage === 'auth' && reason !== 'timed-out' && reason !== 'reset';
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(new HostError(failure('auth', 'cancelled')));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    const over = (): void => signal.removeEventListener('abort', aborted);
    promise.then(resolve, reject).then(over, over);
  });
}
