import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { quickHashing } from '../../test/support/hashing.ts';
import {
  client,
  type HostileProvider,
  newKey,
  openHostileProvider,
  tokenOf,
} from '../../test/support/hostile-provider.ts';
import type { Database } from '../db/schema.ts';
import { openDatabase } from '../db/sqlite.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import { Passwords } from '../identity/passwords/passwords.ts';
import { createSealer } from '../lib/seal.ts';
import type { SentSettings } from './settings.ts';
import { type Outcome, SignIn } from './sign-in.ts';

const from = { address: '192.0.2.1', userAgent: 'test' };
const back = 'http://sonde.example/users/oidc/callback';
const password = 'quiet harbour';

let provider: HostileProvider;
let db: Database;
let identity: Identity;
let signIn: SignIn;
let now: number;
let sealer = createSealer(randomBytes(32));

beforeAll(async () => {
  provider = await openHostileProvider();
});
afterAll(() => provider.close());
beforeEach(async () => {
  now = Date.now();
  provider.told = {};
  provider.isBroken = false;
  provider.secret = client.secret;
  provider.asked.length = 0;
  provider.tokenRequests.length = 0;
  db = openDatabase(':memory:');
  sealer = createSealer(randomBytes(32));
  const clock = { now: () => now };
  identity = openIdentity({ db, jwtSecret: randomBytes(32), sealer, clock }, new Passwords(quickHashing));
  await identity.users.create({ username: 'admin', password, by: null });
  signIn = await open();
});

function open(
  more: { readonly passwordLogin?: boolean; readonly permitted?: readonly string[] } = {},
): Promise<SignIn> {
  const { passwordLogin = true, permitted = ['127.0.0.0/8'] } = more;
  const clock = { now: () => now, monotonic: () => now };
  return SignIn.open({
    db,
    sealer,
    clock,
    users: identity,
    reach: { isAdmin: true, permitted },
    fixed: null,
    passwordLogin,
  });
}

const settings = (more: Partial<SentSettings> = {}): SentSettings => ({
  issuer: provider.issuer,
  clientId: client.id,
  clientSecret: client.secret,
  ...more,
});

const set = (more: Partial<SentSettings> = {}): Promise<void> => signIn.set(settings(more));

type Grant = Parameters<HostileProvider['grant']>;

/** Goes to the provider and back; `query` is what the browser brings instead of the truth. */
async function come(claims?: Grant[1], how?: Grant[2], query: Record<string, string> = {}): Promise<Outcome> {
  const { url, state, cookie } = await signIn.begin(back, '/hosts/3');
  const code = provider.grant(url, claims, how);
  return signIn.finish(
    new URLSearchParams({ code, state, ...query }),
    (name) => (name === cookie.name ? cookie.value : undefined),
    from,
  );
}

async function idOf(username: string): Promise<string> {
  return (await identity.users.knownName(username))?.id ?? '';
}

const link = async (username: string, subject = 'ann'): Promise<unknown> =>
  signIn.identities.link({ issuer: provider.issuer, subject }, await idOf(username));

const addUser = async (username: string, more: object = {}): Promise<string> => {
  const admin = await identity.users.find(await idOf('admin'));
  const { user } = await identity.users.create({ username, password, by: admin, ...more });
  return user.id;
};

test('sends the browser to the provider with PKCE, state and nonce, and lets a linked person in for a bounded time', async () => {
  await set({ sessionHours: 2 });
  await addUser('ada');
  await link('ada');
  const { url } = await signIn.begin(back, '/');
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
  const outcome = await come();
  expect(outcome).toMatchObject({
    kind: 'in',
    next: '/hosts/3',
    isNew: false,
    rights: null,
    login: { kind: 'ok', maxAgeSeconds: 7_200, user: { username: 'ada', isAdmin: false } },
  });
  expect(await identity.sessions.list(await idOf('ada'))).toMatchObject([{ began_by: 'oidc', address: '192.0.2.1' }]);
  // Everything that was needed is in the ID token.
  expect(provider.asked).not.toContain('/userinfo');
});

