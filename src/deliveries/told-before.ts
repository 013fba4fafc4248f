import { setImmediate as nextTurn } from 'node:timers/promises';
import { incidentOf } from '../alerts/incident-rows.ts';
import type { Transaction } from '../db/schema.ts';
import { storedObject } from '../lib/stored.ts';
import type { Incident } from '../model/alerts/incident.ts';
import type { Told, TransitionKind } from '../model/alerts/message.ts';

const many = 200;

function* chunks<Item>(all: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < all.length; from += many) yield all.slice(from, from + many);
}

/** The incidents of these ids that are there. */
export async function readIncidents(transaction: Transaction, ids: readonly number[]): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  for (const some of chunks(ids)) {
    await nextTurn();
    const rows = await transaction.selectFrom('incidents').selectAll().where('id', 'in', some).execute();
    found.push(...rows.flatMap((row) => incidentOf(row) ?? []));
  }
  return found;
}

/** Which of these a channel was told of. */
export async function wasToldOf(
  transaction: Transaction,
  channelId: number,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (const some of chunks(ids)) {
    const rows = await transaction
      .selectFrom('delivery_items')
      .innerJoin('deliveries', 'deliveries.id', 'delivery_items.delivery_id')
      .select('incident_id')
      .distinct()
      .where('incident_id', 'in', some)
      .where('channel_id', '=', channelId)
      .where('state', '=', 'sent')
      .execute();
    for (const row of rows) found.add(row.incident_id);
  }
  return found;
}

/** Of incidents that are open, how many hosts are muted because they are behind theirs. */
export async function behindOf(transaction: Transaction, told: readonly Told[]): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  const open = told.filter(
    ({ transition, incident }) => transition !== 'close' && incident.rule.condition.kind === 'status',
  );
  for (const some of chunks(open)) {
    const parents = some.map(({ incident }) => `parent:${incident.hostId}` as const);
    const rows = await transaction
      .selectFrom('incidents')
      .select((select) => ['muted_by', 'user_id', select.fn.count<number>('host_id').distinct().as('hosts')])
      .where('closed_at', 'is', null)
      .where('muted_by', 'in', parents)
      .groupBy(['muted_by', 'user_id'])
      .execute();
    for (const { incident } of some) {
      const own = rows.find((row) => row.muted_by === `parent:${incident.hostId}` && row.user_id === incident.userId);
      if (own !== undefined) found.set(incident.id, own.hosts);
    }
  }
  return found;
}

/** Whether it is told of an incident that has an entry, of its own or in a storm. */
export function isOfStorm(transition: TransitionKind): boolean {
  return transition === 'close' || transition === 'acknowledge';
}

/** The storms that such incidents were told in, by the incident; `isOver`: all that the storm is about is over. */
export async function stormsOf(
  transaction: Transaction,
  channelId: number,
  told: readonly Told[],
): Promise<ReadonlyMap<number, { readonly key: string; readonly isOver: boolean }>> {
  const found = new Map<number, { readonly key: string; readonly isOver: boolean }>();
  const known = new Map<number, { readonly key: string; readonly isOver: boolean } | null>();
  const closed = told.filter(({ transition }) => isOfStorm(transition)).map(({ incident }) => incident.id);
  for (const some of chunks(closed)) {
    const rows = await transaction
      .selectFrom('delivery_items')
      .innerJoin('deliveries', 'deliveries.id', 'delivery_items.delivery_id')
      .select(['incident_id', 'delivery_id'])
      .distinct()
      .where('incident_id', 'in', some)
      .where('channel_id', '=', channelId)
      .where('kind', '=', 'storm')
      .where('state', '=', 'sent')
      .execute();
    for (const { incident_id: id, delivery_id: delivery } of rows) {
      if (!known.has(delivery)) known.set(delivery, await stormOf(transaction, delivery));
      const storm = known.get(delivery);
      if (storm) found.set(id, storm);
    }
  }
  return found;
}

async function stormOf(transaction: Transaction, deliveryId: number) {
  const row = await transaction
    .selectFrom('deliveries')
    .select('body_json')
    .where('id', '=', deliveryId)
    .executeTakeFirst();
  const key = storedObject(row?.body_json ?? '')?.storm;
  if (typeof key !== 'string') return null;
  const open = await transaction
    .selectFrom('delivery_items')
    .innerJoin('incidents', 'incidents.id', 'delivery_items.incident_id')
    .select('incidents.id')
    .where('delivery_id', '=', deliveryId)
    .where('closed_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return { key, isOver: open === undefined };
}

/** Those of these that no channel was told of and none will be; they count as untold from now on. */
export async function untoldOf(transaction: Transaction, ids: readonly number[]): Promise<readonly number[]> {
  const found: number[] = [];
  for (const some of chunks(ids)) {
    const given = await transaction
      .selectFrom('delivery_items')
      .innerJoin('deliveries', 'deliveries.id', 'delivery_items.delivery_id')
      .select('incident_id')
      .distinct()
      .where('incident_id', 'in', some)
      .where('state', 'in', ['sent', 'pending', 'claimed', 'waiting'])
      .execute();
    const known = new Set(given.map((row) => row.incident_id));
    const untold = some.filter((id) => !known.has(id));
    if (untold.length > 0)
      await transaction.updateTable('incidents').set({ told: 0 }).where('id', 'in', untold).execute();
    found.push(...untold);
  }
  return found;
}
