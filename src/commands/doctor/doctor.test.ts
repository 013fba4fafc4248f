import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { startData } from '../../../test/support/data-folder.ts';
import { makeFolder, removeFolders } from '../../../test/support/history-engine.ts';
import { databaseFile } from '../../config/data-dir.ts';
import { lockDataDir } from '../../db/lock.ts';
import { migrations } from '../../db/migrations/index.ts';
import { checkHistoryFile } from '../../history/files/check.ts';
import { channelSecretOf } from '../../model/alerts/channel.ts';
import { openSealingKey } from '../../sealing/open-key.ts';
import { doctor } from './doctor.ts';
import type { Finding } from './finding.ts';
import { checkClock, checkRoom, checkVersions } from './machine.ts';
import { checkCertificate } from './service.ts';

afterEach(removeFolders);

async function examine(dataDir: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []) {
  const lines: string[] = [];
  const options = {
    env: { SONDE_DATA_DIR: dataDir, SONDE_PORT: '1', ...env },
    version: '1.2.3',
    say: (line: string) => void lines.push(line),
    now: Date.now,
  };
  const code = await doctor(['--json', ...args], options);
  const { status, findings } = JSON.parse(lines[0] ?? '') as {
    readonly status: number;
    readonly findings: readonly Finding[];
  };
  expect(code).toBe(status);
  const of = (area: Finding['area']): readonly string[] =>
    findings.filter((one) => one.area === area).map(({ state, message }) => `${state}: ${message}`);
  return { code, of, findings };
}

/** A data folder as Sonde leaves it when it ends. */
async function stopped() {
  const { dataDir, db } = await startData();
  await db.destroy();
  chmodSync(dataDir, 0o700);
  lockDataDir(dataDir)();
  return dataDir;
}

test('a data folder in order is fine in every respect, and is not changed', async () => {
  const dataDir = await stopped();
  const before = readdirSync(dataDir).sort();
  const { code, of, findings } = await examine(dataDir, {}, ['--full']);
  expect(of('folder')).toEqual([`ok: Only its owner can use the data folder ${dataDir}`]);
  expect(of('key')).toEqual([
    expect.stringMatching(/^ok: The sealing key [0-9a-f]{8} in the data folder opens the stored secrets$/),
  ]);
  expect(of('database')).toEqual([expect.stringMatching(/^ok: The database is whole/)]);
  expect(of('service')).toEqual(['warning: Sonde is not running with this data folder']);
  expect([code, findings.filter(({ state }) => state === 'problem')]).toEqual([1, []]);
  expect(readdirSync(dataDir).sort()).toEqual(before);
});

test('what is wrong is said with what to do, for people too', async () => {
  const lines: string[] = [];
  const env = { SONDE_DATA_DIR: join(makeFolder(), 'none') };
  expect(await doctor([], { env, version: '1.2.3', say: (line) => void lines.push(line), now: Date.now })).toBe(2);
  expect(lines.join('\n')).toMatch(/\nWRONG {2}There is no data folder .*none\n {7}→ Set SONDE_DATA_DIR/);
  expect(lines.at(-1)).toBe('1 wrong, 0 to look at.');
  expect(existsSync(env.SONDE_DATA_DIR)).toBe(false);
  const unseen = await examine(`/${'x'.repeat(300)}`);
  expect([unseen.code, unseen.of('folder')]).toEqual([
    2,
    [expect.stringContaining('cannot be looked at: ENAMETOOLONG')],
  ]);
  const { code, of } = await examine(makeFolder(), { SONDE_PORT: 'http' });
  expect([code, of('settings')]).toEqual([2, [expect.stringContaining('problem: SONDE_PORT')]]);
});

test('nothing that a name or an answer contains controls the terminal', async () => {
  const said: string[] = [];
  const env = { SONDE_DATA_DIR: '/none\u001b[2J\u009b31m', SONDE_PORT: '1' };
  const options = { env, version: '1.2.3', say: (line: string) => void said.push(line), now: Date.now };
  for (const args of [[], ['--json']]) await doctor(args, options);
  expect(said.join('')).toContain('There is no data folder /none');
  expect(said.join('')).not.toMatch(/\p{Cc}/u);
});