test('a token that is not valid lets nobody in, whatever is wrong with it', async () => {
  await set();
  await link('admin');
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
    expired: ['', { exp: now - 61, iat: now - 400 }],
    'no end': ['', { exp: undefined }],
    'not valid yet': ['', { nbf: now + 300 }],
    'no subject': ['', { sub: undefined }],
    unsigned: ['', {}, { tokenFor: (claims) => tokenOf(claims, null) }],
    'signed with another key': ['', {}, { tokenFor: (claims) => tokenOf(claims, other.privateKey) }],
    'signed with an unknown key': ['', {}, { tokenFor: (claims) => tokenOf(claims, other.privateKey, 'second') }],
    'changed after it was signed': [
      '',
      {},
      {
        tokenFor: (claims) => {
          const [head, , signature] = tokenOf(claims, provider.key.privateKey).split('.');
          const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url');
          return `${head}.${changed}.${signature}`;
        },
      },
    ],
    'no token': ['', {}, { tokenFor: () => 'x' }],
  };
  const reasons: Record<string, unknown> = {};
  for (const [what, [, claims, how]] of Object.entries(wrong)) {
    const outcome = await come(claims, how);
    reasons[what] = outcome.kind === 'refused' ? outcome.reason : outcome;
  }
  expect(reasons).toEqual(Object.fromEntries(Object.keys(wrong).map((what) => [what, 'token'])));
  expect(await identity.sessions.list(await idOf('admin'))).toEqual([]);
  // Within the tolerance of clocks, and with this party named.
  expect(await come({ exp: now - 30, iat: now - 400, azp: client.id })).toMatchObject({ kind: 'in' });
});

