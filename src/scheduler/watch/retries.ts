import { type Failure, type HostError, isKeyFailure, isOurs, type Stage, tellsNothing } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Hold } from '../../ports/holds.ts';
import { failure } from '../../ssh/failures.ts';
import { type Holds, numberIn, textIn } from '../connections/holds.ts';
import { waitAfter } from '../plan.ts';
import { asksForPeace, BanDetection } from './ban-detection.ts';

/**
 * A connection that lasted this long clears all earlier failures; if each one is lost sooner, reconnecting becomes less
 * and less frequent.
 */
const settledMs = 600_000;
/** How long until the record of a host that is just being changed is read again; doubles each time in a row. */
const changingMs = 500;
const longestChangingMs = 60_000;
/** How soon to reconnect to a host whose connection was lost for the first time in a while. */
const firstLossMs = 1_000;
/** Where an attempt ends for reasons other than the login. */
const networkStages: readonly Stage[] = ['sonde', 'dns', 'tcp', 'proxy', 'jump', 'sample'];
/** Login failures after something was offered that the host did not accept. */
const offeredInVain: ReadonlySet<string> = new Set([
  'rejected',
  'account-closed',
  'password-expired',
  'reset',
  'timed-out',
  'paused',
]);

/** A failed attempt, interpreted with everything known about the host. */
export type Judged = {
  /** The failure with its real cause. */
  readonly reason: Failure;
  /** Whether the host itself was tried, rather than held back beforehand or blocked by a hop. */
  readonly isTried: boolean;
  /** Whether the host wants to be left alone. */
  readonly wantsPeace: boolean;
};

/**
 * Whether the host objects to its login or to us. Neither new settings nor somebody who only looks at the host can end
 * that.
 */
export function isHeldAgainst(reason: Failure): boolean {
  return asksForPeace(reason) || (reason.stage === 'auth' && offeredInVain.has(reason.reason));
}

/**
 * When a host that could not be connected to may be tried again, and why it failed; kept across restarts. Times are
 * monotonic ms.
 */
export class Retries {
  readonly bans = new BanDetection();
  /** Null: not until a person does something. */
  at: number | null = 0;
  /** Why there is no connection; null: none was tried, or the reason has gone. */
  blockedBy: Failure | null = null;
  private readonly clock: Clock;
  private readonly hostId: number;
  private readonly holds: Holds;
  /** The last login was accepted; later failures were not about the login. */
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

  /**
   * The connection ended by itself. A new one shows at once whether the host is still there, unless connections keep
   * ending.
   */
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

  /** A ping was not answered the way a host does that accepts us. */
  leaveAlone(reason: Failure): void {
    this.bans.leaveAlone(reason, this.clock.monotonic());
    if (this.blockedBy !== null) this.keep(this.blockedBy, this.at);
  }

  /** The host answers pings again; if its network was to blame, it is tried at once. Returns whether it was. */
  cameBack(): boolean {
    const waitsForNetwork = this.blockedBy === null || networkStages.includes(this.blockedBy.stage);
    if (!waitsForNetwork || this.at === null) return false;
    this.now();
    return true;
  }

  /** An attempt ended because something about the host changed; returns how soon the next one is made, ms. */
  cancelled(): number {
    this.now();
    this.cancelledInRow += 1;
    return Math.min(longestChangingMs, changingMs * 2 ** Math.min(this.cancelledInRow - 1, 10));
  }

  /** The login works on another host. Returns whether this one was waiting for that. */
  accepted(): boolean {
    if (this.blockedBy?.reason !== 'paused') return false;
    this.blockedBy = null;
    return true;
  }

  /** A hop of the route can be reached again; what failed there is forgotten. */
  routeOpened(): void {
    if (!this.isCutOff) return;
    this.blockedBy = null;
    this.afresh();
  }

  /** Somebody verified keys. Returns whether one was waiting for that. */
  vouched(): boolean {
    if (this.blockedBy === null || !isKeyFailure(this.blockedBy)) return false;
    this.blockedBy = null;
    this.holds.delete(this.hostId, 'connect');
    this.afresh();
    return true;
  }

  /** Allows an attempt now, whatever happened before. */
  now(): void {
    this.at = this.clock.monotonic();
  }

  /** Like {@link now}, and forgets every earlier failure. */
  afresh(): void {
    this.failures = 0;
    this.now();
  }

  /** Why a person who may not manage the host cannot have it, or its login, tried; undefined: they can. */
  heldAgainst(): { readonly reason: Failure; readonly until: number | null } | undefined {
    const { blockedBy, at } = this;
    if (blockedBy === null || !isHeldAgainst(blockedBy)) return undefined;
    return at === null || at > this.clock.monotonic() ? { reason: blockedBy, until: at } : undefined;
  }

  /** Why the host must be left alone now; null: it need not. */
  get quiet(): Failure | null {
    return this.bans.quiet(this.clock.monotonic());
  }

  /** Whether nobody answered, so that the host is dialled only once it answers a ping. */
  get waitsForPing(): boolean {
    const stage = this.blockedBy?.stage;
    return stage === 'tcp' || stage === 'dns' || this.bans.guarded.notice === 'tcp/penalised';
  }

  /** Whether the route to the host, or Sonde itself, was to blame. */
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

  /** Restores the state from before a restart, or from before unrelated settings were changed. */
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

/** Whether the host's login worked when last heard of. */
export function hasWorked({ state }: Hold): boolean {
  return numberIn(state, 'worked', 0) === 1;
}

/** Nothing is known except that its login works. */
export function forgotten({ hostId, kind, since }: Hold): Hold {
  return { hostId, kind, failure: null, since, until: since, state: { worked: 1, failures: 0 } };
}

/** What a restart of Sonde may have fixed: its version, or the agent it uses. */
function endsWithProcess({ reason }: Failure): boolean {
  return reason === 'unsupported' || reason === 'no-agent' || reason === 'cancelled';
}
