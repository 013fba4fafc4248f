import { type Failure, type HostError, isKeyFailure, isOurs, type Stage, tellsNothing } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Hold } from '../../ports/holds.ts';
import { failure } from '../../ssh/failures.ts';
import { type Holds, numberIn, textIn } from '../connections/holds.ts';
import { waitAfter } from '../plan.ts';
import { asksForPeace, BanDetection } from './ban-detection.ts';

/** A connection that lived so long ends all earlier failures; one that is lost sooner every time is made ever more rarely. */
const settledMs = 600_000;
/** Until the record of a host that is just being changed has been read anew; twice as long each time in a row. */
const changingMs = 500;
const longestChangingMs = 60_000;
/** How soon a host is connected to again that lost its connection for the first time in a while. */
const firstLossMs = 1_000;
/** Where a try ends for what is no fault of the login. */
const networkStages: readonly Stage[] = ['sonde', 'dns', 'tcp', 'proxy', 'jump', 'sample'];
/** Login failures after which something had been offered that the host did not take. */
const offeredInVain: ReadonlySet<string> = new Set([
  'rejected',
  'account-closed',
  'password-expired',
  'reset',
  'timed-out',
  'paused',
]);

/** What a failed try is, all things known of the host considered. */
export type Judged = {
  /** By its real name. */
  readonly reason: Failure;
  /** Whether the host itself was tried: not held back before, nor stopped on the way. */
  readonly isTried: boolean;
  /** Whether the host wants to be left in peace. */
  readonly wantsPeace: boolean;
};

/** Whether a host holds something against its login, or against us: what no new setting and nobody who only looks ends. */
export function isHeldAgainst(reason: Failure): boolean {
  return asksForPeace(reason) || (reason.stage === 'auth' && offeredInVain.has(reason.reason));
}

/**
 * When a host that was not connected to may be tried again, and why it was not; kept across restarts. Times are
 * monotonic ms.
 */
export class Retries {
  readonly bans = new BanDetection();
  /** Null: not before a person does something. */
  at: number | null = 0;
  /** Why there is no connection; null: none was tried, or the reason has gone. */
  blockedBy: Failure | null = null;
  private readonly clock: Clock;
  private readonly hostId: number;
  private readonly holds: Holds;
  /** The last login was accepted; what has failed since was not the host's login. */
  hasWorked = false;
  private failures = 0;
  private heldAt: number | null = null;
  private cancelledInRow = 0;

  constructor(clock: Clock, hostId: number, holds: Holds) {
    this.clock = clock;
    this.hostId = hostId;
    this.holds = holds;
    this.recall();
  }

  /** A connection was made. */
  connected(): void {
    this.heldAt = this.clock.monotonic();
    this.cancelledInRow = 0;
    this.bans.loggedIn();
    this.blockedBy = null;
    this.hasWorked = true;
    this.keep(null, this.heldAt);
  }

  /** The connection ended by itself: a new one shows at once whether the host is still there, unless they end again and again. */
  lost(): void {
    this.count();
    const waitMs = this.failures === 1 ? firstLossMs : (waitAfter(failure('sample', 'reset'), this.failures) ?? 0);
    this.at = this.clock.monotonic() + waitMs;
    this.keep(null, this.at);
  }

  /** No connection could be made. */
  failed(error: HostError): Judged {
    const now = this.clock.monotonic();
    const isTried = error.retryAt === undefined;
    const isOwn = isTried && !tellsNothing(error.failure);
    const reason = isOwn ? this.bans.judge(error.failure, now) : error.failure;
    const wantsPeace = isOwn && asksForPeace(reason);
    this.blockedBy = reason;
    if (isTried && !isOurs(reason)) this.count();
    if (isOwn && !isOurs(reason)) this.hasWorked = false;
    const wait = isTried ? waitAfter(reason, Math.max(1, this.failures)) : null;
    this.at = error.retryAt ?? (wait === null ? null : now + wait);
    if (wantsPeace) this.at = this.bans.leaveAlone(reason, now);
    if (isOwn && !endsWithProcess(reason)) this.keep(reason, this.at);
    return { reason, isTried, wantsPeace };
  }

  /** A ping was not answered as one that wants us near would. */
  leaveAlone(reason: Failure): void {
    this.bans.leaveAlone(reason, this.clock.monotonic());
    if (this.blockedBy !== null) this.keep(this.blockedBy, this.at);
  }

  /** The host answers a ping again: where its network was to blame, it is tried at once. Says whether. */
  cameBack(): boolean {
    const waitsForNetwork = this.blockedBy === null || networkStages.includes(this.blockedBy.stage);
    if (!waitsForNetwork || this.at === null) return false;
    this.now();
    return true;
  }

  /** A try was ended because something of the host changed; answers with how soon the next is made, ms. */
  cancelled(): number {
    this.now();
    this.cancelledInRow += 1;
    return Math.min(longestChangingMs, changingMs * 2 ** Math.min(this.cancelledInRow - 1, 10));
  }