test('an attempt counts once, in the browser that began it, for ten minutes and with these settings', async () => {
  await set();
  await link('admin');
  const begin = async () => {
    const { url, state, cookie } = await signIn.begin(back, '/');
    const query = new URLSearchParams({ code: provider.grant(url), state });
    const finish = (value: string | undefined = cookie.value) =>
      signIn.finish(query, (name) => (name === cookie.name ? value : undefined), from);
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
  now += 600_000;
  expect(await second.finish()).toMatchObject({ ...stale, message: 'The sign-in took longer than ten minutes' });
  const third = await begin();
  await set({ clientId: 'another' });
  expect(await third.finish()).toMatchObject({ ...stale, message: 'The provider was changed meanwhile' });
  // None of these asked the provider anything.
  expect(provider.tokenRequests).toHaveLength(1);
});

test('a code that the provider does not take, and a person who refuses, end the attempt with their reason', async () => {
  await set();
  await link('admin');
  expect(await come({}, {}, { code: 'guessed' })).toMatchObject({ kind: 'refused', reason: 'stale', next: '/hosts/3' });
  expect(await come({}, {}, { error: 'access_denied' })).toMatchObject({ kind: 'refused', reason: 'denied' });
  expect(await come({}, {}, { error: 'server_error', error_description: 'out\nof order' })).toMatchObject({
    reason: 'provider',
    message: 'The provider refused: server_error: out of order',
  });
  expect(await come({}, {}, { iss: 'https://other.example' })).toMatchObject({ kind: 'refused', reason: 'token' });
  provider.secret = 'changed meanwhile';
  expect(await come()).toMatchObject({
    reason: 'provider',
    message: 'The provider refuses the client ID or its secret: invalid_client',
  });
});

test('after thirty failures from one address, the next ones are refused before the provider is asked', async () => {
  await set();
  for (let count = 0; count < 30; count += 1) expect(await come({ nonce: 'wrong' })).toMatchObject({ reason: 'token' });
  const asked = provider.tokenRequests.length;
  await expect(come()).rejects.toMatchObject({ statusCode: 429 });
  expect(provider.tokenRequests).toHaveLength(asked);
  now += 300_000;
  expect(await come()).toMatchObject({ reason: 'unlinked' });
});

test('nobody is linked by their name or address: whoever has no link is noted for admins, who link them', async () => {
  await set();
  const claims = { preferred_username: 'admin', name: 'Ann', email: 'admin@example.org', email_verified: true };
  expect(await come(claims)).toMatchObject({ kind: 'refused', reason: 'unlinked', account: null });
  const asks = { issuer: provider.issuer, subject: 'ann', name: 'Ann', email: 'admin@example.org', askedAt: now };
  expect(await signIn.identities.requests()).toEqual([asks]);
  await link('admin');
  expect(await signIn.identities.requests()).toEqual([]);
  expect(await come(claims)).toMatchObject({ kind: 'in', account: { username: 'admin' } });
  await expect(link('admin', 'other')).rejects.toMatchObject({ statusCode: 409 });
  await addUser('bob');
  await expect(link('bob')).rejects.toThrow('linked to another account');
  expect(await signIn.identities.ofUser(await idOf('admin'))).toMatchObject({ name: 'Ann', last_used_at: now });
});

test('the notes of people without an account are bounded, and end after thirty days', async () => {
  const person = (subject: string) => ({
    issuer: 'i',
    subject,
    username: null,
    name: '',
    email: '',
    isEmailVerified: false,
    groups: null,
    hasMoreGroups: false,
  });
  for (let count = 0; count < 105; count += 1) {
    now += 1_000;
    await signIn.identities.ask(person(`s${count}`));
  }
  const kept = await signIn.identities.requests();
  expect([kept.length, kept[0]?.subject, kept.at(-1)?.subject]).toEqual([100, 's104', 's5']);
  now += 31 * 86_400_000;
  await signIn.identities.ask(person('new'));
  expect(await signIn.identities.requests()).toHaveLength(1);
});

test('makes an account at the first sign-in if it may, never one whose name is taken or looks like another', async () => {
  await set({ createAccounts: true });
  expect(await come({ sub: '1', preferred_username: 'ann' })).toMatchObject({
    kind: 'in',
    isNew: true,
    account: { username: 'ann' },
  });
  expect(await come({ sub: '1', preferred_username: 'renamed' })).toMatchObject({
    isNew: false,
    account: { username: 'ann' },
  });
  for (const preferred_username of ['ANN', 'admin', 'adrnin'])
    expect(await come({ sub: '2', preferred_username })).toMatchObject({ kind: 'refused', reason: 'name-taken' });
  expect(await come({ sub: '3' })).toMatchObject({ kind: 'refused', reason: 'no-name' });
  expect(await come({ sub: '3', preferred_username: 'x'.repeat(100) })).toMatchObject({ reason: 'no-name' });
  expect((await identity.users.list()).map(({ username }) => username)).toEqual(['admin', 'ann']);
  // No password logs in to it.
  const wrong = { username: 'ann', password: '', rememberMe: false, ...from };
  await expect(identity.logins.login({ ...wrong, password: 'quiet harbour' })).rejects.toMatchObject({
    statusCode: 401,
  });
  await expect(identity.secondStep.setUp(await idOf('ann'))).rejects.toMatchObject({ statusCode: 400 });
});

test('groups make admins and take their rights at the next sign-in, in all sessions, but never from the last local admin', async () => {
  await set({ adminGroups: ['ops'], groupsClaim: 'realm.groups' });
  await addUser('ada');
  await link('ada');
  const ops = { realm: { groups: ['ops', 'dev'] } };
  const given = await come(ops);
  expect(given).toMatchObject({ kind: 'in', rights: 'given', login: { user: { isAdmin: true } } });
  const token = given.kind === 'in' && given.login.kind === 'ok' ? given.login.token : '';
  expect(await identity.authenticate(token)).toMatchObject({ user: { isAdmin: true } });
  expect(await come({ realm: { groups: ['dev'] } })).toMatchObject({
    rights: 'taken',
    login: { user: { isAdmin: false } },
  });
  expect(await identity.authenticate(token)).toMatchObject({ user: { isAdmin: false } });
  await link('admin', 'boss');
  expect(await come({ sub: 'boss' })).toMatchObject({ rights: 'kept', login: { user: { isAdmin: true } } });
});

test('the last admin who can log in with a password is neither removed nor demoted by one who cannot', async () => {
  await set({ adminGroups: ['ops'], createAccounts: true });
  expect(await come({ preferred_username: 'ann', groups: ['ops'] })).toMatchObject({ kind: 'in', rights: null });
  const ann = await identity.users.find(await idOf('ann'));
  expect(ann).toMatchObject({ isAdmin: true });
  if (ann === null) return;
  const admin = await idOf('admin');
  await expect(identity.users.remove(ann, admin)).rejects.toThrow('last admin who can log in with a password');
  await expect(identity.users.setAdmin(ann, admin, false)).rejects.toMatchObject({ statusCode: 409 });
  await identity.passwords.reset(ann.id, { newPassword: password, resetTotp: false });
  expect(await identity.users.setAdmin(ann, admin, false)).toBe('admin');
});

test('permitted groups and verified e-mail domains decide for linked people too', async () => {
  await set({ allowedGroups: ['staff'] });
  await link('admin');
  const refused = { kind: 'refused', reason: 'not-allowed', account: { username: 'admin' } };
  expect(await come({ groups: ['guests'] })).toMatchObject(refused);
  expect(await come()).toMatchObject(refused);
  expect(await come({ groups: 'staff' })).toMatchObject({ kind: 'in' });
  expect(await come({ _claim_names: { groups: 'src1' } })).toMatchObject({ reason: 'groups-unknown' });
  await set({ allowedDomains: ['Example.org'] });
  const email = 'ann@example.ORG';
  expect(await come({ email, email_verified: true })).toMatchObject({ kind: 'in' });
  for (const claims of [
    { email },
    { email, email_verified: false },
    { email: 'a@example.org.evil.example', email_verified: true },
  ])
    expect(await come(claims)).toMatchObject(refused);
});

test('what the ID token lacks comes from the user info endpoint, if it is about the same person', async () => {
  await set({ createAccounts: true, allowedGroups: ['staff'] });
  const userInfo = { preferred_username: 'ann', groups: ['staff'] };
  expect(await come({}, { userInfo })).toMatchObject({ kind: 'in', isNew: true, account: { username: 'ann' } });
  expect(await come({}, { userInfo: { ...userInfo, sub: 'somebody else' } })).toMatchObject({ reason: 'token' });
});

test('an account with TOTP is asked for its code after the provider, too', async () => {
  await set();
  await link('admin');
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const sealed = sealer.seal(secret, `user:${await idOf('admin')}:totp`);
  await db.updateTable('users').set({ totp_sealed: sealed }).execute();
  const outcome = await come();
  expect(outcome).toMatchObject({ kind: 'in', login: { kind: 'needs-totp' } });
  expect(await identity.sessions.list(await idOf('admin'))).toEqual([]);
  const tempToken = outcome.kind === 'in' && outcome.login.kind === 'needs-totp' ? outcome.login.tempToken : '';
  const code = generateSync({ secret, epoch: Math.floor(now / 1000) });
  const done = await identity.logins.verifyTotp({ tempToken, code, rememberMe: true, ...from });
  expect(done).toMatchObject({ kind: 'ok', maxAgeSeconds: 86_400 });
  expect(await identity.sessions.list(await idOf('admin'))).toMatchObject([{ began_by: 'oidc' }]);
});

test('ending a link ends the sessions that began with the provider, and no others', async () => {
  await set();
  await link('admin');
  const outcome = await come();
  const token = outcome.kind === 'in' && outcome.login.kind === 'ok' ? outcome.login.token : '';
  const login = await identity.logins.login({ username: 'admin', password, rememberMe: false, ...from });
  const id = await idOf('admin');
  await signIn.identities.unlink(id);
  await identity.sessions.revokeSignedIn(id);
  await expect(identity.authenticate(token)).rejects.toMatchObject({ statusCode: 401, reason: 'unlinked' });
  expect(await identity.authenticate(login.kind === 'ok' ? login.token : '')).toMatchObject({
    user: { username: 'admin' },
  });
  expect(await come()).toMatchObject({ reason: 'unlinked' });
});

test('passwords are only turned off once an admin has signed in with the provider that is set', async () => {
  signIn = await open({ passwordLogin: false });
  expect(await signIn.allowsPasswords()).toBe(true);
  await set();
  await link('admin');
  expect(await signIn.allowsPasswords()).toBe(true);
  await come();
  expect(await signIn.allowsPasswords()).toBe(false);
  await signIn.remove();
  expect(await signIn.allowsPasswords()).toBe(true);
});

test('logs out at the provider where that is set, with the token of the session, which is stored sealed', async () => {
  await set({ logOutAtProvider: true });
  await link('admin');
  await come();
  const [session] = await identity.sessions.list(await idOf('admin'));
  expect(session?.id_token_sealed).toMatch(/^v1\./);
  const url = new URL((await signIn.logoutUrl(session?.id ?? '', 'http://sonde.example/login')) ?? '');
  expect(url.href).toMatch(`${provider.issuer}/end?`);
  expect(url.searchParams.get('post_logout_redirect_uri')).toBe('http://sonde.example/login');
  expect(url.searchParams.get('id_token_hint')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  await set();
  expect(await signIn.logoutUrl(session?.id ?? '', 'http://sonde.example/login')).toBeNull();
});

test('sends the secret as the provider takes it, and none for a public client', async () => {
  await set();
  await come();
  await set({ clientAuth: 'post' });
  await come();
  provider.told = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
  await set({ clientAuth: 'auto' });
  await come();
  provider.secret = null;
  await signIn.set({ issuer: provider.issuer, clientId: client.id });
  await come();
  expect(
    provider.tokenRequests.map(({ form, authorization }) => [authorization.slice(0, 5), form.get('client_secret')]),
  ).toEqual([
    ['Basic', null],
    ['', client.secret],
    ['', client.secret],
    ['', null],
  ]);
});

test('a test says what is wrong with settings before they are saved', async () => {
  const answerOf = async (more: Partial<SentSettings>) => (await signIn.test(settings(more), back)).answer;
  expect(await answerOf({})).toBe('The provider answers, and knows the client ID and its secret.');
  expect(await answerOf({ clientSecret: 'wrong' })).toBe(
    'The provider refuses the client ID or its secret: invalid_client',
  );
  expect(await answerOf({ issuer: `${provider.issuer}/` })).toBe(
    `The provider calls itself ${provider.issuer}. Enter exactly this as the issuer`,
  );
  expect(await answerOf({ issuer: `${provider.issuer}/elsewhere` })).toMatch(/answered HTTP 404 where/);
  provider.told = { issuer: 'https://other.example' };
  expect(await answerOf({})).toBe('The provider calls itself https://other.example. Enter exactly this as the issuer');
  provider.told = { authorization_endpoint: 'http://login.example.org/authorize' };
  await set();
  await expect(signIn.begin(back, '/')).rejects.toMatchObject({ statusCode: 502 });
  provider.told = { code_challenge_methods_supported: ['plain'] };
  expect(await answerOf({})).toMatch(/does not support PKCE/);
  expect(await answerOf({ issuer: 'http://127.0.0.1:1' })).toBe(
    '127.0.0.1:1 refused the connection: nothing listens on this port',
  );
  expect(signIn.view().source).toBe('page');
  signIn = await open({ permitted: [] });
  expect(await answerOf({})).toMatch(/^Sonde does not connect to the address of 127\.0\.0\.1:\d+\./);
});

test('a provider that is away is not asked again for a few seconds, and then it is', async () => {
  await set();
  provider.isBroken = true;
  const failed = { statusCode: 502, code: 'provider' };
  await expect(signIn.begin(back, '/')).rejects.toMatchObject(failed);
  await expect(signIn.begin(back, '/')).rejects.toMatchObject(failed);
  expect(provider.asked).toHaveLength(1);
  provider.isBroken = false;
  now += 5_000;
  expect(await signIn.begin(back, '/')).toMatchObject({ state: expect.any(String) });
});

test('settings are checked, sealed and masked, and the secret does not follow to another provider', async () => {
  await set({ name: 'Company' });
  expect(signIn.view()).toEqual({
    source: 'page',
    config: { issuer: provider.issuer, clientId: 'sonde', clientSecret: '••••', name: 'Company' },
  });
  expect(JSON.stringify(await db.selectFrom('sign_in_provider').selectAll().execute())).not.toContain(client.secret);
  await signIn.set({ ...settings(), clientSecret: '••••', name: 'Other' });
  expect((await open()).settings).toMatchObject({ clientSecret: client.secret, name: 'Other' });
  await expect(signIn.set({ ...settings({ issuer: 'https://evil.example' }), clientSecret: '••••' })).rejects.toThrow(
    'enter clientSecret again',
  );
  const wrong: readonly (readonly [Partial<SentSettings>, string])[] = [
    [{ issuer: 'http://id.example.org' }, 'must begin with https://'],
    [{ issuer: 'https://id.example.org/?x=1' }, 'must not contain'],
    [{ issuer: 'https://id.example.org/.well-known/openid-configuration' }, 'Leave that part out'],
    [{ scopes: 'profile email' }, 'must contain openid'],
    [{ sessionHours: 0 }, 'config.sessionHours'],
    [{ allowedDomains: ['ann@example.org'] }, 'takes domains such as example.org'],
  ];
  for (const [more, sentence] of wrong) await expect(set(more)).rejects.toThrow(sentence);
  sealer = createSealer(randomBytes(32));
  expect((await open()).view()).toEqual({ source: 'sealed', config: null });
});

test('before the first account exists, nobody signs in with a provider', async () => {
  await set();
  await db.deleteFrom('users').execute();
  await expect(signIn.begin(back, '/')).rejects.toMatchObject({ statusCode: 409, code: 'setup' });
});
