/** What tries sent at once, from many addresses or for many accounts, can cause. */
import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { expect, test } from 'vitest';
import { quickHashing } from '../../test/support/hashing.ts';
import { openDatabase } from '../db/sqlite.ts';
import { createSealer } from '../lib/seal.ts';
import { openIdentity } from './identity.ts';
import { Passwords } from './passwords/passwords.ts';

const hashing = { now: 0, most: 0, all: 0 };

/** The same work, counted in `hashing`. */
function counted<Given extends unknown[], Result>(work: (...given: Given) => Promise<Result>) {
  return async (...given: Given): Promise<Result> => {
    hashing.now += 1;
    hashing.all += 1;
    hashing.most = Math.max(hashing.most, hashing.now);
    try {
      return await work(...given);
    } finally {
      hashing.now -= 1;
    }
  };
}

const ada = { username: 'Ada', password: 'quiet harbour' };

async function start(registration = false) {
  const time = { now: 1_800_000_000_000 };
  const db = openDatabase(':memory:');
  const clock = { now: () => time.now };
  const sealer = createSealer(randomBytes(32));
  const passwords = new Passwords({ hash: counted(quickHashing.hash), verify: counted(quickHashing.verify) });
  const identity = openIdentity({ db, jwtSecret: randomBytes(32), sealer, clock, registration }, passwords);
  const { user } = await identity.users.create({ ...ada, by: null, address: '192.0.2.200' });
  const login = (username: string, password: string, address: string) =>
    identity.logins.login({ username, password, address, rememberMe: false, userAgent: '' });
  Object.assign(hashing, { now: 0, most: 0, all: 0 });
  return { identity, time, user, login };
}

const codesOf = async (tries: readonly Promise<unknown>[]): Promise<readonly number[]> =>
  (await Promise.allSettled(tries)).map((one) => (one.status === 'fulfilled' ? 200 : one.reason.statusCode));
const count = (codes: readonly number[], code: number) => codes.filter((one) => one === code).length;
const many = (length: number) => Array.from({ length }, (_, index) => index);

test('of 1,500 logins at once from one address few are hashed, two at a time', async () => {
  const { login } = await start();
  const codes = await codesOf(many(1_500).map((index) => login(`user ${index}`, 'wrong', '192.0.2.1')));
  expect(count(codes, 401) + count(codes, 429)).toBe(1_500);
  expect(count(codes, 401)).toBeLessThanOrEqual(30);
  expect(hashing.most).toBeLessThanOrEqual(2);
  expect(hashing.all).toBeLessThanOrEqual(32);
});

test('of 1,500 logins at once from as many addresses few wait, the others are refused', async () => {
  const { login } = await start();
  const addresses = many(1_500).map((index) => `198.51.${index >> 8}.${index & 255}`);
  const codes = await codesOf(addresses.map((address, index) => login(`user ${index}`, 'wrong', address)));
  expect(count(codes, 401)).toBeLessThanOrEqual(60);
  expect(count(codes, 429)).toBeGreaterThanOrEqual(1_440);
  expect(hashing.most).toBeLessThanOrEqual(2);
});

test('guesses from addresses of one IPv6 network are counted together', async () => {
  const { login } = await start();
  for (const index of many(5)) expect(await codesOf([login('Ada', 'wrong', `2001:db8:1:2::${index}`)])).toEqual([401]);
  expect(await codesOf([login('Ada', ada.password, '2001:db8:1:2:ffff::1')])).toEqual([429]);
  expect(await codesOf([login('Ada', ada.password, '2001:db8:1:3::1')])).toEqual([200]);
});

test('a user with a session from an IPv6 network is not locked out there by guesses from elsewhere', async () => {
  const { login } = await start();
  await login('Ada', ada.password, '2001:db8:1:2::1');
  for (const index of many(50)) await codesOf([login('Ada', 'wrong', `2001:db8:2:${index}::1`)]);
  expect(await codesOf([login('Ada', ada.password, '2001:db8:9:9::1')])).toEqual([429]);
  expect(await codesOf([login('Ada', ada.password, '2001:db8:1:2:aaaa::2')])).toEqual([200]);
});

