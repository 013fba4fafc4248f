import type { WatchTarget } from '../../model/host.ts';

/** Shares and rates of a shorter time are chance: the kernel counts CPU in hundredths of a second. */
const shortestMs = 900;

/** What of a watch decides when it is due. Times are monotonic ms. */
export type Standing = {
  /** When its status is checked next; infinite where that is off. */
  readonly statusAt: number;
  readonly sampleAt: number;
  readonly sampledAt: number;
  /** When a connection may be tried again; null: not before a person does something. */
  readonly retryAt: number | null;
  readonly isWanted: boolean;
  /** Whether a connection is open. */
  readonly isHeld: boolean;
  /** Whether there is a connection, even one that is just being found to be dead. */
  readonly hasConnection: boolean;
  readonly isOpening: boolean;
  /** The last ping found nobody. */
  readonly isDown: boolean;
};

/** When a host is due next, monotonic ms; infinite when nothing is to be done. */
export function dueAt(standing: Standing): number {
  const { statusAt, sampleAt, sampledAt, retryAt } = standing;
  if (!standing.isWanted) return statusAt;
  if (standing.hasConnection) return Math.min(statusAt, Math.max(sampleAt, sampledAt + shortestMs));
  if (retryAt === null || standing.isOpening || standing.isDown) return statusAt;
  return Math.min(statusAt, Math.max(sampleAt, retryAt));
}

/** What is to be done now. */
export function whatIsDue(standing: Standing, now: number): { readonly status: boolean; readonly sample: boolean } {
  const { retryAt } = standing;
  const mayConnect = retryAt !== null && retryAt <= now && !standing.isOpening && !standing.isDown;
  const maySample = standing.isHeld ? !isJustSampled(standing, now) : mayConnect;
  return {
    status: standing.statusAt <= now,
    sample: standing.isWanted && standing.sampleAt <= now && maySample,
  };
}

/** When the status is checked after a connection was lost: now, unless a new connection shows it within an interval. */
export function statusAfterLoss(standing: Standing, now: number, intervalMs: number): number {
  const { statusAt, retryAt, isWanted } = standing;
  return isWanted && retryAt !== null && retryAt <= now + intervalMs ? Math.max(statusAt, retryAt + 1) : now;
}

/** Whether the host was sampled so lately that another sample would say nothing. */
export function isJustSampled({ isHeld, sampledAt }: Pick<Standing, 'isHeld' | 'sampledAt'>, now: number): boolean {
  return isHeld && now < sampledAt + shortestMs;
}

/** Whether the host is reached directly: a ping through hops leaves a line in its log. */
export function isDirect({ connection, jumpHosts, proxies }: WatchTarget): boolean {
  return connection === 'ssh' && jumpHosts.length + proxies.length === 0;
}

/** Whether a ping may find out if the host is up. */
export function mayBePinged({ connection, policy }: WatchTarget): boolean {
  return connection === 'ssh' && policy.tcpPingEnabled && policy.statusCheckEnabled;
}
