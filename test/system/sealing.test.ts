/** The sealing key: where it is from, what happens with a wrong one, what a copy of the data gives without it, rotation. */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { sealing } from '../../src/db/migrations/0001-0012/0006-sealing.ts';
import { addMigrationFunctions, migrations } from '../../src/db/migrations/index.ts';
import { channelSecretOf } from '../../src/model/alerts/channel.ts';
import { heartbeatSecret } from '../../src/model/alerts/heartbeat.ts';
import { destinationSecretOf } from '../../src/model/export/destination.ts';
import { idTokenOf, signInSecret } from '../../src/model/people/sign-in.ts';
import { sealedColumns } from '../../src/sealing/columns.ts';
import { openSealingKey } from '../../src/sealing/open-key.ts';
import { readKey } from '../../src/ssh/keys/read-key.ts';
import { endPrograms, run, runToEnd, start } from '../support/program.ts';
import { keyPair, newPath, requireRig } from '../support/rig.ts';
import { password, startService } from '../support/service.ts';

/** Of everything that is sealed: the column and what was put there. */
const secrets: Record<string, string> = {};
let template = '';

/** Fills every sealed column through the API; the database then is as it is after a kill -9, with its write-ahead log. */
beforeAll(async () => {
  requireRig('strace');
  const live = newPath('live');
  mkdirSync(live);
  const sonde = await startService(live);
  const locked = keyPair('ed25519', 'open sesame 1');
  const other = keyPair('ed25519', 'open sesame 2');
  const base = { name: 'h', ip: '192.0.2.1', port: 22, username: 'u' };
  const login = (key: string, keyPassword: string, word: string) => ({
    authType: 'key',
    key,
    keyPassword,
    password: word,
  });
  await sonde.admin.post('/host/db/host', {
    ...base,
    ...login(locked.privateKey, 'open sesame 1', 'host hunter'),
    useSocks5: true,
    socks5Host: '192.0.2.9',
    socks5Port: 1080,
    socks5Username: 's',
    socks5Password: 'socks hunter',
  });
  await sonde.admin.post('/credentials', {
    name: 'c',
    username: 'u',
    ...login(other.privateKey, 'open sesame 2', 'credential hunter'),
  });
  const { body } = await sonde.admin.post('/users/totp/setup');
  const bob = await sonde.user('bob');
  const pending = (await bob.post('/users/totp/setup')).body.secret;
  Object.assign(secrets, {
    'hosts.password_sealed': 'host hunter',
    'hosts.key_sealed': locked.privateKey,
    'hosts.key_password_sealed': 'open sesame 1',
    'hosts.key_opened_sealed': openedText(locked.privateKey, 'open sesame 1'),
    'hosts.socks_password_sealed': 'socks hunter',
    'credentials.password_sealed': 'credential hunter',
    'credentials.key_sealed': other.privateKey,
    'credentials.key_password_sealed': 'open sesame 2',
    'credentials.key_opened_sealed': openedText(other.privateKey, 'open sesame 2'),
    'users.totp_sealed': body.secret,
    'users.totp_pending': pending,
    'sealing.check_sealed': 'sonde',
  });
  // As if the admin had proven the code.
  const sqlite = new DatabaseSync(join(live, 'sonde.db'));
  sqlite.exec("UPDATE users SET totp_sealed = totp_pending, totp_pending = NULL WHERE username = 'admin'");
  const { sealer } = openSealingKey(live, readConfig({ SONDE_DATA_DIR: live }).sealingKey);
  secrets['channels.config_sealed'] = '{"url":"https://chat.example/hook"}';
  sqlite
    .prepare(
      `INSERT INTO channels (id, user_id, kind, name, enabled, filter_json, config_sealed, state, state_at, created_at, updated_at)
       SELECT 7, id, 'webhook', 'chat', 1, '{}', ?, 'ok', 1, 1, 1 FROM users WHERE username = 'admin'`,
    )
    .run(sealer.seal(secrets['channels.config_sealed'], channelSecretOf(7)));
  secrets['heartbeat.url_sealed'] = 'https://hc.example/secret-of-it';
  sqlite
    .prepare('INSERT INTO heartbeat (id, url_sealed, interval_seconds, tells_failure) VALUES (1, ?, 60, 1)')
    .run(sealer.seal(secrets['heartbeat.url_sealed'], heartbeatSecret));
  secrets['destinations.config_sealed'] = '{"url":"https://mimir.example/push","token":"secret-of-it"}';
  sqlite
    .prepare(
      `INSERT INTO destinations (id, user_id, kind, name, enabled, hosts_json, config_sealed, created_at, updated_at)
       SELECT 3, id, 'remote-write', 'mimir', 0, '{"all":true}', ?, 1, 1 FROM users WHERE username = 'admin'`,
    )
    .run(sealer.seal(secrets['destinations.config_sealed'], destinationSecretOf(3)));
  secrets['sign_in_provider.config_sealed'] =
    '{"issuer":"https://id.example","clientId":"c","clientSecret":"secret-of-it"}';
  sqlite
    .prepare('INSERT INTO sign_in_provider (id, config_sealed) VALUES (1, ?)')
    .run(sealer.seal(secrets['sign_in_provider.config_sealed'], signInSecret));
  secrets['sessions.id_token_sealed'] = 'the.id.token';
  const session = String(sqlite.prepare('SELECT id FROM sessions LIMIT 1').get()?.id);
  sqlite
    .prepare("UPDATE sessions SET began_by = 'oidc', id_token_sealed = ? WHERE id = ?")
    .run(sealer.seal(secrets['sessions.id_token_sealed'], idTokenOf(session)), session);
  sqlite.close();
  template = newPath('template');
  cpSync(live, template, { recursive: true });
  await sonde.close();
});

