import type { CredentialRow, Database, HostRow, Stored } from '../../db/schema.ts';
import { storedObject } from '../../lib/stored.ts';
import { jumpHostIds, type Managers } from '../access/jump-hosts.ts';

type Host = Stored<HostRow>;
type Credential = Stored<CredentialRow>;

/** Longer lists of ids are not put into a query: everything is read. */
const manyIds = 500;

export async function hostRow(db: Database, id: number): Promise<Host | null> {
  const row = await db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst();
  return (row as Host | undefined) ?? null;
}

/** All hosts, or those of the ids. */
export async function hostRows(db: Database, ids: readonly number[] | undefined): Promise<readonly Host[]> {
  const all = db.selectFrom('hosts').selectAll();
  if (ids === undefined) return (await all.execute()) as Host[];
  const found: Host[] = [];
  for (let at = 0; at < ids.length; at += manyIds)
    found.push(...((await all.where('id', 'in', ids.slice(at, at + manyIds)).execute()) as Host[]));
  return found;
}

/** The credentials that these records log in with. */
export async function credentialsOf(db: Database, rows: readonly Host[]): Promise<ReadonlyMap<number, Credential>> {
  const ids = new Set(rows.flatMap((row) => row.credential_id ?? []));
  if (ids.size === 0) return new Map();
  const all = db.selectFrom('credentials').selectAll();
  const found = await (ids.size > manyIds ? all : all.where('id', 'in', [...ids])).execute();
  return new Map((found as Credential[]).map((row) => [row.id, row]));
}

export async function adminIds(db: Database): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('users').select('id').where('is_admin', '=', 1).execute();
  return new Set(rows.map(({ id }) => id));
}

/** The users who manage the jump hosts of these records. */
export async function managersOf(db: Database, rows: readonly Host[]): Promise<Managers> {
  const ids = new Set(rows.flatMap((row) => jumpHostIds(storedObject(row.extra) ?? {})));
  if (ids.size === 0) return { owners: new Map(), shares: new Set() };
  const wanted = ids.size > manyIds ? null : [...ids];
  const hosts = db.selectFrom('hosts').select(['id', 'user_id']);
  const shares = db.selectFrom('shares').select(['host_id', 'user_id']).where('level', '=', 'manage');
  const [owned, shared] = await Promise.all([
    (wanted ? hosts.where('id', 'in', wanted) : hosts).execute(),
    (wanted ? shares.where('host_id', 'in', wanted) : shares).execute(),
  ]);
  return {
    owners: new Map(owned.map((row) => [row.id, row.user_id])),
    shares: new Set(shared.map((row) => `${row.host_id} ${row.user_id}`)),
  };
}
