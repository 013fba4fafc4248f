import { backoffMs } from '../../lib/backoff.ts';
import type { Failure } from '../../model/failure.ts';
import { failure } from '../../ssh/failures.ts';

/** As long as fail2ban counts failed logins by default: a host that is gone sooner after it refused one has banned us. */
const suspectMs = 600_000;
/** The first wait is at most this. Source: OpenSSH enforces a penalty for 15 s or more (PerSourcePenalties min). */
const peaceMs = 60_000;
const never = Number.NEGATIVE_INFINITY;

/** Whether a host said, or is believed to say, that it wants to be left in peace: neither pings nor logins until a wait is over. */
export function asksForPeace({ stage, reason }: Failure): boolean {
  return reason === 'penalised' || (stage === 'handshake' && reason === 'too-many-sessions');
}

/** What is remembered of it over a restart. Times are monotonic ms. */
export type Guarded = {
  readonly refusedAt: number;
  readonly resetAt: number;
  readonly quietUntil: number;
  readonly times: number;
  /** What it said last, as `stage/reason`; null: nothing that holds. */
  readonly notice: string | null;
};

const notices = [
  ['tcp', 'penalised'],
  ['handshake', 'penalised'],
  ['handshake', 'too-many-sessions'],
] as const;

/**
 * What a host does against strangers, as far as it was noticed: penalties and full queues, which it says, and bans, which
 * it does not. Times are monotonic ms.
 */
export class BanDetection {
  private refusedAt = never;
  private resetAt = never;
  private notice: Failure | null = null;
  private quietUntil = 0;
  private times = 0;

  /** A failure by its real name: a host that nobody reaches any more, soon after it refused a login, is taken to have banned us. */
  judge(seen: Failure, now: number): Failure {
    if (seen.stage === 'auth' && seen.reason === 'rejected') this.refusedAt = now;
    if (seen.stage === 'auth' && seen.reason === 'reset') {
      // Once, the server may have been restarted; again and again, it permits no more tries.
      if (now - this.resetAt < suspectMs) this.refusedAt = now;
      this.resetAt = now;
    }
    const isBan = this.notice?.stage === 'tcp' || now - this.refusedAt < suspectMs;
    return seen.stage === 'tcp' && isBan ? failure('tcp', 'penalised') : seen;
  }

  /** The host wants peace: until when it is left alone, longer with every time that it says so in a row. */
  leaveAlone(reason: Failure, now: number): number {
    this.notice = reason;
    this.times += 1;
    this.quietUntil = now + backoffMs(this.times, undefined, peaceMs);
    return this.quietUntil;
  }

  /** Why nothing may touch the host now; null: it may be touched. */
  quiet(now: number): Failure | null {
    return now < this.quietUntil ? this.notice : null;
  }

  /** It lets us near again. */
  answered(): void {
    this.notice = null;
    this.times = 0;
    this.quietUntil = 0;
  }

  /** It accepted a login: what it refused before is forgiven, too. */
  loggedIn(): void {
    this.refusedAt = never;
    this.resetAt = never;
    this.answered();
  }

  get guarded(): Guarded {
    const { refusedAt, resetAt, quietUntil, times, notice } = this;
    return { refusedAt, resetAt, quietUntil, times, notice: notice && `${notice.stage}/${notice.reason}` };
  }

  /** As it was before a restart. */
  recall({ notice, ...times }: Guarded): void {
    Object.assign(this, times);
    const known = notices.find(([stage, reason]) => notice === `${stage}/${reason}`);
    this.notice = known ? failure(known[0], known[1]) : null;
  }
}
