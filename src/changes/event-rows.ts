import type { Transaction } from '../db/schema.ts';
import { storedObject } from '../lib/stored.ts';
import type { HostEvent } from '../model/alerts/event.ts';

/** An event before it is stored. */
export type NewEvent = Omit<HostEvent, 'id'>;

export const maxEventsOfDay = 500;
const dayMs = 86_400_000;
/** SQLite's default bound of parameters is above it, with nine to a row. */
const manyRows = 500;

/**
 * Stores events in few statements, however many hosts they are of. Answers those that it stored, in order: not what was there already, and
 * not what is too much for a day, which one event of that day counts.
 */
export async function writeEvents(
  transaction: Transaction,
  events: readonly NewEvent[],
): Promise<readonly HostEvent[]> {
  const keys = await keysThere(transaction, events);
  const counts = await countsOf(transaction, events);
  const taken: NewEvent[] = [];
  const more = new Map<string, { readonly last: NewEvent; readonly count: number }>();
  for (const event of events) {
    if (keys.has(event.dedupeKey)) continue;
    keys.add(event.dedupeKey);
    const day = dayOf(event);
    const count = counts.get(day) ?? 0;
    counts.set(day, count + 1);
    if (count < maxEventsOfDay) taken.push(event);
    else more.set(day, { last: event, count: (more.get(day)?.count ?? 0) + 1 });
  }
  const ids = await insert(transaction, taken);
  for (const { last, count } of more.values()) await countMore(transaction, last, count);
  return taken.flatMap((event) => {
    const id = ids.get(event.dedupeKey);
    return id === undefined ? [] : [{ ...event, id }];
  });
}

const dayOf = ({ hostId, at }: NewEvent): string => `${hostId} ${Math.floor(at / dayMs)}`;

/** The keys of those that are stored already. */
async function keysThere(transaction: Transaction, events: readonly NewEvent[]): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const some of parts(events)) {
    const asked = some.map(({ dedupeKey }) => dedupeKey);
    const rows = await transaction.selectFrom('events').select('dedupe_key').where('dedupe_key', 'in', asked).execute();
    for (const { dedupe_key } of rows) keys.add(dedupe_key);
  }
  return keys;
}

/** How many events the days of these have already, by host and day. */
async function countsOf(transaction: Transaction, events: readonly NewEvent[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const byDay = Map.groupBy(events, ({ at }) => Math.floor(at / dayMs));
  for (const [day, all] of byDay)
    for (const hostIds of parts([...new Set(all.map(({ hostId }) => hostId))])) {
      const rows = await transaction
        .selectFrom('events')
        .select(({ fn }) => ['host_id', fn.countAll<number>().as('count')])
        .where((where) =>
          where.or([
            where('host_id', 'in', [...hostIds]),
            ...(hostIds.includes(0) ? [where('host_id', 'is', null)] : []),
          ]),
        )
        .where('at', '>=', day * dayMs)
        .where('at', '<', (day + 1) * dayMs)
        .groupBy('host_id')
        .execute();
      for (const { host_id, count } of rows) counts.set(`${host_id ?? 0} ${day}`, Number(count));
    }
  return counts;
}

/** Their ids, by their keys. */
async function insert(transaction: Transaction, events: readonly NewEvent[]): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  for (const some of parts(events)) {
    const rows = some.map(({ hostId, at, seenFrom, kind, severity, summary, details, dedupeKey }) => ({
      host_id: hostId === 0 ? null : hostId,
      at,
      seen_from: seenFrom,
      kind,
      severity,
      summary,
      details_json: JSON.stringify(details),
      dedupe_key: dedupeKey,
    }));
    const inserted = await transaction.insertInto('events').values(rows).returning(['id', 'dedupe_key']).execute();
    for (const { id, dedupe_key } of inserted) ids.set(dedupe_key, id);
  }
  return ids;
}

function* parts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += manyRows) yield all.slice(at, at + manyRows);
}

/** One event counts all that a day has too much. */
async function countMore(transaction: Transaction, { hostId, at }: NewEvent, count: number): Promise<void> {
  const dedupe_key = `more ${hostId} ${Math.floor(at / dayMs)}`;
  const known = await transaction
    .selectFrom('events')
    .select('details_json')
    .where('dedupe_key', '=', dedupe_key)
    .executeTakeFirst();
  const all = count + (known === undefined ? 0 : Number(storedObject(known.details_json)?.count ?? 0));
  const values = { at, summary: `${all} more on this day`, details_json: JSON.stringify({ count: all }) };
  await transaction
    .insertInto('events')
    .values({
      host_id: hostId === 0 ? null : hostId,
      seen_from: null,
      kind: 'more',
      severity: 'info',
      dedupe_key,
      ...values,
    })
    .onConflict((conflict) => conflict.column('dedupe_key').doUpdateSet(values))
    .execute();
}
