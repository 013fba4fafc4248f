import type { Log, LogEntry } from '../model/connection/log.ts';
import { HostError } from '../model/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { CodeResult, StartResult } from '../ports/control.ts';
import { failure, heldBack } from '../ssh/failures.ts';
import { Attempt, type Ended, type Told } from './attempt.ts';
import { createCodeSessions, maxCodeTries, maxQuestions } from './code-sessions.ts';
import { createConnectionLog } from './connections/connection-log.ts';
import type { Starter } from './connections/reach.ts';

/** How long before a person's start is answered as failed, ms; the attempt itself continues. */
const startMs = 12_000;
const sweepMs = 5_000;

const slow = failure('sample', 'timed-out', {
  said: `The host gave no first sample within ${startMs / 1000} seconds; Sonde keeps trying`,
});

/** The parts of a host's watch that a start needs. */
type Startable = { readonly start: (starter: Starter, log: Log, sampled: () => void) => Promise<void> };

/** People's starts of hosts, and the codes that those ask for. */
export class Starts {
  private readonly clock: Clock;
  private readonly codes;
  /** User and host → the attempt in progress. */
  private readonly running = new Map<string, Attempt>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly sweeping: NodeJS.Timeout;

  constructor(clock: Clock) {
    this.clock = clock;
    this.codes = createCodeSessions(clock);
    this.sweeping = setInterval(() => this.sweep(), sweepMs);
  }

  /** Begins an attempt, or continues the one that this user began. */
  async start(watch: Startable, hostId: number, userId: string, mayOverride: boolean): Promise<StartResult> {
    const waiting = this.codes.waitingAt(hostId);
    if (waiting && waiting.userId !== userId)
      return { outcome: 'failed', failure: failure('auth', 'needs-code'), logs: [] };
    const attempt = this.running.get(`${hostId} ${userId}`) ?? this.begin(watch, hostId, userId, mayOverride);
    const told = await attempt.next(startMs);
    const logs = attempt.logs();
    if (told !== null && 'prompt' in told && attempt.session)
      return { outcome: 'needs-code', sessionId: attempt.session.id, prompt: told.prompt, logs };
    return this.ended(told, mayOverride, logs);
  }

  async answerCode(sessionId: string, userId: string, code: string): Promise<CodeResult> {
    const session = this.codes.get(sessionId);
    const attempt = this.attempts.get(sessionId);
    if (!session) return { outcome: 'unknown-session' };
    if (session.userId !== userId) return { outcome: 'not-yours' };
    if (this.codes.isExpired(session)) {
      this.codes.sweep();
      return { outcome: 'expired' };
    }
    if (session.tries >= maxCodeTries || session.busy) return { outcome: 'too-many-tries' };
    if (!attempt?.answer(code)) return { outcome: 'unknown-session' };
    session.busy = true;
    const told = await attempt.next(startMs);
    session.busy = false;
    if (told !== null && 'prompt' in told) {
      session.questions += 1;
      if (told.isRetry) session.tries += 1;
      if (session.tries >= maxCodeTries || session.questions >= maxQuestions) session.cancel();
      else if (!told.isRetry)
        return { outcome: 'asks-more', sessionId: session.id, prompt: told.prompt, logs: attempt.logs() };
      return { outcome: 'wrong-code', attemptsRemaining: maxCodeTries - session.tries };
    }
    if (told !== null && 'ours' in told) throw told.ours;
    const reason = told === null ? slow : told.failure;
    if (reason === null) return { outcome: 'started', hostId: session.hostId, logs: attempt.logs() };
    if (reason.stage === 'auth') {
      session.tries = maxCodeTries;
      return { outcome: 'wrong-code', attemptsRemaining: 0 };
    }
    return { outcome: 'failed', failure: reason, logs: attempt.logs() };
  }

  /** The host of this user's login that is waiting for a code; null if there is none or it is another user's. */
  hostOfCode(sessionId: string, userId: string): number | null {
    const session = this.codes.get(sessionId);
    return session?.userId === userId ? session.hostId : null;
  }

  close(): void {
    clearInterval(this.sweeping);
    this.codes.cancelAll();
  }

  private begin(watch: Startable, hostId: number, userId: string, mayOverride: boolean): Attempt {
    const { log, entries } = createConnectionLog(this.clock);
    const attempt: Attempt = new Attempt(entries, (give, cancel) => {
      const session = this.codes.open(hostId, userId, give, cancel);
      this.attempts.set(session.id, attempt);
      return session;
    });
    const key = `${hostId} ${userId}`;
    this.running.set(key, attempt);
    const end = (ended: Ended): void => {
      this.running.delete(key);
      if (attempt.session) this.attempts.delete(attempt.session.id);
      attempt.end(ended);
    };
    watch
      .start({ ask: attempt.ask, mayOverride }, log, () => attempt.sampled())
      .then(
        () => end({ failure: null }),
        (error: unknown) => end(endOf(error)),
      );
    return attempt;
  }

  private ended(told: Told | null, mayOverride: boolean, logs: readonly LogEntry[]): StartResult {
    if (told === null) return { outcome: 'failed', failure: slow, logs };
    if ('ours' in told) throw told.ours;
    if ('prompt' in told) return { outcome: 'failed', failure: failure('auth', 'needs-code'), logs };
    if (told.failure === null) return { outcome: 'started', logs };
    if (told.retryAt === undefined) return { outcome: 'failed', failure: told.failure, logs };
    const retryAt = told.retryAt === null ? null : this.clock.now() + told.retryAt - this.clock.monotonic();
    return { outcome: 'failed', failure: heldBack(told.failure, retryAt, mayOverride), retryAt, logs };
  }

  private sweep(): void {
    this.codes.sweep();
    for (const [id, { session }] of this.attempts) if (!session?.give && !session?.busy) this.attempts.delete(id);
  }
}

function endOf(error: unknown): Ended {
  if (error instanceof HostError) return { failure: error.failure, retryAt: error.retryAt };
  // The host was changed or removed in the meantime.
  if ((error as Error).name === 'AbortError') return { failure: failure('auth', 'cancelled') };
  return { ours: error };
}
