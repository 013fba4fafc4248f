import { worstPercent } from '../../../live/badness.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { pressureOf, type Verdict, verdictOf } from '../../../live/verdict.ts';

/** What a host is drawn as on the map. */
export type MapState = Verdict | 'high' | 'critical';

/** A host's state: its status, and how near its limits it is while that is well and its numbers are current. `now` in ms. */
export function stateOf(entry: FleetHost, now: number): MapState {
  const verdict = verdictOf(entry);
  if (verdict !== 'online') return verdict;
  const pressure = pressureOf(worstPercent(entry, now));
  return pressure === 'calm' ? 'online' : pressure;
}
