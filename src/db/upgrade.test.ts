import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { first } from './migrations/0001-first.ts';
import { migrations } from './migrations/index.ts';
import { openDatabase } from './sqlite.ts';

test('a database of the first version is brought to the present one, with all that is in it', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sonde-')), 'sonde.db');
  const old = new DatabaseSync(file);
  old.exec(`${first}
    PRAGMA user_version = 1;
    INSERT INTO users (id, username, password_hash, is_admin, created_at) VALUES ('ada', 'ada', 'x', 1, 1);
    INSERT INTO hosts (id, user_id, name, ip, port, username, auth_type, connection_type, created_at, updated_at)
      VALUES (7, 'ada', 'web', '192.0.2.7', 22, 'root', 'password', 'ssh', 1, 1);
    INSERT INTO host_keys (host_id, algorithm, key_base64, first_seen) VALUES (7, 'ssh-ed25519', 'AAAA', 1);
    INSERT INTO api_keys (id, user_id, name, token_hash, created_at) VALUES ('k', 'ada', 'program', 'h', 1);`);
  old.close();
  const db = openDatabase(file);
  expect(await db.selectFrom('hosts').selectAll().executeTakeFirst()).toMatchObject({ id: 7, proxy_logins: '[]' });
  expect(await db.selectFrom('host_keys').selectAll().executeTakeFirst()).toMatchObject({ key_base64: 'AAAA' });
  // A key from before there were scopes may do what it could.
  expect(await db.selectFrom('api_keys').selectAll().executeTakeFirst()).toMatchObject({
    scope: 'manage',
    host_ids: null,
  });
  await db.destroy();
  const now = new DatabaseSync(file);
  expect(now.prepare('PRAGMA user_version').get()).toEqual({ user_version: migrations.length });
  now.close();
});
