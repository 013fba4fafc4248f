/** Signing in with a provider, over HTTP: addresses below a path and behind a proxy, cookies, the audit log, and an end of passwords. */
import { writeFileSync } from 'node:fs';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { client, type HostileProvider, openHostileProvider } from '../support/hostile-provider.ts';
import { newPath, requireRig } from '../support/rig.ts';
import { type Json, password, type Service, startApp, startService } from '../support/service.ts';

/** Sonde's clock stands still, so that codes of authenticator apps are what the test makes them. */
const startedAt = Date.now();
const clock = { now: () => startedAt, monotonic: () => performance.now() };
const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'sonde.example.org' };

let provider: HostileProvider;
let sonde: Service;

beforeAll(async () => {
  requireRig();
  provider = await openHostileProvider();
  sonde = await startService(undefined, clock, 0, {
    SONDE_NOTIFY_NETWORKS: '127.0.0.0/8',
    SONDE_BASE_PATH: '/sonde',
    SONDE_TRUSTED_PROXIES: '127.0.0.1',
    SONDE_ALLOWED_HOSTS: 'sonde.example.org',
    SONDE_PASSWORD_LOGIN: 'false',
  });
  const config = { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret, adminGroups: ['ops'] };
  expect(await sonde.admin.put('/sign-in/provider', { config })).toMatchObject({ status: 200 });
  await sonde.user('ada');
});

afterAll(async () => {
  await sonde?.close();
  await provider?.close();
});

type Back = { readonly location: string; readonly cookies: readonly string[]; readonly status: number };

const get = (path: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(`${sonde.url}${path}`, { headers: { ...forwarded, ...headers }, redirect: 'manual' });

/** Begins to sign in: the address of the provider, and the cookie as it is set. */
async function begin(
  next = '/hosts/3',
): Promise<{ readonly url: string; readonly state: string; readonly cookie: string }> {
  const response = await get(`/users/oidc/authorize?${new URLSearchParams({ next }).toString()}`, {});
  const { auth_url: url, state } = (await response.json()) as Json;
  return { url, state, cookie: response.headers.getSetCookie()[0] ?? '' };
}

/** Comes back from the provider with the first part of a cookie. */
async function comeBack(cookie: string, query: Readonly<Record<string, string>>): Promise<Back> {
  const sent = cookie.split(';')[0] ?? '';
  const response = await get(`/users/oidc/callback?${new URLSearchParams(query).toString()}`, { cookie: sent });
  const { status, headers } = response;
  return { status, location: headers.get('location') ?? '', cookies: headers.getSetCookie() };
}

async function signIn(claims: Readonly<Record<string, unknown>>, next?: string): Promise<Back> {
  const { url, state, cookie } = await begin(next);
  return comeBack(cookie, { state, code: provider.grant(url, claims) });
}

const tokenOf = ({ cookies }: Back): string =>
  /^jwt=([^;]+)/.exec(cookies.find((one) => one.startsWith('jwt=')) ?? '')?.[1] ?? '';

async function idOf(username: string): Promise<string> {
  return (await sonde.admin.get('/users/list')).body.users.find((one: Json) => one.username === username).id;
}

const entries = async (action: string): Promise<Json[]> =>
  (await sonde.admin.get(`/audit?action=${action}`)).body.entries;

test('the provider and the browser are told the addresses that people see', async () => {
  const { url, state, cookie } = await begin();
  expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://sonde.example.org/sonde/users/oidc/callback');
  expect(cookie).toMatch(
    /^sonde_sign_in_\w{16}=[\w-]+; Max-Age=600; Path=\/sonde\/users\/oidc; HttpOnly; Secure; SameSite=Lax$/,
  );
  const refused = await comeBack(cookie, { state, code: provider.grant(url) });
  expect(refused).toMatchObject({ status: 302, location: '/sonde/login?refused=unlinked&next=%2Fhosts%2F3' });
  expect(refused.cookies).toEqual([
    expect.stringMatching(/^sonde_sign_in_\w{16}=; Max-Age=0; Path=\/sonde\/users\/oidc;/),
  ]);
  expect((await sonde.admin.get('/sign-in/requests')).body.requests).toMatchObject([{ subject: 'ann' }]);

  expect(await sonde.admin.post(`/users/${await idOf('ada')}/identity`, { subject: 'ann' })).toMatchObject({
    status: 200,
  });
  const back = await signIn({}, '/hosts/3?tab=x#y');
  expect(back).toMatchObject({ status: 302, location: '/sonde/hosts/3?tab=x#y' });
  expect(back.cookies.at(-1)).toMatch(/^jwt=[^;]+; Max-Age=86400; Path=\/sonde; HttpOnly; Secure; SameSite=Lax$/);
  for (const next of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    '/users/me',
    'x',
  ])
    expect((await signIn({}, next)).location).toBe('/sonde/');
});

