import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { expect, test } from 'vitest';
import { quickHashing } from '../../test/support/hashing.ts';
import { openDatabase } from '../db/sqlite.ts';
import { createSealer } from '../lib/seal.ts';
import { openIdentity } from './identity.ts';
import { Passwords } from './passwords/passwords.ts';

const from = { rememberMe: false, address: '192.0.2.1', userAgent: 'test' };
const ada = { username: 'Ada', password: 'correct horse' };

async function start() {
  const time = { now: 1_800_000_000_000 };
  const db = openDatabase(':memory:');
  const clock = { now: () => time.now, monotonic: () => time.now };
  const sealer = createSealer(randomBytes(32));
  const identity = openIdentity({ db, jwtSecret: randomBytes(32), sealer, clock }, new Passwords(quickHashing));
  return { db, time, identity };
}

async function startWithAda() {
  const all = await start();
  const { user } = await all.identity.users.create({ ...ada, by: null });
  const login = async () => {
    const done = await all.identity.logins.login({ ...ada, ...from });
    if (done.kind !== 'ok') throw new Error('wants a code');
    return done.token;
  };
  return { ...all, user, login };
}

test('makes one admin when two first users are created at once', async () => {
  const { identity } = await start();
  const made = await Promise.allSettled(
    ['a', 'b'].map((username) => identity.users.create({ username, password: 'quiet harbour', by: null })),
  );
  expect(made.filter((one) => one.status === 'fulfilled' && one.value.user.isAdmin)).toHaveLength(1);
});

test('answers a wrong password and an unknown user alike', async () => {
  const { identity } = await startWithAda();
  const wrong = { statusCode: 401, message: 'Invalid username or password' };
  await expect(identity.logins.login({ username: 'ada', password: 'wrong', ...from })).rejects.toMatchObject(wrong);
  await expect(identity.logins.login({ username: 'nobody', password: 'wrong', ...from })).rejects.toMatchObject(wrong);
});

test('guesses from elsewhere lock nobody out at an address that they have logged in from', async () => {
  const { identity, time } = await startWithAda();
  const login = (address: string, password: string) => identity.logins.login({ ...ada, ...from, password, address });
  await login('home', ada.password);
  for (let guess = 0; guess < 60; guess += 1) {
    time.now += 1_000;
    await expect(login(`elsewhere ${guess % 20}`, 'wrong')).rejects.toMatchObject({ statusCode: expect.any(Number) });
  }
  await expect(login('new', ada.password)).rejects.toMatchObject({ statusCode: 429 });
  expect(await login('home', ada.password)).toMatchObject({ kind: 'ok' });
});

test('throttles failures sent at once, the right password among them, and lets in after the window', async () => {
  const { identity, time, login } = await startWithAda();
  const tries = Array.from({ length: 12 }, () => identity.logins.login({ ...ada, password: 'wrong', ...from }));
  const codes = (await Promise.allSettled(tries)).map((one) => one.status === 'rejected' && one.reason.statusCode);
  expect(codes.filter((code) => code === 401)).toHaveLength(5);
  expect(codes.filter((code) => code === 429)).toHaveLength(7);
  await expect(login()).rejects.toMatchObject({ statusCode: 429, retryAfterSeconds: 300 });
  time.now += 300_001;
  await expect(login()).resolves.toBeTypeOf('string');
});

test('a token stops working at once when its session ends, also while it is being looked up', async () => {
  const { identity, user, login } = await startWithAda();
  const token = await login();
  const { sessionId } = await identity.authenticate(token);
  await identity.sessions.logOut(sessionId as string);
  const ended = { statusCode: 401, code: 'SESSION_EXPIRED', message: 'Session expired - please log in again' };
  await expect(async () => identity.authenticate(token)).rejects.toMatchObject(ended);

  const second = await login();
  const id = (await identity.sessions.list(user.id))[0]?.id as string;
  await Promise.allSettled([identity.authenticate(second), identity.sessions.logOut(id)]);
  await expect(async () => identity.authenticate(second)).rejects.toMatchObject(ended);
  await expect(async () => identity.authenticate('x.y.z')).rejects.toMatchObject({ message: 'Invalid token' });
});

test('an API key works until it is deleted and is not stored as text', async () => {
  const { identity, user, db } = await startWithAda();
  const key = await identity.apiKeys.create(user, { name: 'ci' });
  expect(key.token).toMatch(/^tmx_[0-9a-f]{64}$/);
  expect(JSON.stringify(await db.selectFrom('api_keys').selectAll().execute())).not.toContain(key.token.slice(4));
  expect(await identity.authenticate(key.token)).toMatchObject({ user: { id: user.id }, sessionId: null });
  await identity.apiKeys.remove(user, key.id);
  await expect(async () => identity.authenticate(key.token)).rejects.toMatchObject({ statusCode: 401 });

  const second = await identity.apiKeys.create(user, { name: 'deleted while it is looked up' });
  await Promise.allSettled([identity.authenticate(second.token), identity.apiKeys.remove(user, second.id)]);
  await expect(async () => identity.authenticate(second.token)).rejects.toMatchObject({ statusCode: 401 });
});

