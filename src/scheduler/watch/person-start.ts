import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import { failure } from '../../ssh/failures.ts';
import { HeldBack } from '../connections/guarded-login.ts';
import type { Starter } from '../connections/reach.ts';
import { isHeldAgainst, type Retries } from './retries.ts';
import type { Turn } from './turn.ts';

/** How long after the first sample the second is taken, ms. */
export const secondSampleMs = 1_000;
/** How long a person waits for the second sample at most, ms; with the first there is something to show already. */
const ratesMs = 4_000;

/** The parts of a watch that a person's start needs. */
export type Startable = {
  readonly retries: Retries;
  readonly turn: Turn;
  readonly session: {
    readonly isHeld: boolean;
    readonly isOpening: boolean;
    readonly hasRates: boolean;
    /** What the host refused is asked again with the next sample. */
    readonly retryRefused: () => void;
  };
  readonly signal: AbortSignal;
  /** When a person who manages the host may have its login offered again, monotonic ms; null: now. */
  readonly offeredAgainAt: () => number | null;
  /** How often a change was reported. */
  readonly refreshes: () => number;
  readonly isJustSampled: () => boolean;
  readonly sample: () => Promise<void>;
  /** As in the background: failures are published, not thrown. */
  readonly sampleQuietly: () => Promise<void>;
  readonly startOver: () => void;
  /** Returns the failure with its real cause. */
  readonly afterFailure: (error: HostError) => Promise<Failure>;
};

/**
 * A person's start, once it is its turn. Calls `sampled` when there is a snapshot. Resolves when the snapshot has
 * shares and rates too, because clients draw the first one they read, or some seconds later if the host does not report
 * them. Throws HostError, with `retryAt` if the login was held back and therefore not offered.
 */
export async function personStart(watch: Startable, starter: Starter, log: Log, sampled: () => void): Promise<void> {
  const { retries, session, turn } = watch;
  if (session.isOpening) log('info', 'stats_connecting', 'A connection is already being made');
  await turn.run(async () => {
    watch.signal.throwIfAborted();
    if (starter.mayOverride) session.retryRefused();
    if (watch.isJustSampled()) return log('success', 'stats_polling', 'Already sampled within this second');
    if (!session.isHeld) mayOffer(watch, starter, log);
    if (starter.mayOverride) retries.afresh();
    const refreshes = watch.refreshes();
    try {
      await watch.sample();
      retries.blockedBy = null;
    } catch (error) {
      const held = error instanceof HeldBack ? pausedUntil(error) : error;
      if (!(held instanceof HostError)) throw held;
      if (held.failure.reason === 'cancelled' && refreshes !== watch.refreshes()) {
        watch.startOver();
        throw held;
      }
      const reason = await watch.afterFailure(held);
      throw new HostError(reason, { cause: held, ...(held.retryAt === undefined ? {} : { retryAt: held.retryAt }) });
    }
  });
  sampled();
  const over = new AbortController();
  const limit = sleep(ratesMs, undefined, { signal: AbortSignal.any([watch.signal, over.signal]) }).catch(
    () => undefined,
  );
  await Promise.race([limit, secondSample(watch)]).finally(() => over.abort());
}

/**
 * The second sample, which turns the counters of the first into shares and rates. Not taken if the host has them
 * already or is no longer held.
 */
async function secondSample({ turn, session, signal, sampleQuietly }: Startable): Promise<void> {
  const isNeeded = (): boolean => !signal.aborted && session.isHeld && !session.hasRates;
  await turn.run(async () => {
    if (!isNeeded()) return;
    await sleep(secondSampleMs, undefined, { signal }).catch(() => undefined);
    if (isNeeded()) await sampleQuietly();
  });
}

/** Throws HostError if this person may not have the login offered now. */
function mayOffer({ retries, offeredAgainAt }: Startable, { mayOverride }: Starter, log: Log): void {
  const again = offeredAgainAt();
  const held = mayOverride ? undefined : retries.heldAgainst();
  if (held === undefined && again === null) return;
  const known = retries.quiet ?? retries.blockedBy;
  const reason = known !== null && isHeldAgainst(known) ? known : failure('auth', 'rejected');
  log('warning', 'auth', `Not offering the login again yet: ${reason.message}`);
  throw new HostError(reason, { retryAt: held === undefined ? again : held.until });
}

function pausedUntil({ verdict }: HeldBack): HostError {
  return new HostError(failure('auth', 'paused'), { retryAt: verdict.at });
}
