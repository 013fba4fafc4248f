import type { FleetHost } from '../../live/fleet.ts';
import { badness } from '../../live/verdict.ts';

/** From here on a host is near a limit; see `badness`. */
const nearLimit = 700;

/** What of a fleet is wrong, worst first: what is not well, then what is near a limit. */
export function wrongOf(fleet: Iterable<FleetHost>): readonly FleetHost[] {
  return [...fleet]
    .map((entry) => ({ entry, bad: badness(entry) }))
    .filter(({ bad }) => bad >= nearLimit)
    .sort((a, b) => b.bad - a.bad || a.entry.host.name.localeCompare(b.entry.host.name, 'en', { numeric: true }))
    .map(({ entry }) => entry);
}