test('others who may write in the folder or read a key are named', async () => {
  const dataDir = await stopped();
  chmodSync(dataDir, 0o777);
  chmodSync(join(dataDir, 'sealing.key'), 0o644);
  mkdirSync(join(dataDir, 'restoring'));
  const { code, findings, of } = await examine(dataDir);
  expect(of('folder')).toEqual([
    expect.stringMatching(/^warning: Other users may write in the data folder .*0777/),
    expect.stringMatching(/^warning: Other users may read the key file/),
    'warning: A restore was interrupted before it changed anything, or is at work',
  ]);
  expect(findings.find(({ area }) => area === 'folder')?.todo).toBe(`chmod 700 ${dataDir}`);
  expect(code).toBe(1);
  // Once the database was moved, the rest may be the only copy of something.
  rmSync(databaseFile(dataDir));
  const moved = await examine(dataDir);
  expect(moved.of('folder')).toContain('problem: A restore was interrupted');
  expect(moved.findings.map(({ todo }) => todo).join()).not.toMatch(/remove the files/i);
  expect(moved.code).toBe(2);
});

test('a file that this user may not even look at ends no check', async () => {
  const dataDir = await stopped();
  rmSync(join(dataDir, 'sealing.key'));
  symlinkSync('sealing.key', join(dataDir, 'sealing.key'));
  const { code, of } = await examine(dataDir);
  expect([code, of('folder')]).toEqual([2, [expect.stringMatching(/^ok: /)]]);
  expect(of('key')).toEqual([expect.stringMatching(/^problem: The sealing key [0-9a-f]{8} is missing/)]);
});

test('a key that is missing, is another one or is no key is told apart', async () => {
  const dataDir = await stopped();
  const file = join(dataDir, 'sealing.key');
  writeFileSync(file, `${'a'.repeat(64)}\n`, { mode: 0o600 });
  expect((await examine(dataDir)).of('key')).toEqual([
    expect.stringMatching(
      /^problem: The sealing key .* does not open the stored secrets: they need the key [0-9a-f]{8}$/,
    ),
  ]);
  writeFileSync(file, 'not a key');
  expect((await examine(dataDir)).of('key')).toEqual([expect.stringMatching(/^problem: .*sealing\.key/)]);
  rmSync(file);
  expect((await examine(dataDir)).of('key')).toEqual([
    expect.stringMatching(/^problem: The sealing key [0-9a-f]{8} is missing/),
  ]);
});

test('a damaged database, one of a newer Sonde, an older one and a damaged file of history are found', async () => {
  const dataDir = await stopped();
  const file = databaseFile(dataDir);
  const setVersion = (version: number): void => {
    const sqlite = new DatabaseSync(file);
    sqlite.exec(`PRAGMA user_version=${version}; PRAGMA wal_checkpoint(TRUNCATE)`);
    sqlite.close();
  };
  setVersion(migrations.length + 1);
  expect((await examine(dataDir)).of('database')).toEqual([
    expect.stringMatching(/^problem: The database is of a newer Sonde/),
  ]);
  setVersion(migrations.length - 1);
  expect((await examine(dataDir)).of('database')).toEqual([
    expect.stringMatching(/^warning: The database is whole .* of version/),
  ]);
  setVersion(migrations.length);
  mkdirSync(join(dataDir, 'history'));
  writeFileSync(join(dataDir, 'history/journal.db'), 'x'.repeat(8_192));
  expect((await examine(dataDir, {}, ['--full'])).of('database')[1]).toMatch(
    /^problem: history\/journal\.db is damaged: /,
  );
  expect((await examine(dataDir)).of('database')[1]).toMatch(/^ok: History has 1 files/);
  expect(checkHistoryFile(join(dataDir, 'history/gone.db'), false)).toBeNull();

  const open = openSync(file, 'r+');
  writeSync(open, Buffer.alloc(4_096, 0xff), 0, 4_096, 8_192);
  expect((await examine(dataDir)).of('database')[0]).toMatch(/^problem: The database .*(damaged|cannot be read)/);
  // The key is not to blame.
  writeFileSync(file, 'x'.repeat(8_192));
  const unread = await examine(dataDir);
  expect([unread.code, unread.of('key')]).toEqual([
    2,
    [expect.stringMatching(/^warning: Whether the sealing key is right cannot be told/)],
  ]);
  writeFileSync(file, '');
  expect((await examine(dataDir)).of('database')[0]).toBe('warning: The database is empty');
});

