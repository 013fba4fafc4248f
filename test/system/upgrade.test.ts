/** Every version of the database that there was, with rows in all of its tables, opened by the Sonde of today. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseFile } from '../../src/config/data-dir.ts';
import { readKeyFile } from '../../src/config/secrets.ts';
import { addMigrationFunctions, migrations } from '../../src/db/migrations/index.ts';
import { openDatabase } from '../../src/db/sqlite.ts';
import { createSealer } from '../../src/lib/seal.ts';
import { sealedColumns } from '../../src/sealing/columns.ts';
import { fillIncidents } from '../support/filled-alerts.ts';
import { fillEmptyTables, makeOldData, type Rows, rowsOf } from '../support/old-data.ts';
import { endPrograms, run, runToEnd } from '../support/program.ts';
import { keyPair, newPath, requireRig } from '../support/rig.ts';
import { type Json, password, type Service, startApp, startService } from '../support/service.ts';

/** Some start several programs, which takes long where other tests do so too. */
const patient = { timeout: 180_000 };
const newest = migrations.length;
const until = '2099-01-01T00:00:00Z';
const lists = [
  '/host/db/host',
  '/credentials',
  '/users/list',
  '/users/api-keys',
  '/users/preferences',
  '/known-hosts',
  '/rules',
  '/channels',
  '/silences',
  '/maintenance',
  '/incidents',
  '/destinations',
  '/heartbeat',
];
const today = newPath('today');
let rows: Rows;
let token: string;
let apiKey: string;
/** What the API of today's data answers. */
const answers = new Map<string, Json>();

beforeAll(async () => {
  requireRig('strace');
  const sonde = await startService(today);
  ({ token } = sonde.admin);
  const ids = await fill(sonde);
  apiKey = ids.apiKey;
  const admin = (await sonde.admin.get('/users/me')).body.username;
  await sonde.close();
  fillIncidents(today, admin, [
    {
      base: 'host-down',
      hostId: ids.host,
      hostName: 'web',
      openedAt: 1_760_000_000_000,
      closedAt: 1_760_000_100_000,
      summary: 'web was down',
    },
  ]);
  fillEmptyTables(databaseFile(today));
  const again = await startService(today);
  for (const path of lists) answers.set(path, (await again.admin.get(path)).body);
  await again.close();
  rows = rowsOf(databaseFile(today));
}, 120_000);

afterAll(endPrograms);

/** Something of everything that people can make. Nothing of it connects anywhere. */
async function fill({ admin, user }: Service): Promise<{ readonly host: number; readonly apiKey: string }> {
  const made = async (method: 'post' | 'put', path: string, body: object): Promise<Json> => {
    const answer = await admin[method](path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const ben = await user('ben');
  const benId = (await ben.get('/users/me')).body.userId;
  const key = keyPair();
  const credential = await made('post', '/credentials', {
    name: 'deploy',
    username: 'deploy',
    authType: 'key',
    key: key.privateKey,
  });
  const quiet = { statusCheckEnabled: false };
  const at = { ip: '192.0.2.7', port: 22, username: 'root', tags: ['blue'], statsConfig: quiet };
  const host = await admin.add({ ...at, name: 'web', authType: 'password', password: 'hunter2' });
  await admin.add({ ...at, name: 'db', authType: 'credential', credentialId: credential.id });
  await made('put', `/shares/${host}/${benId}`, { level: 'view' });
  const { token: made_ } = await made('post', '/users/api-keys', { name: 'program' });
  await made('put', '/users/preferences/fleet', { value: { columns: ['cpu'] } });
  await made('post', '/known-hosts', { text: `web.example.org ${key.publicKey}` });
  await made('post', '/rules', { name: 'Mine', condition: { kind: 'status' }, enabled: false });
  await made('post', '/channels', { kind: 'ntfy', name: 'phone', enabled: false, config: { topic: 'secret-topic' } });
  await made('post', '/silences', { matcher: { severity: 'info' }, until, reason: 'quiet' });
  const time = { kind: 'weekly', days: [0], begins: '22:00', ends: '05:00', zone: 'UTC' };
  await made('post', '/maintenance', { name: 'Sunday', hosts: { all: true }, time });
  await made('post', '/destinations', {
    name: 'mimir',
    enabled: false,
    config: { url: 'https://mimir.example/push', username: 'u', password: 'p' },
  });
  await made('put', '/heartbeat', { url: 'https://hc.example/ping/secret', intervalSeconds: 3_600 });
  return { host, apiKey: made_ };
}

/** What is in the database after a migration that was there before it, by table, with the columns that there were then. */
function kept(before: Rows, after: Rows): Rows {
  return new Map(
    [...before].map(([table, old]) => {
      const names = Object.keys(old[0] ?? {});
      return [
        table,
        (after.get(table) ?? []).map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]))),
      ];
    }),
  );
}

const versions = Array.from({ length: newest }, (_, index) => index + 1);

