import { useNow } from '../components/now.tsx';
import type { FleetHost } from './fleet.ts';
import { verdictOf } from './verdict.ts';

const intervals = 2;
/** How often it is looked at anew whether numbers have become old. */
export const oldStepMs = 5_000;

/** Whether the numbers of a host are old: it is not online and sampled, or they are older than two intervals. `now` in ms. */
export function isOld(entry: FleetHost, now: number): boolean {
  const { host, vitals } = entry;
  if (vitals === null) return false;
  if (verdictOf(entry) !== 'online') return true;
  return now - Date.parse(vitals.at) > intervals * host.metricsInterval * 1000;
}

/** The same as time goes by. */
export function useIsOld(entry: FleetHost): boolean {
  return isOld(entry, useNow(oldStepMs));
}