test('guesses at the code of a second step sent at once are limited', async () => {
  const { identity, user, time, login } = await start();
  const { secret } = await identity.secondStep.setUp(user.id);
  const setting = many(40).map(() => identity.secondStep.enable(user.id, '000000'));
  expect(count(await codesOf(setting), 400)).toBeLessThanOrEqual(5);
  time.now += 300_001;
  await identity.secondStep.enable(user.id, generateSync({ secret, epoch: Math.floor(time.now / 1000) }));
  const half = await login('Ada', ada.password, '192.0.2.1');
  if (half.kind !== 'needs-totp') throw new Error('wants no code');
  const guess = (tempToken: string) =>
    identity.logins.verifyTotp({ tempToken, code: '000000', rememberMe: false, address: '192.0.2.1', userAgent: '' });
  const codes = await codesOf(many(40).map(() => guess(half.tempToken)));
  expect([count(codes, 401), count(codes, 429)]).toEqual([5, 35]);
  const unknown = await codesOf(many(40).map((index) => guess(`no such token ${index}`)));
  expect(count(unknown, 401)).toBeLessThanOrEqual(30);
  expect(unknown.at(-1)).toBe(429);
});

test('anybody creates ten accounts an hour from one address, sixty from all', async () => {
  const { identity, time } = await start(true);
  const create = (name: string, address: string) =>
    identity.users.create({ username: name, password: 'quiet harbour', by: null, address });
  const one: number[] = [];
  for (const index of many(300))
    one.push(...(await codesOf([create(`one ${index}`, `2001:db8:1:2::${index.toString(16)}`)])));
  expect([count(one, 200), count(one, 429)]).toEqual([10, 290]);
  const all: number[] = [];
  for (const index of many(70)) all.push(...(await codesOf([create(`all ${index}`, `198.51.100.${index}`)])));
  expect(count(all, 200)).toBe(49);
  time.now += 3_600_001;
  expect(await codesOf([create('later', '198.51.100.1')])).toEqual([200]);
});

test('guessed setup tokens are limited, including the right one', async () => {
  const { identity } = await start();
  const guess = (token: string) => identity.registrations.requireToken('right', token, '192.0.2.1');
  expect(await codesOf([guess('right')])).toEqual([200]);
  const codes: number[] = [];
  for (const index of many(20)) codes.push(...(await codesOf([guess(`wrong ${index}`)])));
  expect([count(codes, 403), count(codes, 429)]).toEqual([10, 10]);
  expect(await codesOf([guess('right')])).toEqual([429]);
});

test('guessed API keys are limited; one that a client keeps using, and keys in use, are not', async () => {
  const { identity, user } = await start();
  const { token } = await identity.apiKeys.create(user, { name: 'dashboard' });
  const use = async (key: string) => codesOf([Promise.resolve(identity.authenticate(key, '192.0.2.1'))]);
  const authenticate = async (key: string) => identity.authenticate(key, '192.0.2.1');
  expect(await codesOf([authenticate(token)])).toEqual([200]);
  for (let again = 0; again < 300; again += 1) expect(await codesOf([authenticate('tmx_removed')])).toEqual([401]);
  const codes: number[] = [];
  for (const index of many(150)) codes.push(...(await codesOf([authenticate(`tmx_${index}`)])));
  expect([count(codes, 401), count(codes, 429)]).toEqual([99, 51]);
  expect(await use(token)).toEqual([200]);
});

test('an account is found by its name in any case and form, and no other is made that looks like it', async () => {
  const { identity, login, user } = await start();
  await identity.users.create({ username: 'Ünal', password: 'quiet harbour', by: user });
  expect(await codesOf([login('üNAL', 'quiet harbour', '192.0.2.1')])).toEqual([200]);
  expect(await codesOf([login('U\u0308nal', 'quiet harbour', '192.0.2.1')])).toEqual([200]);
  const create = (username: string) => identity.users.create({ username, password: 'quiet harbour', by: user });
  await expect(create('ÜNAL')).rejects.toMatchObject({ statusCode: 409, message: 'This user name is taken' });
  await expect(create('аԁа')).rejects.toMatchObject({
    statusCode: 409,
    message: 'This user name looks like Ada, which is taken. Choose another one',
  });
});

test('a new password says how many API keys go on working, and ends them if that is wanted', async () => {
  const { identity, user } = await start();
  const { token } = await identity.apiKeys.create(user, { name: 'one' });
  await identity.apiKeys.create(user, { name: 'two', expiresAt: '2027-02-01T00:00:00Z' });
  const change = { oldPassword: ada.password, newPassword: 'another harbour', keepSessionId: null };
  expect(await identity.passwords.change(user.id, change)).toEqual({ apiKeysLeft: 2, apiKeysEnded: 0 });
  await expect((async () => identity.authenticate(token))()).resolves.toBeDefined();
  const reset = { newPassword: 'third harbour', resetTotp: false, endApiKeys: true };
  expect(await identity.passwords.reset(user.id, reset)).toMatchObject({ apiKeysLeft: 0, apiKeysEnded: 2 });
  await expect((async () => identity.authenticate(token))()).rejects.toMatchObject({ statusCode: 401 });
});