test('an API key says how it begins, when it was last used, and whether it still works', async () => {
  const { identity, user, time } = await startWithAda();
  const expiresAt = new Date(time.now + 600_000).toISOString();
  for (const name of ['c\u200bi', 'сi'])
    await expect(identity.apiKeys.create(user, { name })).rejects.toThrow(/^The name of an API key (contains|mixes)/);
  const { token, ...made } = await identity.apiKeys.create(user, { name: 'ci', expiresAt });
  const expected = { userId: user.id, username: user.username, tokenPrefix: token.slice(0, 12), expiresAt };
  expect(made).toMatchObject({ ...expected, lastUsedAt: null, isActive: true });
  const read = async () => (await identity.apiKeys.list(user))[0];
  expect(await read()).toEqual(made);
  time.now += 5_000;
  const first = new Date(time.now).toISOString();
  await identity.authenticate(token);
  expect(await read()).toMatchObject({ lastUsedAt: first });
  time.now += 30_000;
  await identity.authenticate(token);
  expect(await read()).toMatchObject({ lastUsedAt: first });
  time.now += 40_000;
  await identity.authenticate(token);
  expect(await read()).toMatchObject({ lastUsedAt: new Date(time.now).toISOString(), isActive: true });
  time.now += 600_000;
  expect(await read()).toMatchObject({ isActive: false });
});

test('an admin makes API keys for others, sees and removes theirs; nobody else does', async () => {
  const { identity, user } = await startWithAda();
  const { user: bob } = await identity.users.create({ username: 'bob', password: 'quiet harbour', by: user });
  const key = await identity.apiKeys.create(await identity.apiKeys.ownerOf(user, bob.id), { name: 'for Bob' });
  expect((await identity.authenticate(key.token)).user).toMatchObject({ id: bob.id, isAdmin: false });
  expect(await identity.apiKeys.ownerOf(bob, bob.id)).toMatchObject({ id: bob.id, isAdmin: false });
  await expect(identity.apiKeys.ownerOf(bob, user.id)).rejects.toMatchObject({ statusCode: 403 });
  await expect(identity.apiKeys.ownerOf(bob, 'nobody')).rejects.toMatchObject({ statusCode: 403 });
  await expect(identity.apiKeys.ownerOf(user, 'nobody')).rejects.toMatchObject({ statusCode: 404 });
  const own = await identity.apiKeys.create(user, { name: 'own' });
  expect((await identity.apiKeys.list(bob)).map(({ name }) => name)).toEqual(['for Bob']);
  expect((await identity.apiKeys.list(user)).map(({ username }) => username)).toEqual(['bob', user.username]);
  await expect(identity.apiKeys.remove(bob, own.id)).rejects.toMatchObject({ statusCode: 404 });
  expect(await identity.apiKeys.remove(user, key.id)).toBe('for Bob');
  await expect((async () => identity.authenticate(key.token))()).rejects.toMatchObject({ statusCode: 401 });
});

test('a code of the account is needed once TOTP is on, and cannot be used twice', async () => {
  const { identity, user, time } = await startWithAda();
  const { secret } = await identity.secondStep.setUp(user.id);
  const code = () => generateSync({ secret, epoch: Math.floor(time.now / 1000) });
  await identity.secondStep.enable(user.id, code());
  time.now += 60_000;
  const tempToken = async () => {
    const asked = await identity.logins.login({ ...ada, ...from });
    return asked.kind === 'needs-totp' ? asked.tempToken : '';
  };
  const used = code();
  await identity.logins.verifyTotp({ tempToken: await tempToken(), code: used, ...from });
  await expect(identity.logins.verifyTotp({ tempToken: await tempToken(), code: used, ...from })).rejects.toMatchObject(
    {
      statusCode: 401,
    },
  );
});

async function startWithAdmin() {
  const all = await start();
  const { user } = await all.identity.users.create({ ...ada, by: null });
  return { ...all, user };
}

