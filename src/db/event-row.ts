import { storedObject } from '../lib/stored.ts';
import type { HostEvent } from '../model/alerts/event.ts';
import type { EventRow } from './alert-tables.ts';
import type { Stored } from './schema.ts';

/** A change as it was stored; of Sonde itself, which has no host, with the host id 0. */
export function eventOf(row: Stored<EventRow>): HostEvent {
  return {
    id: row.id,
    hostId: row.host_id ?? 0,
    at: row.at,
    seenFrom: row.seen_from,
    kind: row.kind,
    severity: row.severity,
    summary: row.summary,
    details: storedObject(row.details_json) ?? {},
    dedupeKey: row.dedupe_key,
  };
}