afterEach(endPrograms);

/** A key as it is kept beside the one with its passphrase. */
function openedText(key: string, passphrase: string): string {
  const opened = readKey({ key, passphrase });
  if (!opened.ok) throw new Error(opened.message);
  return opened.text;
}

/** A data folder of its own, with everything in it; `key` in another place than the data folder. */
function data(options: { readonly keyElsewhere?: true } = {}) {
  const dataDir = newPath('data');
  cpSync(template, dataDir, { recursive: true });
  const inFolder = join(dataDir, 'sealing.key');
  const key = readFileSync(inFolder, 'utf8').trim();
  if (options.keyElsewhere) rmSync(inFolder);
  return { dataDir, key, env: { SONDE_DATA_DIR: dataDir, SONDE_PORT: '0', SONDE_LOG_LEVEL: 'silent' } };
}

/** Opens every sealed text of a data folder as a start with these settings would. */
function openAll(dataDir: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  const config = readConfig({ SONDE_DATA_DIR: dataDir, ...env });
  const { sealer } = openSealingKey(dataDir, config.sealingKey);
  const sqlite = new DatabaseSync(join(dataDir, 'sonde.db'));
  const found = sealedColumns.flatMap(({ table, column, boundTo }) =>
    sqlite
      .prepare(`SELECT id, ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL`)
      .all()
      .map(({ id, value }) => [`${table}.${column}`, sealer.open(String(value), boundTo(String(id)))] as const),
  );
  sqlite.close();
  return Object.fromEntries(found);
}

/** Every sealed text as it stands in the database. */
function sealedIn(dataDir: string): string[] {
  const sqlite = new DatabaseSync(join(dataDir, 'sonde.db'));
  const found = sealedColumns.flatMap(({ table, column }) =>
    sqlite.prepare(`SELECT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL`).all(),
  );
  sqlite.close();
  return found.map(({ value }) => String(value));
}

/** What stands in a folder: every file but the empty lock, by its hash. */
function hashes(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name !== 'sonde.lock' && statSync(join(folder, name)).isFile(),
  );
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

/** The folder must not have changed, but that reading may have made the index of the log anew. */
function expectUntouched(folder: string, before: Record<string, string>): void {
  const { 'sonde.db-shm': _, ...now } = hashes(folder);
  const { 'sonde.db-shm': __, ...then } = before;
  expect(now).toEqual(then);
}

