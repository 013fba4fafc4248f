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

/** The higher the worse; what is wrong comes first. Down, then in trouble, then full or busy, then not known, then well. */
export function badness(entry: FleetHost): number {
  const verdict = verdictOf(entry);
  if (verdict === 'offline') return 1_000;
  if (verdict === 'stale') return 950;
  if (verdict === 'trouble') return 900;
  const { vitals } = entry;
  const percents = [vitals?.disk?.percent, vitals?.memoryPercent, vitals?.cpuPercent];
  const worst = Math.max(0, ...percents.map((percent) => percent ?? 0));
  const pressed = pressureOf(worst);
  if (pressed === 'critical') return 700 + worst;
  if (pressed === 'high') return 500 + worst;
  if (verdict === 'unknown') return 300;
  return 0;
}
