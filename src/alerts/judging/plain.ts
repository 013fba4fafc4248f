import type { Verdict } from '../../model/alerts/alert.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import { isOurs, isWayBroken, tellsNothing } from '../../model/failure.ts';
import type { Observation } from '../../model/observation.ts';

/** `sampledAt`: when it was last sampled, or became known, ms of a clock that never jumps. */
type Watched = {
  readonly host: Pick<AlertHost, 'metricsIntervalSeconds'>;
  readonly sampledAt: number;
  readonly isOnline: boolean;
};

/** Whether the host is down. Null: the observation says nothing about it. */
export function statusVerdict({ alive, failure }: Observation): Verdict | null {
  if (alive === null) return failure === null ? null : 'unknown';
  if (alive) return 'under';
  return tellsNothing(failure) ? 'unknown' : 'over';
}

/**
 * Whether the host is not sampled, although it is not known to be down. A check between two samples shows that the host is there,
 * not that it is not sampled; a way to it that is broken keeps it from being sampled.
 */
export function sampledVerdict({ alive, failure, sample }: Observation, known: Watched, now: number): Verdict | null {
  if (sample !== null) return 'under';
  if (alive === false || isOurs(failure)) return 'unknown';
  if (alive === null && failure === null) return null;
  const { metricsIntervalSeconds } = known.host;
  const isLate = now - known.sampledAt > 2_000 * metricsIntervalSeconds + 10_000;
  return isLate && known.isOnline ? 'over' : null;
}

/** Whether a host that is only checked cannot be: the way to it is broken, so that nothing is known of it. */
export function checkedVerdict({ alive, failure }: Observation): Verdict | null {
  if (alive !== null) return 'under';
  if (failure === null) return null;
  return isWayBroken(failure) ? 'over' : 'unknown';
}

/** Whether samples of a host are expected although nobody looks. */
export function isSampled({
  metricsEnabled,
  collectAlways,
}: Pick<AlertHost, 'metricsEnabled' | 'collectAlways'>): boolean {
  return metricsEnabled && collectAlways;
}