test('a browser that began nothing, or has the cookie of another attempt, gets in nowhere and is not written down', async () => {
  const before = await entries('login-failed');
  const [mine, other] = [await begin(), await begin()];
  const query = { state: mine.state, code: provider.grant(mine.url) };
  for (const cookie of ['', other.cookie, `${mine.cookie.split('=')[0]}=x`])
    expect(await comeBack(cookie, query)).toEqual({
      status: 302,
      location: '/sonde/login?refused=stale',
      cookies: expect.not.arrayContaining([expect.stringContaining('jwt')]),
    });
  expect(await entries('login-failed')).toEqual(before);
});

test('a browser that begins again and again keeps few cookies', async () => {
  const old = ['a', 'b', 'c', 'd'].map((one) => `sonde_sign_in_${one.repeat(16)}=x`).join('; ');
  // Somebody else made the last one: Sonde could not send such a name back.
  const set = (await get('/users/oidc/authorize', { cookie: `${old}; sonde_sign_in_ x=x` })).headers.getSetCookie();
  expect(set.map((one) => /^sonde_sign_in_(\w){16}=; Max-Age=0/.exec(one)?.[1] ?? 'new')).toEqual([
    'a',
    'b',
    'c',
    'd',
    'new',
  ]);
});

test('who signed in as whom, who was refused and why, and what changed is in the audit log', async () => {
  await signIn({ groups: ['ops'] });
  await signIn({});
  await signIn({ aud: 'another' });
  const person = { issuer: provider.issuer, subject: 'ann' };
  const ada = { username: 'ada' };
  expect((await entries('identity-linked'))[0]).toMatchObject({ target: 'ada', details: person });
  expect((await entries('login'))[0]).toMatchObject({ ...ada, details: { ...person, by: 'oidc' } });
  expect((await entries('admin-given'))[0]).toMatchObject({ ...ada, target: 'ada', via: 'sign-in', details: person });
  expect((await entries('admin-taken'))[0]).toMatchObject({ ...ada, target: 'ada', via: 'sign-in' });
  const [invalid, unlinked] = await entries('login-failed');
  expect(invalid).toMatchObject({ details: { reason: 'token', message: expect.stringContaining('"aud"') } });
  expect(unlinked).toMatchObject({ details: { ...person, reason: 'unlinked' } });
  const [changed] = await entries('sign-in-changed');
  expect(JSON.stringify(changed)).toContain(provider.issuer);
  expect(JSON.stringify(changed)).not.toContain(client.secret);
});

