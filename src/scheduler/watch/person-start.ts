import { sleep } from '../../lib/async.ts';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import { failure } from '../../ssh/failures.ts';
import { HeldBack } from '../connections/guarded-login.ts';
import type { Starter } from '../connections/reach.ts';
import { isHeldAgainst, type Retries } from './retries.ts';
import type { Turn } from './turn.ts';

/** How long after the first sample the second is taken, ms. */
export const secondSampleMs = 1_000;
/** How long a person waits for the second sample at most, ms: with the first there is something to show. */
const ratesMs = 4_000;

/** What of a watch a person's start needs. */
export type Startable = {
  readonly retries: Retries;
  readonly turn: Turn;
  readonly session: { readonly isHeld: boolean; readonly isOpening: boolean; readonly hasRates: boolean };
  readonly signal: AbortSignal;
  /** When whoever manages the host may have its login offered again, monotonic ms; null: now. */
  readonly offeredAgainAt: () => number | null;
  /** How often it was said that something changed. */
  readonly refreshes: () => number;
  readonly isJustSampled: () => boolean;
  readonly sample: () => Promise<void>;
  /** As in the background: what goes wrong is told, and not thrown. */
  readonly sampleQuietly: () => Promise<void>;
  readonly startOver: () => void;
  /** Answers with the failure by its real name. */
  readonly afterFailure: (error: HostError) => Promise<Failure>;
};

/**
 * A person's start, when it is its turn. Tells `sampled` that there is a snapshot, and resolves when that has shares and rates
 * too, for clients draw the first that they read; or seconds later, if the host does not give them. Throws HostError; its `retryAt` where the login is held back, so that it was not
 * offered.
 */
export async function personStart(watch: Startable, starter: Starter, log: Log, sampled: () => void): Promise<void> {
  const { retries, session, turn } = watch;
  if (session.isOpening) log('info', 'stats_connecting', 'A connection is already being made');
  await turn.run(async () => {
    watch.signal.throwIfAborted();
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
  const limit = sleep(ratesMs, AbortSignal.any([watch.signal, over.signal])).catch(() => undefined);
  await Promise.race([limit, secondSample(watch)]).finally(() => over.abort());
}

/** The sample that makes shares and rates of the one before it; none where the host has them, or is held no more. */
async function secondSample({ turn, session, signal, sampleQuietly }: Startable): Promise<void> {
  const isNeeded = (): boolean => !signal.aborted && session.isHeld && !session.hasRates;
  await turn.run(async () => {
    if (!isNeeded()) return;
    await sleep(secondSampleMs, signal).catch(() => undefined);
    if (isNeeded()) await sampleQuietly();
  });
}

/** Throws HostError where this person may not have the login offered now. */
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
