import { backoffMs } from '../../lib/backoff.ts';
import type { Failure } from '../../model/failure.ts';
import { failure } from '../../ssh/failures.ts';

/** As long as fail2ban counts failed logins by default: a host that is gone sooner after it refused one has banned us. */
const suspectMs = 600_000;
/** The first wait is at most this. Source: OpenSSH enforces a penalty for 15 s or more (PerSourcePenalties min). */
const peaceMs = 60_000;

/** Whether a host said, or is believed to say, that it wants to be left in peace: neither pings nor logins until a wait is over. */
export function asksForPeace({ stage, reason }: Failure): boolean {
  return reason === 'penalised' || (stage === 'handshake' && reason === 'too-many-sessions');
}

/**
 * What a host does against strangers, as far as it was noticed: penalties and full queues, which it says, and bans, which
 * it does not. Times are monotonic ms.
 */
export function createProtection() {
  let refusedAt = Number.NEGATIVE_INFINITY;
  let resetAt = Number.NEGATIVE_INFINITY;
  let notice: Failure | null = null;
  let quietUntil = 0;
  let times = 0;

  /** It lets us near again. */
  function answered(): void {
    notice = null;
    times = 0;
    quietUntil = 0;
  }

  return {
    /** A failure by its real name: a host that nobody reaches any more, soon after it refused a login, is taken to have banned us. */
    judge(seen: Failure, now: number): Failure {
      if (seen.stage === 'auth' && seen.reason === 'rejected') refusedAt = now;
      if (seen.stage === 'auth' && seen.reason === 'reset') {
        // Once, the server may have been restarted; again and again, it permits no more tries.
        if (now - resetAt < suspectMs) refusedAt = now;
        resetAt = now;
      }
      const isBan = notice?.stage === 'tcp' || now - refusedAt < suspectMs;
      return seen.stage === 'tcp' && isBan ? failure('tcp', 'penalised') : seen;
    },
    /** The host wants peace: until when it is left alone, longer with every time that it says so in a row. */
    leaveAlone(reason: Failure, now: number): number {
      notice = reason;
      times += 1;
      quietUntil = now + backoffMs(times, undefined, peaceMs);
      return quietUntil;
    },
    /** Why nothing may touch the host now; null: it may be touched. */
    quiet: (now: number): Failure | null => (now < quietUntil ? notice : null),
    answered,
    /** It accepted a login: what it refused before is forgiven, too. */
    loggedIn(): void {
      refusedAt = Number.NEGATIVE_INFINITY;
      resetAt = Number.NEGATIVE_INFINITY;
      answered();
    },
  };
}
