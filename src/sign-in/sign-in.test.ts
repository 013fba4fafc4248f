import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import {
  client,
  type HostileProvider,
  newKey,
  openHostileProvider,
  tokenBySecret,
  tokenOf,
} from '../../test/support/hostile-provider.ts';
import { back, from, type Grant, SigningIn } from '../../test/support/signing-in.ts';

let provider: HostileProvider;
let w: SigningIn;

beforeAll(async () => {
  provider = await openHostileProvider();
});
afterAll(() => provider.close());
beforeEach(async () => {
  w = await SigningIn.begin(provider);
});

test('sends the browser to the provider with PKCE, state and nonce, and lets a linked person in for a bounded time', async () => {
  await w.set({ sessionHours: 2 });
  await w.addUser('ada');
  await w.link('ada');
  const { url } = await w.signIn.begin(back, '/');
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    client_id: 'sonde',
    redirect_uri: back,
    response_type: 'code',
    scope: 'openid profile email',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  });
  const outcome = await w.come();
  expect(outcome).toMatchObject({
    kind: 'in',
    next: '/hosts/3',
    isNew: false,
    rights: null,
    login: { kind: 'ok', maxAgeSeconds: 7_200, user: { username: 'ada', isAdmin: false } },
  });
  expect(await w.identity.sessions.list(await w.idOf('ada'))).toMatchObject([
    { began_by: 'oidc', address: '192.0.2.1' },
  ]);
  // Everything that was needed is in the ID token.
  expect(w.provider.asked).not.toContain('/userinfo');
});

test('a token that is not valid lets nobody in, whatever is wrong with it', async () => {
  await w.set();
  await w.link('admin');
  // The library reads this clock; standing still, it is never late.
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const other = newKey();
  const now = Math.floor(Date.now() / 1000);
  const wrong: Readonly<Record<string, Grant>> = {
    'another nonce': ['', { nonce: 'another' }],
    'no nonce': ['', { nonce: undefined }],
    'another audience': ['', { aud: 'another' }],
    'a second audience without a party': ['', { aud: [client.id, 'another'] }],
    'another party': ['', { azp: 'another' }],
    'another party among two audiences': ['', { aud: [client.id, 'another'], azp: 'another' }],
    'another issuer': ['', { iss: 'https://other.example' }],
    expired: ['', { exp: now - 60, iat: now - 400 }],
    'no end': ['', { exp: undefined }],
    'not valid yet': ['', { nbf: now + 300 }],
    'a subject that cannot be stored': ['', { sub: 'ann\0' }],
    'a subject that is too long': ['', { sub: 'a'.repeat(256) }],
    'no subject': ['', { sub: undefined }],
    'a subject that would be another one when it is stored': ['', { sub: 'ann\ud800' }],
    unsigned: ['', {}, { tokenFor: (claims) => tokenOf(claims, null) }],
    'signed with the secret of the client': ['', {}, { tokenFor: (claims) => tokenBySecret(claims, client.secret) }],
    'signed with another key': ['', {}, { tokenFor: (claims) => tokenOf(claims, other.privateKey) }],
    'signed with an unknown key': ['', {}, { tokenFor: (claims) => tokenOf(claims, other.privateKey, 'second') }],
    'changed after it was signed': [
      '',
      {},
      {
        tokenFor: (claims) => {
          const [head, , signature] = tokenOf(claims, w.provider.key.privateKey).split('.');
          const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url');
          return `${head}.${changed}.${signature}`;
        },
      },
    ],
    'no token': ['', {}, { tokenFor: () => 'x' }],
  };
  const reasons: Record<string, unknown> = {};
  for (const [what, [, claims, how]] of Object.entries(wrong)) {
    const outcome = await w.come(claims, how);
    reasons[what] = outcome.kind === 'refused' ? outcome.reason : outcome;
  }
  expect(reasons).toEqual(Object.fromEntries(Object.keys(wrong).map((what) => [what, 'token'])));
  expect(await w.identity.sessions.list(await w.idOf('admin'))).toEqual([]);
  // Within the tolerance of clocks, and with this party named.
  expect(await w.come({ exp: now - 59, iat: now - 400, azp: client.id })).toMatchObject({ kind: 'in' });
});