function program(text: string): string {
  const file = newPath('program');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('where the key is from', () => {
  test('the template has something in every sealed column', () => {
    expect(openAll(data().dataDir)).toEqual(secrets);
    expect(Object.keys(secrets).sort()).toEqual(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort());
  });

  test.each([
    ['a file', (key: string) => ({ SONDE_SEALING_KEY_FILE: keyFile(key) })],
    [
      'a file in base64',
      (key: string) => ({ SONDE_SEALING_KEY_FILE: keyFile(Buffer.from(key, 'hex').toString('base64')) }),
    ],
    ['the environment', (key: string) => ({ SONDE_SEALING_KEY: key })],
    [
      'a command',
      (key: string) => ({ SONDE_SEALING_KEY_COMMAND: `${program(`[ "$1" = 'a b' ] && echo ${key}`)} 'a b'` }),
    ],
  ])('%s', async (_, source) => {
    const { dataDir, key, env } = data({ keyElsewhere: true });
    const set = source(key);
    const { child, ended } = await start({ ...env, ...set });
    expect(existsSync(join(dataDir, 'sealing.key'))).toBe(false);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(openAll(dataDir, set)).toEqual(secrets);
  });

  test('a first start with a key from elsewhere makes none in the data folder', async () => {
    const dataDir = newPath('data');
    const { url } = await start({ SONDE_DATA_DIR: dataDir, SONDE_PORT: '0', SONDE_SEALING_KEY: 'ab'.repeat(32) });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(readdirSync(dataDir)).not.toContain('sealing.key');
  });

  test.each([
    [
      'that fails says why',
      'echo "permission denied: secret/sonde" >&2; exit 3',
      /ended with 3: permission denied: secret\/sonde$/,
    ],
    ['that prints no key', 'echo sealed', /must be 32 bytes/],
    ['that prints without end', 'yes', /more than a key/],
    ['that prints nothing', 'exit 0', /must be 32 bytes/],
  ])('a command %s', async (_, script, message) => {
    const { dataDir, env } = data({ keyElsewhere: true });
    const before = hashes(dataDir);
    const { code, err } = await runToEnd({ ...env, SONDE_SEALING_KEY_COMMAND: program(script) }, []);
    expect([code, err]).toEqual([2, expect.stringMatching(/^sonde: [^\n]+\n$/)]);
    expect(err.trim()).toMatch(message);
    expectUntouched(dataDir, before);
  });

  test('a command is not read by a shell', async () => {
    const { env } = data({ keyElsewhere: true });
    const trace = newPath('trace');
    const { code } = await runToEnd(
      { ...env, SONDE_SEALING_KEY_COMMAND: `echo x; touch ${trace} $(touch ${trace})` },
      [],
    );
    expect([code, existsSync(trace)]).toEqual([2, false]);
  });
});

function keyFile(text: string): string {
  const file = newPath('key');
  writeFileSync(file, `${text}\n`);
  return file;
}

/** As a database was before it had a check value. */
function makeOld(dataDir: string): void {
  const version = migrations.indexOf(sealing);
  const old = new DatabaseSync(':memory:');
  addMigrationFunctions(old);
  for (const migration of migrations.slice(0, version)) old.exec(migration);
  const sqlite = new DatabaseSync(join(dataDir, 'sonde.db'));
  // Tables go in the order in which they came, before those that refer to them.
  sqlite.exec('PRAGMA foreign_keys=OFF');
  const later = (query: string): string[] => {
    const before = new Set(namesOf(old, query));
    return namesOf(sqlite, query).filter((name) => !before.has(name));
  };
  for (const name of later("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    sqlite.exec(`DROP INDEX ${name}`);
  for (const name of later("SELECT name FROM sqlite_master WHERE type = 'table'")) sqlite.exec(`DROP TABLE ${name}`);
  for (const name of later(
    "SELECT t.name || '.' || c.name AS name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
  ))
    sqlite.exec(`ALTER TABLE ${name.replace('.', ' DROP COLUMN ')}`);
  // A later migration adds this row.
  sqlite.exec("DELETE FROM settings WHERE name = 'history'");
  sqlite.exec(`PRAGMA user_version = ${version}`);
  sqlite.close();
}

function namesOf(sqlite: DatabaseSync, query: string): string[] {
  return sqlite
    .prepare(query)
    .all()
    .map(({ name }) => String(name));
}

/** What there was before there were channels, destinations and a dead man's switch, and keys were kept opened; a start opens none by itself. */
const oldSecrets = () =>
  Object.fromEntries(
    Object.entries(secrets).filter(
      ([name]) => !/key_opened|^channels|^heartbeat|^destinations|^sign_in|^sessions/.test(name),
    ),
  );

describe('a wrong key produces one line, and nothing is changed', () => {
  const wrong = { SONDE_SEALING_KEY: 'cd'.repeat(32) };

  test.each(['with a check value', 'from before there was one'])('database %s', async (kind) => {
    const { dataDir, env } = data();
    if (kind !== 'with a check value') makeOld(dataDir);
    const before = hashes(dataDir);
    const { code, err, out } = await runToEnd({ ...env, ...wrong }, []);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^sonde: The secrets of the database are sealed with [^\n]+; nothing was changed\n$/);
    expect(err).not.toContain('cdcd');
    expectUntouched(dataDir, before);
    const { child, ended } = await start(env);
    child.kill('SIGTERM');
    expect([await ended, openAll(dataDir)]).toEqual([0, kind === 'with a check value' ? secrets : oldSecrets()]);
  });

  test('a key that was lost is not replaced by a new one', async () => {
    const { dataDir, env } = data({ keyElsewhere: true });
    const before = hashes(dataDir);
    const { code, err } = await runToEnd(env, []);
    expect([code, err]).toEqual([2, expect.stringMatching(/^sonde: [^\n]+sealing\.key is missing: [^\n]+\n$/)]);
    expectUntouched(dataDir, before);
  });
});

test('a copy of the database gives none of its secrets', () => {
  const { dataDir } = data();
  const raw = ['sonde.db', 'sonde.db-wal'].map((name) => readFileSync(join(dataDir, name)).toString('latin1')).join();
  expect(raw).toContain('192.0.2.9');
  const whole = [...Object.values(secrets), password].filter((secret) => secret !== 'sonde');
  for (const secret of whole.flatMap((one) => one.trim().split('\n'))) {
    const shown = [
      secret,
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ];
    expect(shown.filter((one) => raw.includes(one))).toEqual([]);
  }
});

describe('rotation', () => {
  test('in the data folder: everything opens with the new key, nothing with the old, not even in unused pages', async () => {
    const { dataDir, key, env } = data();
    const before = sealedIn(dataDir);
    const { code, out, err } = await runToEnd(env, ['rotate-key']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('hosts.password_sealed 1\n');
    const now = readFileSync(join(dataDir, 'sealing.key'), 'utf8').trim();
    expect(now).not.toBe(key);
    expect(out).not.toContain(now);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('sealing'))).toEqual(['sealing.key']);
    expect(openAll(dataDir)).toEqual(secrets);
    const raw = readFileSync(join(dataDir, 'sonde.db')).toString('latin1');
    for (const text of before) expect(raw).not.toContain(text.slice(3, 40));
    await start(env);
  });

  test('from and to any source', async () => {
    const { dataDir, key, env } = data({ keyElsewhere: true });
    const keys = Array.from({ length: 3 }, () => randomBytes(32).toString('hex'));
    const [inFile = '', inEnv = '', printed = ''] = keys;
    const rotate = async (old: Record<string, string>, args: string[]) => {
      const { code, out, err } = await runToEnd({ ...env, ...old, NEXT: inEnv }, ['rotate-key', ...args]);
      expect([code, err]).toEqual([0, '']);
      for (const one of [key, ...keys]) expect(out).not.toContain(one);
      return out;
    };
    const file = keyFile(inFile);
    await rotate({ SONDE_SEALING_KEY: key }, ['--new-key-file', file]);
    await rotate({ SONDE_SEALING_KEY_FILE: file }, ['--new-key-env', 'NEXT']);
    await rotate({ SONDE_SEALING_KEY: inEnv }, ['--new-key-command', `echo ${printed}`]);
    const made = newPath('made');
    await rotate({ SONDE_SEALING_KEY_COMMAND: `echo ${printed}` }, ['--new-key-file', made]);
    expect(openAll(dataDir, { SONDE_SEALING_KEY_FILE: made })).toEqual(secrets);
    const shown = /^[0-9a-f]{64}$/m.exec(await rotate({ SONDE_SEALING_KEY_FILE: made }, ['--print-key']))?.[0] ?? '';
    expect(openAll(dataDir, { SONDE_SEALING_KEY: shown })).toEqual(secrets);
    expect(() => openAll(dataDir, { SONDE_SEALING_KEY_FILE: made })).toThrow('nothing was changed');
  });

  test.each([
    ['a wrong old key', { SONDE_SEALING_KEY: 'cd'.repeat(32) }, ['--print-key'], /nothing was changed/],
    ['no place for the new one', {}, [], /Say where the new key comes from/],
    ['two places', {}, ['--print-key', '--new-key-file', '/x'], /do not go together/],
    ['the same key', {}, ['--new-key-env', 'SONDE_SEALING_KEY'], /already in use/],
    ['a new key that is none', {}, ['--new-key-env', 'PATH'], /PATH must be 32 bytes/],
  ])('refuses %s', async (_, set, args, message) => {
    const { dataDir, key, env } = data({ keyElsewhere: true });
    const before = hashes(dataDir);
    const { code, err } = await runToEnd({ ...env, SONDE_SEALING_KEY: key, ...set }, ['rotate-key', ...args]);
    expect([code, err]).toEqual([2, expect.stringMatching(/^sonde: [^\n]+\n$/)]);
    expect(err).toMatch(message);
    expectUntouched(dataDir, before);
  });

  test('refuses while a Sonde runs on the same data', async () => {
    const { dataDir, env } = data();
    await start(env);
    const { code, err } = await runToEnd(env, ['rotate-key']);
    expect([code, err]).toEqual([2, expect.stringMatching(/^sonde: Another Sonde is using [^\n]+\n$/)]);
    expect(openAll(dataDir)).toEqual(secrets);
  });

  test('what was damaged before stays as it is and is named', async () => {
    const { dataDir, env } = data();
    const sqlite = new DatabaseSync(join(dataDir, 'sonde.db'));
    sqlite.exec("UPDATE hosts SET password_sealed = 'v1.AAAA'");
    sqlite.close();
    const { code, out } = await runToEnd(env, ['rotate-key']);
    expect([code, out]).toEqual([0, expect.stringContaining('host:1:password could not be opened with the old key')]);
  });
});

describe('a rotation that is killed', () => {
  const calls = '/^(pwrite64|f(data)?sync|(link|rename|unlink)(at2?)?|ftruncate)$';
  const strace = (log: string, ...more: string[]) => [
    'strace',
    '-f',
    '-qq',
    '-o',
    log,
    '-e',
    `trace=${calls}`,
    ...more,
  ];

  type Point = { readonly call: string; readonly at: number };

  /** Where a rotation may be killed: at every call that changes a file; of those that write pages, the first, the last and some. */
  async function points(env: Record<string, string>, args: string[]): Promise<Point[]> {
    const log = newPath('strace');
    expect(await run(env, args, '', strace(log)).ended).toBe(0);
    const made = [...readFileSync(log, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = '']) => call);
    return [...new Set(made)].flatMap((call) => {
      const total = made.filter((one) => one === call).length;
      const all = Array.from({ length: total }, (_, index) => ({ call, at: index + 1 }));
      return all.filter(({ at }) => total < 8 || at < 2 || at === total || at % 40 === 0);
    });
  }

  test.each([
    ['in the data folder', false],
    ['from a file to another', true],
  ])(
    'at any write, %s: nothing is lost, a start works, running it again finishes',
    { timeout: 900_000 },
    async (_, isElsewhere) => {
      const set = () => {
        const made = data(isElsewhere ? { keyElsewhere: true } : {});
        const [old, next] = [keyFile(made.key), newPath('next')];
        const env = isElsewhere ? { ...made.env, SONDE_SEALING_KEY_FILE: old } : made.env;
        return { ...made, env, next, args: ['rotate-key', ...(isElsewhere ? ['--new-key-file', next] : [])] };
      };
      const first = set();
      const queue = await points(first.env, first.args);
      expect(queue.length).toBeGreaterThan(10);
      const outcomes = new Set<string>();
      const worker = async (): Promise<void> => {
        for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
          const { dataDir, env, next, args } = set();
          const inject = ['-e', `inject=${at.call}:signal=KILL:when=${at.at}`];
          expect([at, await run(env, args, '', strace('/dev/null', ...inject)).ended]).toEqual([at, 'SIGKILL']);
          const before = readFileSync(join(dataDir, isElsewhere ? 'jwt.key' : 'sealing.key'), 'utf8');
          // A copy for the second run: to look at it is a start, which finishes what it can.
          const copy = newPath('copy');
          cpSync(dataDir, copy, { recursive: true });
          outcomes.add(whatOpens(copy, env, next));
          expect(readFileSync(join(dataDir, isElsewhere ? 'jwt.key' : 'sealing.key'), 'utf8')).toBe(before);

          const again = await runToEnd(env, args);
          expect([at, again.code, again.err]).toEqual([at, 0, '']);
          expect(openAll(dataDir, isElsewhere ? { SONDE_SEALING_KEY_FILE: next } : {})).toEqual(secrets);
        }
      };
      await Promise.all([worker(), worker()]);
      expect([...outcomes].sort()).toEqual(isElsewhere ? ['new', 'old'] : ['folder']);
    },
  );

  /** With which key everything opens after a kill; there is always one, and never half of it. */
  function whatOpens(dataDir: string, env: Readonly<Record<string, string>>, next: string): string {
    if (env.SONDE_SEALING_KEY_FILE === undefined) {
      expect(openAll(dataDir)).toEqual(secrets);
      return 'folder';
    }
    const sources = { old: env.SONDE_SEALING_KEY_FILE, new: next };
    const opening = Object.entries(sources).filter(([, file]) => {
      try {
        expect(openAll(dataDir, { SONDE_SEALING_KEY_FILE: file })).toEqual(secrets);
        return true;
      } catch {
        return false;
      }
    });
    expect(opening).toHaveLength(1);
    return opening[0]?.[0] ?? '';
  }
});
