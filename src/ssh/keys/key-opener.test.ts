import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ada, bob, startHosts, web } from '../../../test/support/hosts.ts';
import type { Derivation } from './costs.ts';
import { KeyOpener } from './key-opener.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonde-opener-'));
const derivations: (Derivation | null)[] = [];
const opener = new KeyOpener((derivation) => derivations.push(derivation));
afterAll(async () => {
  await opener[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

let made = 0;
function keygen(passphrase: string, ...options: readonly string[]): string {
  made += 1;
  const file = join(folder, `key-${made}`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '2', '-N', passphrase, '-f', file, ...options]);
  return readFileSync(file, 'utf8');
}

/** How often a passphrase was worked on meanwhile. */
async function derivationsOf(work: () => Promise<unknown>): Promise<number> {
  const before = derivations.length;
  await work();
  return derivations.length - before;
}

test('twenty requests for the same key wait for one derivation', async () => {
  const key = keygen('open sesame', '-a', '3');
  const all = () => Promise.all(Array.from({ length: 20 }, () => opener.open(key, 'open sesame', null)));
  expect(await derivationsOf(all)).toBe(1);
  expect(derivations.at(-1)).toEqual({ kind: 'bcrypt', rounds: 3 });
  expect(await derivationsOf(all)).toBe(0);
  expect((await all()).every((one) => one.ok && one.isLocked)).toBe(true);
});

test('another passphrase is no answer that is remembered', async () => {
  const key = keygen('open sesame');
  expect(await opener.open(key, 'open sesame', null)).toMatchObject({ ok: true });
  expect(await opener.open(key, 'guess', null)).toEqual({
    ok: false,
    message: expect.stringContaining('does not open'),
  });
  expect(await opener.open(key, null, null)).toEqual({ ok: false, message: expect.stringContaining('is needed') });
});

test('a key without a passphrase, and one that asks for too much, cost nothing', async () => {
  const plain = keygen('');
  expect(await derivationsOf(() => opener.open(plain, null, null))).toBe(0);
  const text = ['PuTTY-User-Key-File-3: ssh-ed25519', 'Encryption: aes256-cbc', 'Key-Derivation: Argon2id'];
  const asks = ['Argon2-Memory: 1048576', 'Argon2-Passes: 1000', 'Argon2-Parallelism: 1'];
  const refused = opener.open([...text, ...asks].join('\n'), 'x', null);
  expect(await derivationsOf(() => refused)).toBe(0);
  expect(await refused).toEqual({ ok: false, message: expect.stringContaining('1,000 passes of Argon2') });
});

test('one user has a few keys opened at a time, and keeps nobody else from it', async () => {
  const keys = Array.from({ length: 6 }, () => keygen('open sesame'));
  const all = await Promise.allSettled(keys.map((key) => opener.open(key, 'open sesame', 'ada')));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  expect(all[5]).toMatchObject({ reason: { statusCode: 429 } });
  const others = await Promise.all(
    [keygen('open sesame'), keys[5] ?? ''].map((key) => opener.open(key, 'open sesame', 'bob')),
  );
  expect(others.every(({ ok }) => ok)).toBe(true);
});

const byKey = (key: string, keyPassword: string) => ({
  ...web,
  authType: 'key',
  password: undefined,
  key,
  keyPassword,
});

/** A new inventory, as after a start: nothing is remembered in memory. */
async function fresh(keepOpenedKeys = true) {
  const own = new KeyOpener((derivation) => derivations.push(derivation));
  return { own, ...(await startHosts(own.open, keepOpenedKeys)) };
}

test('a key that was saved is logged in with without its passphrase, and nobody sees the opened one', async () => {
  const { db, hosts, own } = await fresh();
  const key = keygen('open sesame');
  const { id } = await hosts.records.create(bob, byKey(key, 'open sesame'));
  await own[Symbol.asyncDispose]();
  let opened = '';
  const logIn = async () => {
    const login = await hosts.inventory.login(id);
    if (login?.type !== 'key' || !('opened' in login.key)) throw new Error('no key');
    opened = login.key.opened;
  };
  expect(await derivationsOf(logIn)).toBe(0);
  expect(await opener.open(opened, null, null)).toMatchObject({ ok: true, isLocked: false });
  const row = await db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow();
  expect(row.key_opened_sealed).toMatch(/^v1\./);
  const body = opened.split('\n')[2] ?? '';
  expect(body.length).toBeGreaterThan(20);
  const exported = await Promise.all(['json', 'csv', 'ssh-config'].map((format) => hosts.export.write(bob, format)));
  const shown = JSON.stringify([await hosts.records.get(bob, id), await hosts.records.list(bob), exported, row]);
  expect(shown).not.toContain(body);
  expect(JSON.stringify([await hosts.records.get(bob, id), exported])).not.toMatch(/opened/i);
});

test.each([
  ['another key', { key: true, keyPassword: 'other' }],
  ['another key without a passphrase', { key: false }],
  ['no key', { authType: 'password', password: 'hunter2', key: null, keyPassword: null }],
])('%s takes the opened key of the old one away', async (_, change) => {
  const { db, hosts, own } = await fresh();
  const { id } = await hosts.credentials.create(ada, { ...byKey(keygen('open sesame'), 'open sesame'), name: 'c' });
  const opened = () => db.selectFrom('credentials').select('key_opened_sealed').executeTakeFirstOrThrow();
  const before = await opened();
  const key = 'key' in change && typeof change.key === 'boolean' ? { key: keygen(change.key ? 'other' : '') } : {};
  await hosts.credentials.update(ada, id, { ...change, ...key });
  const after = (await opened()).key_opened_sealed;
  expect(after).not.toBe(before.key_opened_sealed);
  expect(after === null).toBe(!('key' in change) || change.key !== true);
  await own[Symbol.asyncDispose]();
});

test('a wrong passphrase is refused and changes nothing', async () => {
  const { db, hosts, own } = await fresh();
  const { id } = await hosts.records.create(bob, byKey(keygen('open sesame'), 'open sesame'));
  const before = await db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow();
  await expect(hosts.records.update(bob, id, { keyPassword: 'guess' })).rejects.toMatchObject({ statusCode: 400 });
  expect(await db.selectFrom('hosts').selectAll().executeTakeFirstOrThrow()).toEqual(before);
  await own[Symbol.asyncDispose]();
});

test('a key that was saved before opened keys were kept is opened at its first login, and kept', async () => {
  const { db, hosts, own } = await fresh();
  const { id } = await hosts.records.create(bob, byKey(keygen('open sesame'), 'open sesame'));
  const { revision } = (await hosts.inventory.target(id)) ?? {};
  await hosts.forgetOpenedKeys();
  const stored = () => db.selectFrom('hosts').select('key_opened_sealed').executeTakeFirstOrThrow();
  expect(await stored()).toEqual({ key_opened_sealed: null });
  expect(await hosts.inventory.login(id)).toMatchObject({ type: 'key', key: { opened: expect.any(String) } });
  expect(await stored()).toEqual({ key_opened_sealed: expect.stringMatching(/^v1\./) });
  expect((await hosts.inventory.target(id))?.revision).toBe(revision);
  await own[Symbol.asyncDispose]();
});

test('where opened keys are not kept, one is opened once and then remembered in memory alone', async () => {
  const { db, hosts, own } = await fresh(false);
  const work = async () => {
    const { id } = await hosts.records.create(bob, byKey(keygen('open sesame'), 'open sesame'));
    expect(await hosts.inventory.login(id)).toMatchObject({ type: 'key', key: { opened: expect.any(String) } });
    await hosts.inventory.login(id);
  };
  expect(await derivationsOf(work)).toBe(1);
  expect(await db.selectFrom('hosts').select('key_opened_sealed').execute()).toEqual([{ key_opened_sealed: null }]);
  await own[Symbol.asyncDispose]();
});

test('a stored key that cannot be opened is a login that says why', async () => {
  let message: string | null = null;
  const { hosts } = await startHosts(async () =>
    message === null
      ? { ok: true, type: 'ssh-ed25519', publicKey: '', text: 'x', isLocked: false }
      : { ok: false, message },
  );
  const { id } = await hosts.records.create(bob, byKey('x', 'y'));
  message = 'The private key asks for too much';
  expect(await hosts.inventory.login(id)).toMatchObject({ key: { refused: 'The private key asks for too much' } });
  await expect(hosts.records.create(bob, byKey('x', 'y'))).rejects.toMatchObject({ statusCode: 400, message });
});
