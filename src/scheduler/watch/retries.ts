import { type Failure, type HostError, isKeyFailure, isOurs, type Stage, tellsNothing } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import { waitAfter } from '../plan.ts';
import { asksForPeace, createProtection } from './protection.ts';

/** A connection that lived so long ends all earlier failures; one that is lost sooner every time is made ever more rarely. */
const settledMs = 600_000;
/** Where a try ends for what is no fault of the login. */
const networkStages: readonly Stage[] = ['sonde', 'dns', 'tcp', 'proxy', 'jump', 'sample'];

/** What a failed try is, all things known of the host considered. */
export type Judged = {
  /** By its real name. */
  readonly reason: Failure;
  /** Whether the host itself was tried: not held back before, nor stopped on the way. */
  readonly isTried: boolean;
  /** Whether the host wants to be left in peace. */
  readonly wantsPeace: boolean;
};

/** When a host that was not connected to may be tried again, and why it was not. Times are monotonic ms. */
export class Retries {
  readonly protection = createProtection();
  /** Null: not before a person does something. */
  at: number | null = 0;
  /** Why there is no connection; null: none was tried, or the reason has gone. */
  blockedBy: Failure | null = null;
  private readonly clock: Clock;
  private failures = 0;
  private heldAt: number | null = null;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether a connection may be tried now. */
  get isDue(): boolean {
    return this.at !== null && this.at <= this.clock.monotonic();
  }

  /** A connection was made. */
  connected(): void {
    this.heldAt = this.clock.monotonic();
    this.protection.loggedIn();
    this.blockedBy = null;
  }

  /** The connection ended by itself. */
  lost(): void {
    this.count();
    this.at = this.clock.monotonic() + (waitAfter(failure('sample', 'reset'), this.failures) ?? 0);
  }

  /** No connection could be made. */
  failed(error: HostError): Judged {
    const now = this.clock.monotonic();
    const isTried = error.retryAt === undefined;
    const isOwn = isTried && !tellsNothing(error.failure);
    const reason = isOwn ? this.protection.judge(error.failure, now) : error.failure;
    const wantsPeace = isOwn && asksForPeace(reason);
    this.blockedBy = reason;
    if (isTried && !isOurs(reason)) this.count();
    const wait = isTried ? waitAfter(reason, Math.max(1, this.failures)) : null;
    this.at = error.retryAt ?? (wait === null ? null : now + wait);
    if (wantsPeace) this.at = this.protection.leaveAlone(reason, now);
    return { reason, isTried, wantsPeace };
  }

  /** The host answers a ping again: where its network was to blame, it is tried at once. Says whether. */
  cameBack(): boolean {
    const waitsForNetwork = this.blockedBy === null || networkStages.includes(this.blockedBy.stage);
    if (!waitsForNetwork || this.at === null) return false;
    this.now();
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

  /** Whether the way to the host, or Sonde itself, was to blame. */
  get isCutOff(): boolean {
    return this.blockedBy !== null && tellsNothing(this.blockedBy);
  }

  /** Whether a host key that nobody vouches for was to blame. */
  get waitsForKey(): boolean {
    return this.blockedBy !== null && isKeyFailure(this.blockedBy);
  }

  private count(): void {
    if (this.heldAt !== null && this.clock.monotonic() - this.heldAt >= settledMs) this.failures = 0;
    this.heldAt = null;
    this.failures += 1;
  }
}
