/** Rows that cannot be read: whatever is in the database, every route answers, and Sonde starts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, requireRig, type Server, startSshd, stopServers } from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

const quiet = { statusCheckEnabled: false };
const host = { ip: '127.0.0.1', port: 1, username: 'x', authType: 'password', password: 'x', statsConfig: quiet };
const garbage: readonly (readonly [string, string | number])[] = [
  ['extra', '{"tags":'],
  ['extra', '{"useSocks5":true,"socks5ProxyChain":5,"jumpHosts":7,"tags":3}'],
  ['stats_config', 'garbage'],
  ['stats_config', '{"excludedMounts":5,"useGlobalMetricsInterval":false,"metricsInterval":0}'],
  ['proxy_logins', 'garbage'],
  ['certificate', 'garbage'],
  ['password_sealed', 'garbage'],
  ['connection_type', 'LOCAL'],
  ['auth_type', 'nonsense'],
  ['port', 70_000],
  ['created_at', 9e15],
];

const dataDir = mkdtempSync(join(tmpdir(), 'sonde-broken-'));
let sonde: Service;
let server: Server;
let ann: Person;
let healthy: number;
const broken = new Map<number, readonly [string, string | number]>();

function inDatabase(sql: string, ...values: (string | number)[]): void {
  const db = new DatabaseSync(join(dataDir, 'sonde.db'));
  db.exec('PRAGMA busy_timeout=5000');
  db.prepare(sql).run(...values);
  db.close();
}

beforeAll(async () => {
  requireRig('sshd');
  server = await startSshd();
  sonde = await startService(dataDir);
  ann = await sonde.user('ann');
  const annId = (await ann.get('/users/me')).body.userId as string;
  healthy = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'healthy' });
  await sonde.admin.put(`/shares/${healthy}/${annId}`, { level: 'view' });
  for (const [column, value] of garbage) {
    const id = await sonde.admin.add({ ...host, name: `broken ${column}` });
    await sonde.admin.put(`/shares/${id}/${annId}`, { level: 'manage' });
    broken.set(id, [column, value]);
  }
  await sonde.admin.post('/credentials', { name: 'broken', password: 'x' });
  await ann.post('/users/api-keys', { name: 'broken', hostIds: [healthy] });
  for (const [id, [column, value]] of broken) inDatabase(`UPDATE hosts SET ${column} = ? WHERE id = ?`, value, id);
  inDatabase(
    "UPDATE credentials SET extra = '{', certificate = 'garbage', key_sealed = 'x', created_at = 9000000000000000",
  );
  inDatabase("UPDATE api_keys SET host_ids = '{'");
  inDatabase("UPDATE audit_log SET details = 'garbage', at = 9000000000000000 WHERE id % 2 = 0");
  inDatabase("INSERT INTO settings VALUES ('metricsInterval', '{'), ('hostKeyPolicy', '\"never\"')");
  inDatabase("UPDATE users SET backup_codes = '{', totp_pending = 'x', created_at = 9000000000000000");
  inDatabase("INSERT INTO host_keys VALUES (?, 'x', '!', 9000000000000000, 'x')", healthy);
  inDatabase(
    "INSERT INTO host_key_pending VALUES (?, '', '', 'changed', 9000000000000000, -9000000000000000)",
    healthy,
  );
  inDatabase(
    "INSERT INTO known_hosts (user_id, marker, names, algorithm, key_base64, comment, added_at) VALUES (NULL, 'key', '|1|x|y', '', '!', '', 9000000000000000)",
  );
  inDatabase(
    "INSERT INTO identities SELECT 'i', 's', id, '', '', 9000000000000000, -9000000000000000 FROM users LIMIT 1",
  );
  inDatabase("INSERT INTO identity_requests VALUES ('i', 't', '', '', 9000000000000000)");
  inDatabase("INSERT INTO sign_in_provider VALUES (1, 'garbage')");
  inDatabase("UPDATE sessions SET id_token_sealed = 'garbage', began_by = 'garbage'");
  await sonde.close();
  // A start reads all of it.
  sonde = await startService(dataDir);
  ann = await sonde.logIn('ann');
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Every GET of the API, of every host. */
async function walk(who: Person): Promise<void> {
  const { paths } = (await (await fetch(`${sonde.url}/openapi.json`)).json()) as Json;
  for (const [path, methods] of Object.entries<Json>(paths)) {
    if (methods.get === undefined || path === '/live') continue;
    const isOfHost =
      /\{(id|hostId)\}/.test(path) && !path.startsWith('/credentials') && !path.startsWith('/known-hosts');
    for (const id of isOfHost ? [healthy, ...broken.keys()] : [1]) {
      const { status } = await who.get(path.replace(/\{\w+\}/, String(id)));
      expect([path, id, status < 500]).toEqual([path, id, true]);
    }
  }
}

async function bodyOf(who: Person, path: string): Promise<Json> {
  const { status, body } = await who.get(path);
  expect([path, status]).toEqual([path, 200]);
  return body;
}

