import { iso } from '../../lib/scale.ts';
import type { HostEvent } from '../../model/alerts/event.ts';
import type { Sight } from './sight.ts';

/** An event as it is shown. Times are ISO 8601 UTC. Names of credentials are of those who manage the host. */
export function eventView({ id, hostId, at, seenFrom, kind, severity, summary, details }: HostEvent, sight: Sight) {
  const isHidden = kind === 'certificate-ends' && hostId !== 0 && sight === 'view';
  return {
    id,
    hostId,
    at: iso(at),
    seenFrom: seenFrom === null ? null : iso(seenFrom),
    kind,
    severity,
    summary: isHidden ? 'The certificate that Sonde logs in with ends soon' : summary,
    details: isHidden ? { endsAt: details.endsAt } : details,
  };
}

export type EventView = ReturnType<typeof eventView>;
