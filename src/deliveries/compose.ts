import type { ChannelRow } from '../db/alert-tables.ts';
import type { Database, Stored, Transaction } from '../db/schema.ts';
import { createBreather } from '../lib/async.ts';
import { type DeliveryKind, statefulKinds } from '../model/alerts/channel.ts';
import type { Told, TransitionKind } from '../model/alerts/message.ts';
import { messageOf } from '../notifiers/message.ts';
import { uncountedIn } from './gather.ts';
import { logAll } from './incident-log.ts';
import { type Gathered, kindOf, maxEntries, type Place, settle } from './plan.ts';
import { behindOf, isOfStorm, readIncidents, stormsOf, untoldOf, wasToldOf } from './told-before.ts';

export type ComposeOptions = {
  readonly now: () => number;
  readonly newKey: () => string;
  readonly hostOf: (hostId: number) => Place | null;
  /** How many hosts are behind this one and have not answered since it fell, whether or not they have an incident yet. */
  readonly behind: (hostId: number) => number;
  /** Where people open Sonde; null: unknown. */
  readonly baseUrl: string | null;
};

type Channel = Pick<Stored<ChannelRow>, 'id' | 'kind' | 'name'>;
type Waiting = { readonly id: number; readonly createdAt: number; readonly uncounted: number };
/** One message of a channel: what it tells, and the key of its storm. */
type Part = { readonly told: readonly Told[]; readonly storm: string | null; readonly kind: DeliveryKind };

/**
 * Makes what a channel's waiting message gathered into messages to send: what is true now. Resolves with the incidents that were
 * muted meanwhile and that nobody was told of.
 */
export async function compose(db: Database, channel: Channel, options: ComposeOptions): Promise<readonly number[]> {
  return db.transaction().execute(async (transaction) => {
    const waiting = await oneWaiting(transaction, channel.id);
    if (waiting === null) return [];
    const gathered = await gatheredIn(transaction, channel.id, waiting.id);
    const breathe = createBreather();
    const heldUpFor = options.now() - waiting.createdAt;
    const told: Told[] = [];
    const dropped = { over: new Set<number>(), muted: new Set<number>(), settled: new Set<number>() };
    for (const one of gathered) {
      const settled = settle(one, heldUpFor);
      if (settled.tells === null) dropped[settled.why].add(one.incident.id);
      else
        told.push({
          transition: settled.tells,
          incident: one.incident,
          isBoth: settled.isBoth ?? false,
          ...placeOf(one),
        });
    }
    await drop(transaction, waiting.id, channel.name, dropped, options.now());
    await breathe();
    const behind = await behindOf(transaction, told);
    const all = told.map((one) => {
      const { condition } = one.incident.rule;
      const isDown = condition.kind === 'status' && one.transition !== 'close';
      const unheard = isDown ? options.behind(one.incident.hostId) : 0;
      return { ...one, behind: Math.max(behind.get(one.incident.id) ?? 0, unheard) };
    });
    await breathe();
    await write(transaction, waiting, await partsOf(transaction, channel, all, options), options);
    return untoldOf(transaction, [...dropped.muted]);
  });

  function placeOf({ incident }: Gathered): Pick<Told, 'folder' | 'tags'> {
    const host = options.hostOf(incident.hostId);
    return host === null ? {} : { folder: host.folder, tags: host.tags };
  }
}

