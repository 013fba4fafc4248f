import type { Database } from '../db/schema.ts';
import { storedObject } from '../lib/stored.ts';
import type { HostEvent } from '../model/alerts/event.ts';

/** So many events of the last moments of a life are looked at. */
const maxEvents = 10_000;

export type Missed = {
  readonly events: readonly HostEvent[];
  /** Whether a rule opened an incident for something that happened at a time, ms since the epoch. */
  readonly isTold: (hostId: number, ruleKey: string, labelsKey: string, at: number) => boolean;
};

/**
 * The events of a time, in order, with what opened since then. A life that ended right after an event was stored did not open an
 * incident for it.
 */
export async function missedEvents(db: Database, since: number): Promise<Missed> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('at', '>=', since)
    .where('host_id', 'is not', null)
    .orderBy('id')
    .limit(maxEvents)
    .execute();
  const opened = await db
    .selectFrom('incidents')
    .select(['rule_key', 'host_id', 'labels_key', 'opened_at'])
    .where('opened_at', '>=', since)
    .execute();
  const openedAt = new Map(opened.map((one) => [`${one.rule_key} ${one.host_id} ${one.labels_key}`, one.opened_at]));
  const events: readonly HostEvent[] = rows.map((row) => ({
    id: Number(row.id),
    hostId: row.host_id ?? 0,
    at: row.at,
    seenFrom: row.seen_from,
    kind: row.kind,
    severity: row.severity,
    summary: row.summary,
    details: storedObject(row.details_json) ?? {},
    dedupeKey: row.dedupe_key,
  }));
  return {
    events,
    isTold: (hostId, ruleKey, labelsKey, at) =>
      (openedAt.get(`${ruleKey} ${hostId} ${labelsKey}`) ?? Number.NEGATIVE_INFINITY) >= at,
  };
}