test('channels that are on are tried without sending anything; one that cannot be reached or opened is named', async () => {
  const { dataDir, db } = await startData();
  chmodSync(dataDir, 0o700);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { sealer } = openSealingKey(dataDir, { from: 'data-folder' });
  const add = async (name: string, config: object | null, enabled = 1): Promise<void> => {
    const values = {
      user_id: 'ada',
      kind: 'ntfy' as const,
      name,
      enabled,
      filter_json: '{}',
      config_sealed: null,
      state: 'ok' as const,
      state_at: 0,
      error: null,
      created_at: 0,
      updated_at: 0,
    };
    const { id } = await db.insertInto('channels').values(values).returning('id').executeTakeFirstOrThrow();
    const config_sealed = config === null ? 'v1.broken' : sealer.seal(JSON.stringify(config), channelSecretOf(id));
    await db.updateTable('channels').set({ config_sealed }).where('id', '=', id).execute();
  };
  await add('there', { url: `http://127.0.0.1:${port}`, topic: 't', token: 'hidden-token' });
  await add('gone', { url: 'http://127.0.0.1:1', topic: 't', token: 'hidden-token' });
  await add('broken', null);
  await add('off', { url: 'http://127.0.0.1:1', topic: 't' }, 0);
  await db.destroy();
  const { of, findings } = await examine(dataDir, { SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' });
  server.close();
  expect([...of('channel')].sort()).toEqual([
    'ok: The channel "there" (ntfy) can reach 127.0.0.1',
    expect.stringMatching(/^problem: The channel "broken" \(ntfy\) cannot be used: /),
    'problem: The channel "gone" (ntfy) cannot reach its service: 127.0.0.1 refused the connection: nothing listens on this port',
  ]);
  expect(requests).toEqual([]);
  expect(JSON.stringify(findings)).not.toContain('hidden-token');
});

test('a Sonde that runs is asked how it is, and one that does not answer is a problem', async () => {
  const dataDir = await stopped();
  const unlock = lockDataDir(dataDir);
  const server = createServer((_request, response) =>
    response.end('{"status":"ok","storage":{"reason":"full","message":"The disk is full"}}'),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { of } = await examine(dataDir, { SONDE_PORT: String(port) });
  expect(of('service')).toEqual([
    `ok: Sonde runs, and answers at http://127.0.0.1:${port}/health`,
    'warning: The disk is full',
  ]);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  const [key, cert] = [join(dataDir, 'tls.key'), join(dataDir, 'tls.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const other = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
    response.end('<p>Another program</p>'),
  );
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const found = await examine(dataDir, {
    SONDE_PORT: String((other.address() as AddressInfo).port),
    SONDE_TLS_CERT: cert,
    SONDE_TLS_KEY: key,
  });
  expect(found.of('service')[0]).toMatch(/^problem: Sonde runs, but does not answer at https:.*not valid JSON/);
  other.closeAllConnections();
  await new Promise((done) => other.close(done));
  const silent = await examine(dataDir, { SONDE_PORT: String(port) });
  expect([silent.code, silent.of('service')]).toEqual([
    2,
    [expect.stringContaining('problem: Sonde runs, but does not answer')],
  ]);
  unlock();
});

test('versions, room and the clock are judged', () => {
  expect(checkVersions('1', { node: '22.1.0' })[0]?.state).toBe('problem');
  expect(checkVersions('1', { node: '26.1.0' })[0]?.state).toBe('ok');
  const gib = 1024 ** 3;
  const room = (freeBytes: number, totalBytes: number, freeInodes = 9_999) =>
    checkRoom('/d', { freeBytes, totalBytes, freeInodes, totalInodes: 10_000 }).state;
  expect([
    room(50 * gib, 100 * gib),
    room(4 * gib, 100 * gib),
    room(0.05 * gib, gib),
    room(50 * gib, 100 * gib, 10),
  ]).toEqual(['ok', 'warning', 'problem', 'problem']);
  const now = Date.UTC(2026, 10, 30);
  expect([
    checkClock(now, now - 1, true).state,
    checkClock(now, now + 90_000, true).state,
    checkClock(now, null, false).state,
    checkClock(now, null, null).state,
  ]).toEqual(['ok', 'problem', 'warning', 'ok']);
  const tls = { certFile: '/none', keyFile: '/none' };
  expect(checkCertificate({ tls } as never, now)[0]).toMatchObject({
    state: 'problem',
    message: expect.stringContaining('/none'),
  });
  expect(checkCertificate({ tls: null } as never, now)).toEqual([]);
});