test('an attempt counts once, in the browser that began it, for ten minutes and with these settings', async () => {
  await w.set();
  await w.link('admin');
  const begin = async () => {
    const { url, state, cookie } = await w.signIn.begin(back, '/');
    const query = new URLSearchParams({ code: w.provider.grant(url), state });
    const finish = (value: string | undefined = cookie.value) =>
      w.signIn.finish(query, (name) => (name === cookie.name ? value : undefined), from);
    return { finish, cookie };
  };
  const stale = { kind: 'refused', reason: 'stale' };
  const first = await begin();
  expect(await first.finish()).toMatchObject({ kind: 'in' });
  expect(await first.finish()).toMatchObject({ ...stale, message: 'This sign-in was finished before' });
  const second = await begin();
  const foreign = 'This browser began no such sign-in';
  expect(await second.finish(first.cookie.value)).toMatchObject({ ...stale, message: foreign });
  expect(await second.finish('')).toMatchObject({ ...stale, message: foreign });
  expect(await second.finish(`${second.cookie.value.slice(0, -4)}AAAA`)).toMatchObject({ ...stale, message: foreign });
  w.now += 600_000;
  expect(await second.finish()).toMatchObject({ ...stale, message: 'The sign-in took longer than ten minutes' });
  const third = await begin();
  await w.set({ clientId: 'another' });
  expect(await third.finish()).toMatchObject({ ...stale, message: 'The provider was changed meanwhile' });
  // None of these asked the provider anything.
  expect(w.provider.tokenRequests).toHaveLength(1);
});

test('a code that the provider does not take, and a person who refuses, end the attempt with their reason', async () => {
  await w.set();
  await w.link('admin');
  expect(await w.come({}, {}, { code: 'guessed' })).toMatchObject({
    kind: 'refused',
    reason: 'stale',
    next: '/hosts/3',
  });
  expect(await w.come({}, {}, { error: 'access_denied' })).toMatchObject({ kind: 'refused', reason: 'denied' });
  expect(await w.come({}, {}, { error: 'server_error', error_description: 'out\nof order' })).toMatchObject({
    reason: 'provider',
    message: 'The provider refused: server_error: out of order',
  });
  expect(await w.come({}, {}, { iss: 'https://other.example' })).toMatchObject({ kind: 'refused', reason: 'token' });
  w.provider.secret = 'changed meanwhile';
  expect(await w.come()).toMatchObject({
    reason: 'provider',
    message: 'The provider refuses the client ID or its secret: invalid_client',
  });
});

test('after thirty failures from one address, the next ones are refused before the provider is asked', async () => {
  await w.set();
  for (let count = 0; count < 30; count += 1)
    expect(await w.come({ nonce: 'wrong' })).toMatchObject({ reason: 'token' });
  const asked = w.provider.tokenRequests.length;
  await expect(w.come()).rejects.toMatchObject({ statusCode: 429 });
  expect(w.provider.tokenRequests).toHaveLength(asked);
  w.now += 300_000;
  expect(await w.come()).toMatchObject({ reason: 'unlinked' });
});

test('refusals that are no attempts to get in are no longer written down after thirty, and keep nobody at that address out', async () => {
  await w.set();
  await w.link('admin');
  const refuse = () => w.come({}, {}, { error: 'access_denied' });
  const ask = () => w.come({ sub: 'nobody' });
  for (let count = 0; count < 15; count += 1) {
    expect(await refuse()).toMatchObject({ reason: 'denied' });
    expect(await ask()).toMatchObject({ reason: 'unlinked' });
  }
  await expect(refuse()).rejects.toMatchObject({ statusCode: 429 });
  await expect(ask()).rejects.toMatchObject({ statusCode: 429 });
  expect(await w.come()).toMatchObject({ kind: 'in' });
});

test('a browser keeps the cookie of an attempt, however long the names of the provider and of the page are', async () => {
  const issuer = `${w.provider.issuer}/${'a'.repeat(1_800)}`;
  w.provider.told = { issuer };
  await w.set({ issuer, clientId: 'c'.repeat(300) });
  const { cookie } = await w.signIn.begin(back, `/?q=${'x'.repeat(596)}`);
  // Browsers keep 4,096 bytes; the header of four attempts must fit the 8 KiB that proxies take.
  expect(cookie.name.length + cookie.value.length).toBeLessThan(2_000);
});

test('an attempt survives a restart of Sonde, and two answers to it at once count as one', async () => {
  await w.set();
  await w.link('admin');
  const { url, state, cookie } = await w.signIn.begin(back, '/');
  const query = new URLSearchParams({ code: w.provider.grant(url), state });
  await w.open();
  const finish = () => w.signIn.finish(query, (name) => (name === cookie.name ? cookie.value : undefined), from);
  const both = await Promise.all([finish(), finish()]);
  expect(both.map((one) => (one.kind === 'refused' ? one.reason : one.kind)).sort()).toEqual(['in', 'stale']);
  // Sonde forgot what was finished before; the provider did not.
  await w.open();
  expect(await finish()).toMatchObject({ kind: 'refused', reason: 'stale' });
  expect(await w.identity.sessions.list(await w.idOf('admin'))).toHaveLength(1);
});
