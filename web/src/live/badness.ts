import type { FleetHost } from './fleet.ts';
import { isOld } from './old.ts';
import { pressureOf, verdictOf } from './verdict.ts';

/** The highest of CPU, memory and the fullest disk, in percent; 0 where nothing is known, or only old numbers. `now` in ms. */
export function worstPercent(entry: FleetHost, now: number): number {
  const { vitals } = entry;
  if (vitals === null || isOld(entry, now)) return 0;
  return Math.max(vitals.disk?.percent ?? 0, vitals.memoryPercent ?? 0, vitals.cpuPercent ?? 0);
}

/**
 * The higher the worse; what is wrong comes first. Down, then in trouble, then full or busy, then not known, then well.
 * `now` in ms.
 */
export function badness(entry: FleetHost, now: number): number {
  const verdict = verdictOf(entry);
  if (verdict === 'offline') return 1_000;
  if (verdict === 'stale') return 950;
  if (verdict === 'trouble') return 900;
  const worst = worstPercent(entry, now);
  const pressed = pressureOf(worst);
  if (pressed === 'critical') return 700 + worst;
  if (pressed === 'high') return 500 + worst;
  if (verdict === 'unknown') return 300;
  return 0;
}

/** The hosts of a fleet, the worst first. `now` in ms. */
export function worstFirst(fleet: Iterable<FleetHost>, now: number): readonly FleetHost[] {
  return [...fleet]
    .map((entry) => ({ entry, bad: badness(entry, now) }))
    .sort((a, b) => b.bad - a.bad)
    .map(({ entry }) => entry);
}
