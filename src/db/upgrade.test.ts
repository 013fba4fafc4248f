import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openAudit } from '../audit/audit.ts';
import { first } from './migrations/0001-0012/0001-first.ts';
import { foldedNames } from './migrations/0001-0012/0008-folded-names.ts';
import { historySetting } from './migrations/0014-history-setting.ts';
import { addMigrationFunctions, migrations } from './migrations/index.ts';
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

test('names of users and of the audit log are found in any case after an upgrade; users of one name both stay', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sonde-')), 'sonde.db');
  const old = new DatabaseSync(file);
  addMigrationFunctions(old);
  const before = migrations.indexOf(foldedNames);
  for (const migration of migrations.slice(0, before)) old.exec(migration);
  old.exec(`PRAGMA user_version = ${before};
    INSERT INTO users (id, username, password_hash, is_admin, created_at) VALUES
      ('b', 'ünal', 'x', 0, 2), ('a', 'Ünal', 'x', 1, 1), ('d', 'Юлия', 'x', 0, 3);
    INSERT INTO audit_log (at, username, action, target, details, address, via) VALUES (1, 'Ünal', 'login', '', '{}', '', '');`);
  old.close();
  const db = openDatabase(file);
  const keys = await db.selectFrom('users').select(['id', 'name_key']).orderBy('id').execute();
  expect(keys.map(({ id, name_key }) => [id, name_key])).toEqual([
    ['a', 'ünal'],
    ['b', 'ünal#b'],
    ['d', 'юлия'],
  ]);
  const audit = openAudit({ db, clock: { now: () => 2 }, onError: (error) => expect(error).toBeNull() });
  expect(await audit.list({ username: 'üNAL', limit: 10 })).toHaveLength(1);
  await audit.record({ action: 'logout', userId: 'a', username: 'Ünal' });
  expect(await audit.list({ username: 'ÜNAL', limit: 10 })).toHaveLength(2);
  await db.destroy();
});

test.each([
  ['was always sampled keeps history, and an admin is told', "'true'", { announced: false }],
  ['was not to be sampled unwatched keeps its decision', "'false'", { announced: false }],
  ['never decided when hosts are sampled keeps no history', null, { announced: false, enabled: false }],
])('a Sonde that %s', async (_, collectAlways, expected) => {
  const file = join(mkdtempSync(join(tmpdir(), 'sonde-')), 'sonde.db');
  const old = new DatabaseSync(file);
  addMigrationFunctions(old);
  const before = migrations.indexOf(historySetting);
  for (const migration of migrations.slice(0, before)) old.exec(migration);
  old.exec(`PRAGMA user_version = ${before};
    INSERT INTO users (id, username, name_key, password_hash, is_admin, created_at) VALUES ('a', 'a', 'a', 'x', 1, 1);
    ${collectAlways === null ? '' : `INSERT INTO settings (name, value) VALUES ('collectAlways', ${collectAlways})`}`);
  old.close();
  const db = openDatabase(file);
  const row = await db.selectFrom('settings').select('value').where('name', '=', 'history').executeTakeFirstOrThrow();
  expect(JSON.parse(row.value)).toEqual(expected);
  await db.destroy();
});

test('of a Sonde that nobody has used yet nothing is decided about history', async () => {
  const db = openDatabase(':memory:');
  expect(await db.selectFrom('settings').selectAll().execute()).toEqual([]);
  await db.destroy();
});
