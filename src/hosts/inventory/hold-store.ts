import type { Database } from '../../db/schema.ts';
import type { Failure } from '../../model/failure.ts';
import { type Hold, type HoldChange, type HoldKind, type HoldStore, holdKinds } from '../../ports/holds.ts';

/** Far below SQLite's default limit of parameters. */
const manyIds = 500;

/** Stores everything that is held back at hosts. It is removed together with the host's record. */
export function createHoldStore(db: Database): HoldStore {
  return {
    async all() {
      const rows = await db.selectFrom('host_holds').selectAll().execute();
      return rows.flatMap((row) => {
        const failure = row.failure === null ? null : parsed(row.failure);
        const kind = holdKinds.find((one) => one === row.kind);
        // A row that cannot be read holds nothing back; its login is tried once more.
        if (kind === undefined || (row.failure !== null && !isFailure(failure))) return [];
        const hold: Hold = {
          hostId: row.host_id,
          kind,
          failure: failure as Failure | null,
          since: row.since,
          until: row.held_until,
          state: parsed(row.state),
        };
        return [hold];
      });
    },
    async save(changes) {
      for (let at = 0; at < changes.length; at += manyIds) await saveSome(changes.slice(at, at + manyIds));
    },
  };

  async function saveSome(changes: readonly HoldChange[]): Promise<void> {
    await db.transaction().execute(async (transaction) => {
      const ids = [...new Set(changes.map(({ hostId }) => hostId))];
      const rows = await transaction.selectFrom('hosts').select('id').where('id', 'in', ids).execute();
      const present = new Set(rows.map(({ id }) => id));
      for (const { hostId, kind, hold } of changes) {
        if (hold === null) await remove(transaction, hostId, kind);
        else if (present.has(hostId)) await put(transaction, hold);
      }
    });
  }
}

async function remove(db: Database, hostId: number, kind: HoldKind): Promise<void> {
  await db.deleteFrom('host_holds').where('host_id', '=', hostId).where('kind', '=', kind).execute();
}

async function put(db: Database, { hostId, kind, failure, since, until, state }: Hold): Promise<void> {
  const row = {
    failure: failure && JSON.stringify(failure),
    since,
    held_until: until,
    state: JSON.stringify(state),
  };
  await db
    .insertInto('host_holds')
    .values({ host_id: hostId, kind, ...row })
    .onConflict((conflict) => conflict.columns(['host_id', 'kind']).doUpdateSet(row))
    .execute();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isFailure(value: unknown): value is Failure {
  const failure = value as Partial<Failure> | null;
  return ['stage', 'reason', 'message', 'hint'].every((name) => typeof failure?.[name as keyof Failure] === 'string');
}