test('an account with TOTP is asked for its code after the provider', async () => {
  const token = tokenOf(await signIn({}));
  const ask = (path: string, body: object) =>
    fetch(`${sonde.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(path.includes('verify') ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const { secret } = (await (await ask('/users/totp/setup', {})).json()) as Json;
  const code = (offset: number): string => generateSync({ secret, epoch: Math.floor(startedAt / 1000) + offset });
  expect((await ask('/users/totp/enable', { totp_code: code(0) })).status).toBe(200);
  const back = await signIn({});
  const [, temp_token = ''] = /^\/sonde\/login\?next=%2Fhosts%2F3#code=(\w+)$/.exec(back.location) ?? [];
  expect(tokenOf(back)).toBe('');
  // The next one: each counts once.
  const done = await ask('/users/totp/verify-login', { temp_token, totp_code: code(30) });
  expect([done.status, await done.json()]).toEqual([200, { success: true, is_admin: false, username: 'ada' }]);
  const details = { issuer: provider.issuer, subject: 'ann', by: 'oidc' };
  expect((await entries('login'))[0]).toMatchObject({ username: 'ada', details });
  expect((await ask('/users/totp/disable', { password })).status).toBe(200);
});

test('a link that ends takes its sessions with it, and each user shows how they sign in', async () => {
  const token = tokenOf(await signIn({}));
  const me = () => fetch(`${sonde.url}/users/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(await (await me()).json()).toMatchObject({ username: 'ada', is_oidc: true, is_dual_auth: true });
  const id = await idOf('ada');
  const listed = async (): Promise<Json> =>
    (await sonde.admin.get('/users/list')).body.users.find((one: Json) => one.id === id);
  expect(await listed()).toMatchObject({
    has_password: true,
    identity: { subject: 'ann', lastUsedAt: expect.any(String) },
  });
  expect(await sonde.admin.delete(`/users/${id}/identity`)).toEqual({
    status: 200,
    body: { success: true, hasPassword: true },
  });
  const ended = await me();
  expect([ended.status, ended.headers.get('x-session-ended')]).toEqual([401, 'unlinked']);
  expect(await listed()).toMatchObject({ is_oidc: false, is_dual_auth: false, identity: null });
  expect((await entries('identity-unlinked'))[0]).toMatchObject({ target: 'ada', details: { subject: 'ann' } });
});

test('once an admin has signed in with the provider, passwords that are turned off let nobody in', async () => {
  const allowed = async (): Promise<boolean> =>
    ((await (await get('/users/password-login-allowed', {})).json()) as Json).allowed;
  const logIn = () =>
    fetch(`${sonde.url}/users/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'ada', password }),
    });
  await sonde.admin.post(`/users/${await idOf('admin')}/identity`, { subject: 'boss' });
  expect([await allowed(), (await logIn()).status]).toEqual([true, 200]);
  expect((await signIn({ sub: 'boss', groups: ['ops'] })).location).toBe('/sonde/hosts/3');
  expect([await allowed(), (await logIn()).status]).toEqual([false, 403]);
  expect(await sonde.admin.delete('/sign-in/provider')).toMatchObject({ status: 200 });
  expect([await allowed(), (await logIn()).status]).toEqual([true, 200]);
});

test('a file sets the provider for an unattended installation, and one that cannot be used stops the start', async () => {
  const file = newPath('provider');
  const start = (dataDir: string) => startService(dataDir, undefined, 0, { SONDE_OIDC_FILE: file });
  for (const [text, sentence] of [
    ['{', 'is not valid JSON'],
    ['{"issuer":"http://id.example.org","clientId":"x","clientSecret":"hush"}', 'issuer must begin with https://'],
  ] as const) {
    writeFileSync(file, text);
    const failed = await startApp(newPath('data'), undefined, 0, { SONDE_OIDC_FILE: file }).catch(String);
    expect(failed).toContain(sentence);
    expect(failed).not.toContain('hush');
  }
  writeFileSync(
    file,
    JSON.stringify({ issuer: 'https://id.example.org', clientId: 'x', clientSecret: 'hush', name: 'Company' }),
  );
  const other = await start(newPath('data'));
  try {
    const { body } = await other.admin.get('/sign-in/provider');
    expect(body).toMatchObject({ source: 'file', config: { clientSecret: '••••', name: 'Company' } });
    expect(body).toMatchObject({ redirectUri: `${other.url}/users/oidc/callback`, logoutUri: `${other.url}/login` });
    expect(
      await other.admin.put('/sign-in/provider', { config: { ...body.config, clientSecret: 'new' } }),
    ).toMatchObject({ status: 409 });
    expect(await other.admin.get('/users/oidc-config')).toEqual({
      status: 200,
      body: { client_id: 'x', issuer_url: 'https://id.example.org', scopes: 'openid profile email', name: 'Company' },
    });
  } finally {
    await other.close();
  }
});
