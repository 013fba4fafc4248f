import type { Database } from '../db/schema.ts';
import { logAll } from './incident-log.ts';
import { isDue, type Row } from './plan.ts';

/** Nobody else sends a message that was claimed before this is over. */
const leaseMs = 90_000;
const keepMs = 90 * 86_400_000;
const underWay = ['waiting', 'pending', 'claimed'] as const;

/** Everything that is not told yet, of channels that may work; and the channels that are told again and again. */
export async function rowsUnderWay(db: Database): Promise<{
  readonly rows: readonly Row[];
  readonly repeating: readonly number[];
}> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('channels', 'channels.id', 'deliveries.channel_id')
    .select(['deliveries.id', 'channel_id', 'deliveries.state', 'due_at'])
    .where('deliveries.state', 'in', underWay)
    .where('channels.state', '!=', 'refused')
    .orderBy('deliveries.id')
    .execute();
  const repeating = await db
    .selectFrom('channels')
    .select('id')
    .where('kind', '=', 'alertmanager')
    .where('enabled', '=', 1)
    .where('state', '!=', 'refused')
    .execute();
  return {
    // Safe: the query asks for these states only.
    rows: rows.map(({ id, channel_id: channelId, state, due_at: dueAt }) => {
      return { id, channelId, state: state as Row['state'], dueAt };
    }),
    repeating: repeating.map(({ id }) => id),
  };
}

/** Whether anybody has a channel that is on. */
export async function isAnyChannel(db: Database): Promise<boolean> {
  const any = await db.selectFrom('channels').select('id').where('enabled', '=', 1).limit(1).executeTakeFirst();
  return any !== undefined;
}

/** Takes a message to send it; false if somebody else did. */
export async function claim(db: Database, id: number, claimant: string, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set((set) => ({
      state: 'claimed',
      claimed_by: claimant,
      lease_until: now + leaseMs,
      attempt: set('attempt', '+', 1),
    }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Gives back what was claimed: with a time, only what nobody finished in time, except of channels that are being sent to; with a
 * claimant, only what they claimed.
 */
export async function release(
  db: Database,
  claimant: string | null = null,
  now: number | null = null,
  except: readonly number[] = [],
): Promise<void> {
  let claimed = db.selectFrom('deliveries').select(['id', 'lease_until', 'channel_id']).where('state', '=', 'claimed');
  if (claimant !== null) claimed = claimed.where('claimed_by', '=', claimant);
  for (const { id, lease_until: until, channel_id: channel } of await claimed.execute()) {
    if (now !== null && (!isDue(until ?? 0, now) || except.includes(channel))) continue;
    await db
      .updateTable('deliveries')
      .set({ state: 'pending', claimed_by: null, lease_until: null })
      .where('id', '=', id)
      .where('state', '=', 'claimed')
      .execute();
  }
}

/** A channel that is off is told nothing, not even what waited. */
export async function dropOfDisabled(db: Database, at: number): Promise<void> {
  const rows = await db
    .selectFrom('deliveries')
    .innerJoin('channels', 'channels.id', 'deliveries.channel_id')
    .select(['deliveries.id', 'name'])
    .where('deliveries.state', 'in', ['waiting', 'pending'])
    .where('enabled', '=', 0)
    .execute();
  for (const { id, name: by } of rows)
    await db.transaction().execute(async (transaction) => {
      const items = await transaction.selectFrom('delivery_items').selectAll().where('delivery_id', '=', id).execute();
      const ids = [...new Set(items.map((item) => item.incident_id))];
      await transaction.updateTable('deliveries').set({ state: 'dropped' }).where('id', '=', id).execute();
      await logAll(transaction, ids, { at, what: 'failed', by, text: 'Not told: the channel was turned off' });
    });
}

/** Removes what was sent or given up long ago, except what tells of incidents that are still open. */
export async function prune(db: Database, now: number): Promise<void> {
  const open = db
    .selectFrom('delivery_items')
    .innerJoin('incidents', 'incidents.id', 'delivery_items.incident_id')
    .select('delivery_id')
    .where('closed_at', 'is', null);
  for (;;) {
    const old = await db
      .selectFrom('deliveries')
      .select('id')
      .where('created_at', '<', now - keepMs)
      .where('state', 'in', ['sent', 'dead', 'dropped'])
      .where('id', 'not in', open)
      .limit(200)
      .execute();
    if (old.length === 0) return;
    const ids = old.map(({ id }) => id);
    await db.deleteFrom('deliveries').where('id', 'in', ids).execute();
  }
}
