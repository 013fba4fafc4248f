import type { Database } from '../../db/schema.ts';
import type { HostState } from '../../model/host-state.ts';
import type { HostStates } from '../../ports/host-states.ts';

/** Far below SQLite's default limit of parameters. */
const manyIds = 500;

/** Stores since when hosts have had their status. It is removed together with the host's record. */
export function createStateStore(db: Database): HostStates {
  return {
    async all() {
      const rows = await db.selectFrom('host_states').selectAll().execute();
      return new Map(
        rows.map(({ host_id, name, since, status, status_since }) => [
          host_id,
          {
            name,
            since,
            status: status === 'online' || status === 'offline' ? status : null,
            statusSince: status_since,
          },
        ]),
      );
    },
    async save(changes) {
      const entries = [...changes];
      for (let at = 0; at < entries.length; at += manyIds) await saveSome(entries.slice(at, at + manyIds));
    },
  };

  async function saveSome(changes: readonly (readonly [hostId: number, state: HostState])[]): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      const ids = changes.map(([hostId]) => hostId);
      const rows = await transaction.selectFrom('hosts').select('id').where('id', 'in', ids).execute();
      const present = new Set(rows.map(({ id }) => id));
      for (const [hostId, { name, since, status, statusSince }] of changes) {
        if (!present.has(hostId)) continue;
        const row = { name, since, status, status_since: statusSince };
        await transaction
          .insertInto('host_states')
          .values({ host_id: hostId, ...row })
          .onConflict((conflict) => conflict.column('host_id').doUpdateSet(row))
          .execute();
      }
    });
  }
}
