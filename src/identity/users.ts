import type { Database, UserRow } from '../db/schema.ts';
import { foldName } from '../model/names.ts';
import type { User } from './principal.ts';

/** A row as the rest of Sonde sees it. */
export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    isAdmin: row.is_admin === 1,
    totpEnabled: row.totp_sealed !== null,
    scope: 'manage',
    onlyHosts: null,
  };
}

/** The user with a name, in any case; if there are several, the one with exactly this spelling. */
export async function findByName(db: Database, typed: string): Promise<UserRow | undefined> {
  const name = typed.trim();
  const users = db.selectFrom('users').selectAll();
  const exact = await users.where('username', '=', name).executeTakeFirst();
  return exact ?? users.where('name_key', '=', foldName(name)).executeTakeFirst();
}