/** The waiting message of a channel; those that a channel did not take and that wait again are one with it. */
async function oneWaiting(transaction: Transaction, channelId: number): Promise<Waiting | null> {
  const rows = await transaction
    .selectFrom('deliveries')
    .select(['id', 'created_at', 'body_json'])
    .where('channel_id', '=', channelId)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .execute();
  const [first, ...others] = rows;
  if (first === undefined) return null;
  for (const { id } of others) {
    const items = await transaction.selectFrom('delivery_items').selectAll().where('delivery_id', '=', id).execute();
    for (let from = 0; from < items.length; from += 500)
      await transaction
        .insertInto('delivery_items')
        .values(items.slice(from, from + 500).map((item) => ({ ...item, delivery_id: first.id })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    await transaction.deleteFrom('deliveries').where('id', '=', id).execute();
  }
  const uncounted = rows.reduce((sum, row) => sum + uncountedIn(row.body_json), 0);
  return { id: first.id, createdAt: first.created_at, uncounted };
}

async function gatheredIn(
  transaction: Transaction,
  channelId: number,
  deliveryId: number,
): Promise<readonly Gathered[]> {
  const items = await transaction
    .selectFrom('delivery_items')
    .select(['incident_id', 'transition'])
    .where('delivery_id', '=', deliveryId)
    .execute();
  const transitions = new Map<number, Set<TransitionKind>>();
  for (const { incident_id: id, transition } of items)
    transitions.set(id, (transitions.get(id) ?? new Set<TransitionKind>()).add(transition));
  const wasTold = await wasToldOf(transaction, channelId, [...transitions.keys()]);
  const incidents = await readIncidents(transaction, [...transitions.keys()]);
  return incidents.map((incident) => ({
    incident,
    transitions: transitions.get(incident.id) ?? new Set<TransitionKind>(),
    wasTold: wasTold.has(incident.id),
  }));
}

/** Takes out what is not told, and says why in the logs. */
async function drop(
  transaction: Transaction,
  deliveryId: number,
  by: string,
  { over, muted, settled }: Readonly<Record<'over' | 'muted' | 'settled', ReadonlySet<number>>>,
  at: number,
): Promise<void> {
  const all = [...over, ...muted, ...settled];
  for (let from = 0; from < all.length; from += 500)
    await transaction
      .deleteFrom('delivery_items')
      .where('delivery_id', '=', deliveryId)
      .where('incident_id', 'in', all.slice(from, from + 500))
      .execute();
  await logAll(transaction, [...over], { at, what: 'muted', by, text: 'Not told: it was over before it was told' });
  await logAll(transaction, [...muted], {
    at,
    what: 'muted',
    by,
    text: 'Not told yet: it was muted before it was told',
  });
}

/** That nothing more happened is no message: only a service that has an entry for the incident needs to close it. */
function isNews({ transition, incident, isBoth }: Told): boolean {
  return transition !== 'close' || incident.closeReason !== 'expired' || isBoth === true;
}

/** One message; where a service has an entry for each incident, one of a storm, and others of 50 at most. */
async function partsOf(
  transaction: Transaction,
  { id, kind }: Channel,
  told: readonly Told[],
  { newKey }: ComposeOptions,
): Promise<readonly Part[]> {
  if (!statefulKinds.includes(kind)) {
    const news = told.filter(isNews);
    return news.length === 0 ? [] : [{ told: news, storm: null, kind: kindOf(news) }];
  }
  const storms = await stormsOf(transaction, id, told);
  const single = told.filter(({ incident, transition }) => !isOfStorm(transition) || !storms.has(incident.id));
  const opened = single.filter(({ transition }) => transition === 'open');
  const parts: Part[] = [];
  const isStorm = opened.length > maxEntries;
  if (isStorm) parts.push({ told: opened, storm: `sonde-storm-${newKey()}`, kind: 'storm' });
  const each = isStorm ? single.filter(({ transition }) => transition !== 'open') : single;
  for (let from = 0; from < each.length; from += maxEntries) {
    const some = each.slice(from, from + maxEntries);
    parts.push({ told: some, storm: null, kind: kindOf(some) });
  }
  // A storm is over when the last of its incidents is.
  const closed = told.filter(({ incident, transition }) => transition === 'close' && storms.has(incident.id));
  for (const [storm, own] of Map.groupBy(closed, ({ incident }) => storms.get(incident.id)?.key ?? '')) {
    const isOver = storms.get(own[0]?.incident.id ?? 0)?.isOver ?? false;
    parts.push({ told: own, storm: isOver ? storm : '', kind: 'close' });
  }
  return parts;
}

/** The first part is the message that waited; each further one is a message of its own, with its items. */
async function write(
  transaction: Transaction,
  waiting: Waiting,
  parts: readonly Part[],
  { now, newKey, baseUrl }: ComposeOptions,
): Promise<void> {
  const at = now();
  const row = await transaction
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', waiting.id)
    .executeTakeFirstOrThrow();
  if (parts.length === 0)
    await transaction.updateTable('deliveries').set({ state: 'dropped' }).where('id', '=', waiting.id).execute();
  const breathe = createBreather();
  for (const [index, { told, storm, kind }] of parts.entries()) {
    await breathe();
    const key = index === 0 ? row.key : newKey();
    const uncounted = index === 0 ? waiting.uncounted : 0;
    const message = messageOf(told, { key, at, baseUrl, storm: storm === '' ? null : storm, uncounted });
    // A part of a storm that is not over yet is nothing that a service is told.
    const isSilent = storm === '';
    const values = {
      kind,
      state: isSilent ? ('sent' as const) : ('pending' as const),
      due_at: at,
      body_json: JSON.stringify(message),
      ...(isSilent ? { answer: 'The event of the storm stays open until all of it is over' } : {}),
    };
    if (index === 0) {
      await transaction.updateTable('deliveries').set(values).where('id', '=', row.id).execute();
      continue;
    }
    const { id: _, ...others } = row;
    const { id } = await transaction
      .insertInto('deliveries')
      .values({ ...others, ...values, key })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (let from = 0; from < told.length; from += 500)
      await transaction
        .updateTable('delivery_items')
        .set({ delivery_id: id })
        .where('delivery_id', '=', row.id)
        .where(
          'incident_id',
          'in',
          told.slice(from, from + 500).map(({ incident }) => incident.id),
        )
        .execute();
  }
}