test('every route that reads answers, to the owner and to users that the hosts are shared with', async () => {
  for (const who of [sonde.admin, ann]) await walk(who);
  const listed: Json[] = await bodyOf(ann, '/host/db/host');
  expect(listed.map(({ id }) => id)).toEqual([healthy, ...broken.keys()]);
  expect(listed.find(({ name }) => name === 'broken certificate')).toMatchObject({
    certificate: null,
    unreadable: ['certificate'],
  });
  for (const format of ['json', 'csv', 'ssh-config']) {
    const exported = await fetch(`${sonde.url}/hosts/export?format=${format}`, {
      headers: { Authorization: `Bearer ${sonde.admin.token}` },
    });
    expect([format, exported.status]).toEqual([format, 200]);
    await exported.text();
  }
  const file = { text: 'Host a\n  HostName 192.0.2.1\n  User x', format: 'ssh-config' };
  expect(await ann.post('/hosts/import/preview', file)).toMatchObject({ status: 200 });
  expect((await bodyOf(sonde.admin, '/credentials'))[0]).toMatchObject({ unreadable: ['extra', 'certificate'] });
  expect((await bodyOf(sonde.admin, '/global-settings')).metricsInterval).toBe(30);
  expect((await bodyOf(ann, '/users/api-keys')).apiKeys[0]).toMatchObject({
    hostIds: [],
    unreadable: ['hostIds'],
  });
});

test('hosts beside them are watched, and starting one of them says what is wrong', async () => {
  await sonde.admin.delete(`/host-keys/${healthy}`);
  expect((await sonde.admin.watch(healthy)).cpu.cores).toBeGreaterThan(0);
  for (const [id, [column]] of broken) {
    const { status, body } = await sonde.admin.post(`/metrics/start/${id}`);
    expect([column, status, body]).toEqual([column, 500, expect.objectContaining({ failure: expect.anything() })]);
  }
  const sealed = [...broken].find(([, [column]]) => column === 'password_sealed')?.[0];
  expect((await sonde.admin.post(`/metrics/start/${sealed}`)).body.failure).toMatchObject({
    stage: 'auth',
    reason: 'no-credential',
    message: expect.stringContaining('cannot be opened with this sealing key'),
  });
});

test('users with the right can remove each of them', async () => {
  let owns = true;
  for (const id of broken.keys()) {
    owns = !owns;
    expect(await (owns ? sonde.admin : ann).delete(`/host/db/host/${id}`)).toMatchObject({ status: 200 });
  }
  expect((await bodyOf(sonde.admin, '/host/db/host')).map((one: Json) => one.id)).toEqual([healthy]);
  const [credential] = await bodyOf(sonde.admin, '/credentials');
  expect(await sonde.admin.delete(`/credentials/${credential.id}`)).toMatchObject({ status: 200 });
});

test('unreadable input is not stored: 400 for a certificate, a deep body, U+0000 or an unknown word', async () => {
  const deepBody = (levels: number) => `{"name":"x","statsConfig":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;
  for (const path of ['/host/db/host', '/credentials', '/connection-tests', '/users/login', '/global-settings']) {
    const response = await fetch(`${sonde.url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${sonde.admin.token}`, 'Content-Type': 'application/json' },
      // Before a login less is read.
      body: deepBody(path === '/users/login' ? 2_000 : 5_000),
    });
    expect([path, response.status]).toEqual([path, 400]);
    await response.text();
  }
  for (const wrong of [
    { certificate: 'garbage' },
    { connectionType: 'LOCAL' },
    { notes: 'a\0b' },
    { name: '\uD83D' },
  ]) {
    expect(await sonde.admin.post('/host/db/host', { ...host, ...wrong })).toMatchObject({ status: 400 });
  }
  expect(await bodyOf(sonde.admin, '/host/db/host')).toHaveLength(1);
});

test('two changes of one host and of one credential at once both survive', async () => {
  const [a, b] = await Promise.all([
    sonde.admin.put(`/host/db/host/${healthy}`, { folder: 'a folder' }),
    sonde.admin.put(`/host/db/host/${healthy}`, { password: 'another' }),
    sonde.admin.put(`/host/db/host/${healthy}`, { notes: 'a note' }),
  ]);
  expect([a.status, b.status]).toEqual([200, 200]);
  expect(await bodyOf(sonde.admin, `/host/db/host/${healthy}`)).toMatchObject({ folder: 'a folder', notes: 'a note' });
  expect((await sonde.admin.post(`/metrics/start/${healthy}`)).body.failure).toMatchObject({ reason: 'rejected' });
  const { id } = (await sonde.admin.post('/credentials', { name: 'c', username: 'u', password: 'x' })).body;
  await Promise.all([
    sonde.admin.put(`/credentials/${id}`, { username: 'v' }),
    sonde.admin.put(`/credentials/${id}`, { description: 'd' }),
    sonde.admin.put(`/credentials/${id}`, { name: 'n' }),
  ]);
  expect(await bodyOf(sonde.admin, `/credentials/${id}`)).toMatchObject({ username: 'v', description: 'd', name: 'n' });
});
