import { backoffMs } from '../../lib/backoff.ts';
import type { Failure } from '../../model/failure.ts';
import { failure } from '../../ssh/failures.ts';

/**
 * The period over which fail2ban counts failed logins by default: a host that disappears within it after refusing a
 * login has banned us.
 */
const suspectMs = 600_000;
/** The first wait is at most this. Source: OpenSSH enforces a penalty for 15 s or more (PerSourcePenalties min). */
const peaceMs = 60_000;
const never = Number.NEGATIVE_INFINITY;

/** Whether a host said, or seems, to want to be left alone: no pings and no logins until a wait is over. */
export function asksForPeace({ stage, reason }: Failure): boolean {
  return reason === 'penalised' || (stage === 'handshake' && reason === 'too-many-sessions');
}

/** What is remembered across a restart. Times are monotonic ms. */
export type Guarded = {
  readonly refusedAt: number;
  readonly resetAt: number;
  readonly quietUntil: number;
  readonly times: number;
  /** What it said last, as `stage/reason`; null: nothing that still applies. */
  readonly notice: string | null;
};

const notices = [
  ['tcp', 'penalised'],
  ['handshake', 'penalised'],
  ['handshake', 'too-many-sessions'],
] as const;

/**
 * A host's defences against strangers as far as they were noticed: penalties and full queues, which it announces, and
 * bans, which it does not. Times are monotonic ms.
 */
export class BanDetection {
  private refusedAt = never;
  private resetAt = never;
  private notice: Failure | null = null;
  private quietUntil = 0;
  private times = 0;

  /**
   * The failure with its real cause: a host that stops responding soon after it refused a login has probably banned us.
   */
  judge(seen: Failure, now: number): Failure {
    if (seen.stage === 'auth' && seen.reason === 'rejected') this.refusedAt = now;
    if (seen.stage === 'auth' && seen.reason === 'reset') {
      // Once, the server may have been restarted; repeatedly, it accepts no more attempts.
      if (now - this.resetAt < suspectMs) this.refusedAt = now;
      this.resetAt = now;
    }
    const isBan = this.notice?.stage === 'tcp' || now - this.refusedAt < suspectMs;
    return seen.stage === 'tcp' && isBan ? failure('tcp', 'penalised') : seen;
  }

  /** The host wants to be left alone. Sets until when; longer each time it says so in a row. */
  leaveAlone(reason: Failure, now: number): number {
    this.notice = reason;
    this.times += 1;
    this.quietUntil = now + backoffMs(this.times, undefined, peaceMs);
    return this.quietUntil;
  }

  /** Why the host must be left alone now; null: it need not. */
  quiet(now: number): Failure | null {
    return now < this.quietUntil ? this.notice : null;
  }

  /** It accepts connections from us again. */
  answered(): void {
    this.notice = null;
    this.times = 0;
    this.quietUntil = 0;
  }

  /** It accepted a login, so its earlier refusals no longer count. */
  loggedIn(): void {
    this.refusedAt = never;
    this.resetAt = never;
    this.answered();
  }

  get guarded(): Guarded {
    const { refusedAt, resetAt, quietUntil, times, notice } = this;
    return { refusedAt, resetAt, quietUntil, times, notice: notice && `${notice.stage}/${notice.reason}` };
  }

  /** Restores the state from before a restart. */
  recall({ notice, ...times }: Guarded): void {
    Object.assign(this, times);
    const known = notices.find(([stage, reason]) => notice === `${stage}/${reason}`);
    this.notice = known ? failure(known[0], known[1]) : null;
  }
}