test('a half-finished login with the old password ends with that password', async () => {
  const { identity, user, time } = await startWithAdmin();
  const { secret } = await identity.secondStep.setUp(user.id);
  const code = () => generateSync({ secret, epoch: Math.floor(time.now / 1000) });
  await identity.secondStep.enable(user.id, code());
  const half = await identity.logins.login({ username: 'Ada', password: 'correct horse', ...from });
  if (half.kind !== 'needs-totp') throw new Error();
  await identity.passwords.change(user.id, {
    oldPassword: 'correct horse',
    newPassword: 'another one',
    keepSessionId: null,
  });
  time.now += 60_000;
  await expect(identity.logins.verifyTotp({ tempToken: half.tempToken, code: code(), ...from })).rejects.toMatchObject({
    statusCode: 401,
  });
});

test.each(['login', 'reset'])(
  'a login and a reset at once, the %s asked for first, leave no session of the old password behind',
  async (first) => {
    const { identity, user } = await startWithAdmin();
    const logIn = (password: string) => identity.logins.login({ username: 'Ada', password, ...from });
    const reset = () => identity.passwords.reset(user.id, { newPassword: 'another one', resetTotp: false });
    // Both read the user before either is done: hashing takes long.
    const login = first === 'login' ? logIn('correct horse') : null;
    const resetting = reset();
    const [ended, result] = await Promise.allSettled([resetting, login ?? logIn('correct horse')]);
    expect(ended.status).toBe('fulfilled');
    const token = result.status === 'fulfilled' && result.value.kind === 'ok' ? result.value.token : 'none';
    await expect((async () => identity.authenticate(token))()).rejects.toMatchObject({ statusCode: 401 });
    await expect(logIn('correct horse')).rejects.toMatchObject({ statusCode: 401 });
    expect(await logIn('another one')).toMatchObject({ kind: 'ok' });
  },
);

test('guesses of ones own password sent at once are held back', async () => {
  const { identity, user } = await startWithAdmin();
  const guesses = [...Array.from({ length: 60 }, (_, i) => `wrong ${i}`), 'correct horse'];
  const results = await Promise.allSettled(
    guesses.map((password) => identity.secondStep.disable(user.id, { password })),
  );
  const codes = results.map((r) => (r.status === 'fulfilled' ? 200 : r.reason.statusCode));
  expect(codes.filter((c) => c === 403).length).toBeLessThanOrEqual(5);
  expect(codes.at(-1)).toBe(429);
});

test('two admins who remove each other at once', async () => {
  const { identity, user } = await startWithAdmin();
  const { user: made } = await identity.users.create({ username: 'Bob', password: 'quiet harbour', by: user });
  await identity.users.setAdmin(user, made.id, true);
  await Promise.allSettled([identity.users.remove(user, made.id), identity.users.remove(made, user.id)]);
  expect((await identity.users.list()).length).toBe(1);
});

test('two admins who demote each other at once', async () => {
  const { identity, user } = await startWithAdmin();
  const { user: made } = await identity.users.create({ username: 'Bob', password: 'quiet harbour', by: user });
  await identity.users.setAdmin(user, made.id, true);
  await Promise.allSettled([
    identity.users.setAdmin(user, made.id, false),
    identity.users.setAdmin(made, user.id, false),
  ]);
  expect((await identity.users.list()).filter((u) => u.isAdmin).length).toBe(1);
});

test('a token that is over says why its session ended', async () => {
  const { identity, user, login, time } = await startWithAda();
  const why = async (token: string) => {
    try {
      await identity.authenticate(token);
      return null;
    } catch (error) {
      return (error as { reason?: string }).reason;
    }
  };
  const sessionOf = async (token: string) => (await identity.authenticate(token)).sessionId as string;

  const left = await login();
  await identity.sessions.logOut(await sessionOf(left));
  expect(await why(left)).toBe('logged-out');

  const revoked = await login();
  await identity.sessions.revokeOf(user.id, await sessionOf(revoked));
  expect(await why(revoked)).toBe('revoked');

  const [mine, other] = [await login(), await login()];
  const newPassword = 'a quieter harbour';
  const keepSessionId = await sessionOf(mine);
  await identity.passwords.change(user.id, { oldPassword: ada.password, newPassword, keepSessionId });
  expect([await why(mine), await why(other)]).toEqual([null, 'password-changed']);

  await identity.passwords.reset(user.id, { newPassword: ada.password, resetTotp: false });
  expect(await why(mine)).toBe('password-reset');

  const old = await login();
  time.now += 31 * 86_400_000;
  expect(await why(old)).toBe('expired');

  const by = (await identity.users.list())[0] as typeof user;
  const { user: bea } = await identity.users.create({ username: 'Bea', password: 'quiet harbour', by });
  const done = await identity.logins.login({ username: 'Bea', password: 'quiet harbour', ...from });
  const token = done.kind === 'ok' ? done.token : '';
  await sessionOf(token);
  await identity.users.remove(by, bea.id);
  expect(await why(token)).toBe('account-removed');
});
