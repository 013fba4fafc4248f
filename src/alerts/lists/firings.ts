import { setImmediate } from 'node:timers/promises';
import type { Database } from '../../db/schema.ts';
import type { Incident } from '../../model/alerts/incident.ts';
import { incidentOf } from '../incident-rows.ts';
import { sondeId } from '../own/trouble.ts';

/** Whose incidents, and of which hosts. */
type Asker = {
  readonly id: string;
  readonly username: string;
  readonly isAdmin?: boolean;
  readonly onlyHosts?: ReadonlySet<number> | null;
};

export type FiringQuery = {
  readonly acknowledged?: boolean | undefined;
  /** Only those that are open. */
  readonly isOpen?: boolean;
  readonly limit: number;
  readonly offset: number;
};

const perTransaction = 500;

/** A page of a user's incidents, newest first, and how many there are in all. */
export async function firingsOf(db: Database, asker: Asker, { acknowledged, isOpen, limit, offset }: FiringQuery) {
  let found = db.selectFrom('incidents').where('user_id', '=', asker.id);
  if (acknowledged !== undefined) found = found.where('acked_at', acknowledged ? 'is not' : 'is', null);
  if (isOpen) found = found.where('closed_at', 'is', null);
  if (asker.onlyHosts) found = found.where('host_id', 'in', [...asker.onlyHosts]);
  if (!asker.isAdmin) found = found.where('host_id', '!=', sondeId);
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const rows = await found.selectAll().orderBy('id', 'desc').limit(limit).offset(offset).execute();
  const incidents: readonly Incident[] = rows.flatMap((row) => incidentOf(row) ?? []);
  return { incidents, total: Number(total) };
}

/** Acknowledges all that are not yet, some at a time. Returns their ids. */
export async function acknowledgeAll(db: Database, asker: Asker, at: number): Promise<readonly number[]> {
  const all: number[] = [];
  for (;;) {
    const ids = await db.transaction().execute(async (transaction) => {
      let open = transaction
        .selectFrom('incidents')
        .select('id')
        .where('user_id', '=', asker.id)
        .where('acked_at', 'is', null)
        .limit(perTransaction);
      if (!asker.isAdmin) open = open.where('host_id', '!=', sondeId);
      if (asker.onlyHosts) open = open.where('host_id', 'in', [...asker.onlyHosts]);
      const found = (await open.execute()).map(({ id }) => id);
      if (found.length === 0) return found;
      await transaction
        .updateTable('incidents')
        .set({ acked_by: asker.username, acked_at: at })
        .where('id', 'in', found)
        .execute();
      const lines = found.map((incident_id) => ({
        incident_id,
        at,
        what: 'acked' as const,
        by_whom: asker.username,
        text: '',
      }));
      await transaction.insertInto('incident_log').values(lines).execute();
      return found;
    });
    all.push(...ids);
    if (ids.length < perTransaction) return all;
    await setImmediate();
  }
}
