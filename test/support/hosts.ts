/** The hosts' records on an empty database in memory, with two users, for unit tests. */
import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../src/db/sqlite.ts';
import type { CheckKey } from '../../src/hosts/fields/input.ts';
import { openHosts } from '../../src/hosts/hosts.ts';
import { createSealer } from '../../src/lib/seal.ts';

export const ada = { id: 'ada', isAdmin: true };
export const bob = { id: 'bob', isAdmin: false };
export const web = {
  name: 'web',
  ip: '192.0.2.7',
  port: 22,
  username: 'root',
  authType: 'password',
  password: 'hunter2',
};

const noKey: CheckKey = () => ({ ok: false, message: 'This is not a private key that can be read' });

export async function startHosts(checkKey = noKey) {
  const db = openDatabase(':memory:');
  for (const { id, isAdmin } of [ada, bob]) {
    const values = { id, username: id, password_hash: '', is_admin: Number(isAdmin), totp_last_step: 0 };
    await db
      .insertInto('users')
      .values({ ...values, totp_sealed: null, totp_pending: null, backup_codes: '[]', created_at: 0 })
      .execute();
  }
  const hosts = openHosts({
    db,
    sealer: createSealer(randomBytes(32)),
    clock: { now: () => 1 },
    checkKey,
    agentSocket: null,
  });
  return { db, hosts };
}
