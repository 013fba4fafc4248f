import type { FleetHost } from './fleet.ts';

/** How a host is, in one word: `trouble` is up, but cannot be logged in to or sampled; `stale` is cut off: its way is broken. */
export type Verdict = 'online' | 'offline' | 'trouble' | 'stale' | 'unknown';

export const verdicts: readonly Verdict[] = ['offline', 'stale', 'trouble', 'unknown', 'online'];

export function verdictOf({ status }: FleetHost): Verdict {
  if (status !== null && (status.stale || status.failure?.hop)) return 'stale';
  if (status === null || status.status === null) return status?.failure ? 'trouble' : 'unknown';
  if (status.status === 'offline') return 'offline';
  return status.failure ? 'trouble' : 'online';
}

/** How full or busy something is. */
export type Pressure = 'calm' | 'high' | 'critical';

/** Of percents of CPU, memory and disks. */
export function pressureOf(percent: number | null | undefined, high = 80, critical = 92): Pressure {
  if (percent === null || percent === undefined) return 'calm';
  return percent >= critical ? 'critical' : percent >= high ? 'high' : 'calm';
}
