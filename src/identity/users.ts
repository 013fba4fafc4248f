import type { UserRow } from '../db/schema.ts';
import type { User } from './principal.ts';

/** A row as everything but identity sees it. */
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