  /** The login works on another host. Says whether that was waited for. */
  accepted(): boolean {
    if (this.blockedBy?.reason !== 'paused') return false;
    this.blockedBy = null;
    return true;
  }

  /** A hop on the way can be reached again: what failed there is forgotten. */
  routeOpened(): void {
    if (!this.isCutOff) return;
    this.blockedBy = null;
    this.afresh();
  }

  /** Somebody vouched for keys. Says whether one was waited for. */
  vouched(): boolean {
    if (this.blockedBy === null || !isKeyFailure(this.blockedBy)) return false;
    this.blockedBy = null;
    this.holds.delete(this.hostId, 'connect');
    this.afresh();
    return true;
  }

  /** May be tried now, whatever was. */
  now(): void {
    this.at = this.clock.monotonic();
  }

  /** As {@link now}, and every earlier failure is forgotten. */
  afresh(): void {
    this.failures = 0;
    this.now();
  }

  /** Whether the host, or its login, is not to be touched by whoever may not manage it; undefined: it may be. */
  heldAgainst(): { readonly reason: Failure; readonly until: number | null } | undefined {
    const { blockedBy, at } = this;
    if (blockedBy === null || !isHeldAgainst(blockedBy)) return undefined;
    return at === null || at > this.clock.monotonic() ? { reason: blockedBy, until: at } : undefined;
  }

  /** Why nothing may touch the host now; null: it may be touched. */
  get quiet(): Failure | null {
    return this.bans.quiet(this.clock.monotonic());
  }

  /** Whether nobody answered, so that the host is dialled only once a ping is answered. */
  get waitsForPing(): boolean {
    const stage = this.blockedBy?.stage;
    return stage === 'tcp' || stage === 'dns' || this.bans.guarded.notice === 'tcp/penalised';
  }

  /** Whether the way to the host, or Sonde itself, was to blame. */
  get isCutOff(): boolean {
    return this.blockedBy !== null && tellsNothing(this.blockedBy);
  }

  private count(): void {
    if (this.heldAt !== null && this.clock.monotonic() - this.heldAt >= settledMs) this.failures = 0;
    this.heldAt = null;
    this.failures += 1;
  }

  private keep(reason: Failure | null, until: number | null): void {
    const { holds, hostId, failures, heldAt } = this;
    const now = holds.wall(this.clock.monotonic());
    const before = holds.get(hostId, 'connect');
    const isSame =
      reason !== null && before?.failure?.stage === reason.stage && before.failure.reason === reason.reason;
    const { refusedAt, resetAt, quietUntil, times, notice } = this.bans.guarded;
    const wall = (at: number): number | null => (Number.isFinite(at) ? holds.wall(at) : null);
    holds.set({
      hostId,
      kind: 'connect',
      failure: reason,
      since: isSame ? before.since : now,
      until: until === null ? null : holds.wall(until),
      state: {
        failures,
        heldAt: heldAt === null ? null : holds.wall(heldAt),
        refusedAt: wall(refusedAt),
        resetAt: wall(resetAt),
        quietUntil: wall(quietUntil),
        times,
        notice,
        worked: this.hasWorked ? 1 : 0,
      },
    });
  }

  /** As it was before the restart, or before settings were changed that have nothing to do with it. */
  private recall(): void {
    const hold = this.holds.get(this.hostId, 'connect');
    if (!hold) return;
    const { state } = hold;
    const time = (name: string): number => this.holds.monotonic(numberIn(state, name, Number.NEGATIVE_INFINITY));
    const heldAt = numberIn(state, 'heldAt', Number.NaN);
    this.failures = numberIn(state, 'failures', 1);
    this.heldAt = Number.isNaN(heldAt) ? null : this.holds.monotonic(heldAt);
    this.hasWorked = hasWorked(hold);
    this.blockedBy = hold.failure;
    this.at = hold.until === null ? null : this.holds.monotonic(hold.until);
    this.bans.recall({
      refusedAt: time('refusedAt'),
      resetAt: time('resetAt'),
      quietUntil: time('quietUntil'),
      times: numberIn(state, 'times', 0),
      notice: textIn(state, 'notice'),
    });
  }
}

/** Whether the host's login worked when its connection was last heard of. */
export function hasWorked({ state }: Hold): boolean {
  return numberIn(state, 'worked', 0) === 1;
}

/** Nothing but that its login works. */
export function forgotten({ hostId, kind, since }: Hold): Hold {
  return { hostId, kind, failure: null, since, until: since, state: { worked: 1, failures: 0 } };
}

/** What a restart of Sonde may have mended: its version, or the agent that it was given. */
function endsWithProcess({ reason }: Failure): boolean {
  return reason === 'unsupported' || reason === 'no-agent' || reason === 'cancelled';
}
