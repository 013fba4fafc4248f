import type { Transaction } from '../db/schema.ts';
import { storedObject } from '../lib/stored.ts';
import { type ChannelFilter, pagingKinds } from '../model/alerts/channel.ts';
import type { Told } from '../model/alerts/message.ts';
import { logAll } from './incident-log.ts';
import { gatheredAt, type Place, stormDueAt, type Target, takes } from './plan.ts';

export type GatherOptions = {
  readonly now: () => number;
  /** A new key for a message. */
  readonly newKey: () => string;
  /** What is known of a host without asking the database, which a transaction holds; null: it is not there. */
  readonly hostOf: (hostId: number) => Place | null;
};

const many = 500;
/** More incidents than this wait in one message only as a number. */
const maxGathered = 10_000;

/**
 * Gives what is told to the channels that take it, in the transaction that stores it: each channel has one message that gathers.
 * A close goes where its opening went; one whose opening could not be told goes wherever that would have. Resolves with the incidents whose opening no channel takes; their logs say so.
 */
export async function gather(
  transaction: Transaction,
  told: readonly Told[],
  options: GatherOptions,
): Promise<readonly number[]> {
  const untaken: number[] = [];
  for (const [userId, own] of Map.groupBy(told, ({ incident }) => incident.userId)) {
    const targets = await targetsOf(transaction, userId);
    const before = await channelsOf(transaction, own);
    const byChannel = new Map<number, Told[]>();
    for (const one of own) {
      const { incident, transition } = one;
      const host = options.hostOf(incident.hostId);
      const isMore = transition === 'reminder' || transition === 'acknowledge';
      const found = targets.filter((target) => {
        if (transition === 'acknowledge' && !pagingKinds.includes(target.kind)) return false;
        const hadOpening = before.get(incident.id)?.has(target.id) ?? false;
        return (transition === 'close' && incident.told) || isMore ? hadOpening : takes(target, incident, host);
      });
      for (const { id } of found) byChannel.set(id, [...(byChannel.get(id) ?? []), one]);
      if (found.length === 0 && transition === 'open') untaken.push(incident.id);
      // What opens and closes in one batch.
      if (transition !== 'close' && !isMore) before.set(incident.id, new Set(found.map(({ id }) => id)));
    }
    for (const [channelId, all] of byChannel) await add(transaction, channelId, all, options);
    await sayUntaken(transaction, untaken, targets.length === 0, options.now());
  }
  return untaken;
}

async function targetsOf(transaction: Transaction, userId: string): Promise<readonly Target[]> {
  const rows = await transaction
    .selectFrom('channels')
    .select(['id', 'kind', 'filter_json'])
    .where('user_id', '=', userId)
    .where('enabled', '=', 1)
    .execute();
  // Safe: only `readFilter` writes it.
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    filter: (storedObject(row.filter_json) ?? {}) as ChannelFilter,
  }));
}

/** The channels that each incident was given to. */
async function channelsOf(transaction: Transaction, told: readonly Told[]): Promise<Map<number, ReadonlySet<number>>> {
  const found = new Map<number, Set<number>>();
  const ids = told.filter(({ transition }) => transition !== 'open').map(({ incident }) => incident.id);
  for (let from = 0; from < ids.length; from += many) {
    const rows = await transaction
      .selectFrom('delivery_items')
      .innerJoin('deliveries', 'deliveries.id', 'delivery_items.delivery_id')
      .select(['incident_id', 'channel_id'])
      .distinct()
      .where('incident_id', 'in', ids.slice(from, from + many))
      .execute();
    for (const { incident_id: id, channel_id: channel } of rows)
      found.set(id, (found.get(id) ?? new Set<number>()).add(channel));
  }
  return found;
}

async function add(
  transaction: Transaction,
  channelId: number,
  told: readonly Told[],
  { now, newKey }: GatherOptions,
): Promise<void> {
  const at = now();
  const delivery = await waitingOf(transaction, channelId, at, newKey);
  const { gathered } = await transaction
    .selectFrom('delivery_items')
    .select(({ fn }) => fn.countAll<number>().as('gathered'))
    .where('delivery_id', '=', delivery.id)
    .executeTakeFirstOrThrow();
  const room = Math.max(0, maxGathered - gathered);
  for (let from = 0; from < Math.min(room, told.length); from += many)
    await transaction
      .insertInto('delivery_items')
      .values(
        told.slice(from, Math.min(room, from + many)).map(({ incident, transition }) => {
          return { delivery_id: delivery.id, incident_id: incident.id, transition };
        }),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const isUrgent = told.some(({ incident, transition }) => incident.severity === 'critical' && transition !== 'close');
  const due = gatheredAt(delivery.createdAt, delivery.lastAt, isUrgent);
  const uncounted = delivery.uncounted + Math.max(0, told.length - room);
  await transaction
    .updateTable('deliveries')
    .set({
      due_at: stormDueAt(Math.min(due, delivery.dueAt), delivery.createdAt, gathered + told.length, at),
      body_json: JSON.stringify({ uncounted }),
    })
    .where('id', '=', delivery.id)
    .execute();
}

/** The message of a channel that gathers; made if there is none. */
async function waitingOf(transaction: Transaction, channelId: number, at: number, newKey: () => string) {
  const last = await transaction
    .selectFrom('deliveries')
    .select('sent_at')
    .where('channel_id', '=', channelId)
    .where('state', '=', 'sent')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const lastAt = last?.sent_at ?? null;
  const found = await transaction
    .selectFrom('deliveries')
    .select(['id', 'created_at', 'due_at', 'body_json'])
    .where('channel_id', '=', channelId)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (found !== undefined) {
    const uncounted = uncountedIn(found.body_json);
    return { id: found.id, createdAt: found.created_at, dueAt: found.due_at, lastAt, uncounted };
  }
  const dueAt = gatheredAt(at, lastAt, false);
  const { id } = await transaction
    .insertInto('deliveries')
    .values({
      channel_id: channelId,
      kind: 'open',
      state: 'waiting',
      due_at: dueAt,
      claimed_by: null,
      lease_until: null,
      key: newKey(),
      body_json: '{}',
      answer: null,
      created_at: at,
      sent_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, createdAt: at, dueAt, lastAt, uncounted: 0 };
}

/** How many more incidents a message that gathers tells of only as a number. */
export function uncountedIn(body: string): number {
  const { uncounted } = storedObject(body) ?? {};
  return typeof uncounted === 'number' ? uncounted : 0;
}

const nowhere = 'Nobody was told: you have no channel';
const untakenText = 'Nobody was told: no channel takes it';

/** Once an incident. */
async function sayUntaken(
  transaction: Transaction,
  ids: readonly number[],
  isNone: boolean,
  at: number,
): Promise<void> {
  for (let from = 0; from < ids.length; from += many) {
    const some = ids.slice(from, from + many);
    const said = await transaction
      .selectFrom('incident_log')
      .select('incident_id')
      .where('incident_id', 'in', some)
      .where('what', '=', 'failed')
      .where('text', 'in', [nowhere, untakenText])
      .execute();
    const known = new Set(said.map((row) => row.incident_id));
    const text = isNone ? nowhere : untakenText;
    await logAll(
      transaction,
      some.filter((id) => !known.has(id)),
      { at, what: 'failed', by: '', text },
    );
  }
}
