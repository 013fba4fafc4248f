import { eventOf } from '../db/event-row.ts';
import type { Database } from '../db/schema.ts';
import type { EventKind, HostEvent } from '../model/alerts/event.ts';

/** So many events of the last moments of a life are looked at. */
const maxEvents = 10_000;

/** What happened on some hosts since a time, the newest first, at most `most`. */
export async function eventsOf(
  db: Database,
  hostIds: readonly number[],
  kinds: readonly EventKind[],
  since: number,
  most: number,
): Promise<readonly HostEvent[]> {
  if (hostIds.length === 0) return [];
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('host_id', 'in', [...hostIds])
    .where('kind', 'in', [...kinds])
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .limit(most)
    .execute();
  return rows.map(eventOf);
}

export type Missed = {
  readonly events: readonly HostEvent[];
  /** Whether a rule of a user opened an incident for something that happened at a time, ms since the epoch. */
  readonly isTold: (
    of: { readonly userId: string; readonly hostId: number },
    ruleKey: string,
    labelsKey: string,
    at: number,
  ) => boolean;
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
    .orderBy('id')
    .limit(maxEvents)
    .execute();
  const opened = await db
    .selectFrom('incidents')
    .select(['rule_key', 'user_id', 'host_id', 'labels_key', 'opened_at'])
    .where('opened_at', '>=', since)
    .execute();
  const openedAt = new Map(
    opened.map((one) => [`${one.user_id} ${one.rule_key} ${one.host_id} ${one.labels_key}`, one.opened_at]),
  );
  return {
    events: rows.map(eventOf),
    isTold: ({ userId, hostId }, ruleKey, labelsKey, at) =>
      (openedAt.get(`${userId} ${ruleKey} ${hostId} ${labelsKey}`) ?? Number.NEGATIVE_INFINITY) >= at,
  };
}
