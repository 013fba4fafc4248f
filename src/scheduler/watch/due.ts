import type { WatchTarget } from '../../model/host.ts';

/** Shares and rates over a shorter time are noise: the kernel counts CPU time in hundredths of a second. */
export const shortestMs = 900;

/** The parts of a watch that decide when it is due. Times are monotonic ms. */
export type Standing = {
  /** When its status is checked next; infinite if checks are off. */
  readonly statusAt: number;
  readonly sampleAt: number;
  readonly sampledAt: number;
  /** When a connection may be tried again; null: not until a person does something. */
  readonly retryAt: number | null;
  readonly isWanted: boolean;
  /** Whether a connection is open. */
  readonly isHeld: boolean;
  /** Whether there is a connection, including one that is just turning out to be dead. */
  readonly hasConnection: boolean;
  readonly isOpening: boolean;
  /** The last ping got no answer. */
  readonly isDown: boolean;
};

/** When a host is due next, monotonic ms; infinite if there is nothing to do. */
export function dueAt(standing: Standing): number {
  const { statusAt, sampleAt, sampledAt, retryAt } = standing;
  if (!standing.isWanted) return statusAt;
  if (standing.hasConnection) return Math.min(statusAt, Math.max(sampleAt, sampledAt + shortestMs));
  if (retryAt === null || standing.isOpening || standing.isDown) return statusAt;
  return Math.min(statusAt, Math.max(sampleAt, retryAt));
}

/** What to do now. */
export function whatIsDue(standing: Standing, now: number): { readonly status: boolean; readonly sample: boolean } {
  const { retryAt } = standing;
  const mayConnect = retryAt !== null && retryAt <= now && !standing.isOpening && !standing.isDown;
  const maySample = standing.isHeld ? !isJustSampled(standing, now) : mayConnect;
  return {
    status: standing.statusAt <= now,
    sample: standing.isWanted && standing.sampleAt <= now && maySample,
  };
}

/**
 * When to check the status after a connection was lost: now, unless a new connection will show it within an interval.
 */
export function statusAfterLoss(standing: Standing, now: number, intervalMs: number): number {
  const { statusAt, retryAt, isWanted } = standing;
  return isWanted && retryAt !== null && retryAt <= now + intervalMs ? Math.max(statusAt, retryAt + 1) : now;
}

/** Whether the host was sampled so recently that another sample would say nothing new. */
export function isJustSampled({ isHeld, sampledAt }: Pick<Standing, 'isHeld' | 'sampledAt'>, now: number): boolean {
  return isHeld && now < sampledAt + shortestMs;
}

/** Whether the host is reached directly; a ping through hops leaves a line in its log. */
export function isDirect({ connection, jumpHosts, proxies }: WatchTarget): boolean {
  return connection === 'ssh' && jumpHosts.length + proxies.length === 0;
}

/** Whether a ping may be used to find out if the host is up. */
export function mayBePinged({ connection, policy }: WatchTarget): boolean {
  return connection === 'ssh' && policy.tcpPingEnabled && policy.statusCheckEnabled;
}