test.each(versions)(
  'a data folder of version %i has everything in it after the upgrade, and all of it can be read',
  async (version) => {
    const folder = newPath(`version-${version}`);
    const before = makeOldData(folder, version, rows, today);
    for (const [table, found] of before) expect([table, found.length > 0]).toEqual([table, true]);
    await openDatabase(databaseFile(folder)).destroy();
    const after = rowsOf(databaseFile(folder));
    for (const [table, found] of kept(before, after)) {
      // Nothing had been written to it before version 18 made it anew.
      if (table === 'events' && version < 18) continue;
      expect([table, found]).toEqual([table, expect.arrayContaining([...(before.get(table) ?? [])])]);
    }
    const sealer = createSealer(readKeyFile(join(folder, 'sealing.key')));
    for (const { table, column, boundTo } of sealedColumns)
      for (const row of before.get(table) ?? []) {
        const { id, [column]: sealed } = row;
        if (typeof sealed !== 'string' || sealed === 'x') continue;
        expect(sealer.open(sealed, boundTo(typeof id === 'string' ? id : Number(id).toString()))).not.toBe('');
      }

    const app = await startApp(folder);
    try {
      const get = async (path: string, bearer = token) => {
        const response = await fetch(`${app.url}${path}`, { headers: { Authorization: `Bearer ${bearer}` } });
        return { status: response.status, body: (await response.json().catch(() => null)) as Json };
      };
      for (const path of lists) {
        const { status, body } = await get(path);
        expect([path, status]).toEqual([path, 200]);
        if (version === newest) expect([path, body]).toEqual([path, answers.get(path)]);
      }
      const hosts = (await get('/host/db/host', apiKey)).body;
      expect(hosts).toMatchObject([{ name: 'web', ip: '192.0.2.7', username: 'root', tags: ['blue'] }, { name: 'db' }]);
      if (version > 1) return;
      const { paths } = (await get('/openapi.json')).body;
      const reads = Object.keys(paths).filter((path) => paths[path].get !== undefined && path !== '/live');
      for (const path of reads) {
        const { status } = await get(path.replace(/\{\w+\}/, '1'));
        expect([path, status < 500, status === 401]).toEqual([path, true, false]);
      }
      const login = await fetch(`${app.url}/users/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Electron-App': 'true' },
        body: JSON.stringify({ username: 'ADMIN', password }),
      });
      expect(login.status).toBe(200);
    } finally {
      await app.close();
    }
  },
);

test(
  'a database of a newer version is refused with a sentence, by a start and by a command, and stays as it was',
  patient,
  async () => {
    const folder = newPath('newer');
    makeOldData(folder, newest, rows, today);
    const sqlite = new DatabaseSync(databaseFile(folder));
    sqlite.exec(`PRAGMA user_version = ${newest + 1}`);
    sqlite.close();
    const before = readFileSync(databaseFile(folder));
    const env = { SONDE_DATA_DIR: folder, SONDE_PORT: '0' };
    for (const args of [['start'], ['reset-password', 'admin']]) {
      const { code, err } = await runToEnd(env, args, 'a new password\n');
      expect([args, code, err]).toEqual([
        args,
        2,
        expect.stringMatching(/^sonde: .* was made by a newer Sonde; start that one, or restore a backup\n$/),
      ]);
    }
    const doctor = await runToEnd(env, ['doctor']);
    expect([doctor.code, doctor.out]).toEqual([
      2,
      expect.stringContaining('Install the newer Sonde, or restore a backup of this version'),
    ]);
    expect(readFileSync(databaseFile(folder)).equals(before)).toBe(true);
  },
);

test(
  'a migration that is killed at any write leaves a whole version, the old or one after it, and the next start finishes it',
  patient,
  async () => {
    const made = newPath('killed');
    const before = makeOldData(made, 1, rows, today);
    const program = `${newPath('open')}.mjs`;
    const source = new URL('../../src/db/sqlite.ts', import.meta.url).href;
    writeFileSync(
      program,
      `import { openDatabase } from '${source}';\nawait openDatabase(process.argv[2]).destroy();\n`,
    );
    const log = newPath('strace');
    const migrate = (folder: string, ...inject: string[]): Promise<number | string> => {
      const traced = ['strace', '-f', '-qq', '-o', log, '-e', 'trace=pwrite64,fsync', ...inject];
      return run({}, [databaseFile(folder)], '', traced, program).ended;
    };
    const copied = (): string => {
      const folder = newPath('killed');
      cpSync(made, folder, { recursive: true });
      return folder;
    };
    expect(await migrate(copied())).toBe(0);
    const calls = [...readFileSync(log, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = '']) => call);
    const versionsLeft = new Set<number>();
    for (const call of ['pwrite64', 'fsync']) {
      const total = calls.filter((one) => one === call).length;
      expect(total).toBeGreaterThan(10);
      for (const at of call === 'fsync' ? [Math.round(total / 3), total] : [1, Math.round(total / 2), total]) {
        const folder = copied();
        expect([call, at, await migrate(folder, '-e', `inject=${call}:signal=KILL:when=${at}`)]).toEqual([
          call,
          at,
          'SIGKILL',
        ]);
        const sqlite = new DatabaseSync(databaseFile(folder));
        const version = Number(sqlite.prepare('PRAGMA user_version').get()?.user_version);
        expect(sqlite.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
        // Exactly the tables of that version, no more and no fewer.
        const schema = 'SELECT sql FROM sqlite_master ORDER BY name';
        expect(sqlite.prepare(schema).all()).toEqual(schemaOf(version, schema));
        sqlite.close();
        versionsLeft.add(version);
        await openDatabase(databaseFile(folder)).destroy();
        for (const [table, found] of kept(before, rowsOf(databaseFile(folder))))
          expect([table, found]).toEqual([table, expect.arrayContaining([...(before.get(table) ?? [])])]);
      }
    }
    expect([...versionsLeft].every((version) => version >= 1 && version <= newest)).toBe(true);
    expect(versionsLeft.has(1)).toBe(true);
  },
);

function schemaOf(version: number, query: string): readonly object[] {
  const sqlite = new DatabaseSync(':memory:');
  addMigrationFunctions(sqlite);
  for (const migration of migrations.slice(0, version)) sqlite.exec(migration);
  const found = sqlite.prepare(query).all();
  sqlite.close();
  return found;
}
