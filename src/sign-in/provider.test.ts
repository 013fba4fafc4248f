import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { client, type HostileProvider, openHostileProvider } from '../../test/support/hostile-provider.ts';
import { back, SigningIn } from '../../test/support/signing-in.ts';
import { createSealer } from '../lib/seal.ts';
import type { SentSettings } from './settings.ts';

let provider: HostileProvider;
let w: SigningIn;

beforeAll(async () => {
  provider = await openHostileProvider();
});
afterAll(() => provider.close());
beforeEach(async () => {
  w = await SigningIn.begin(provider);
});

test('what the ID token lacks comes from the user info endpoint, if it is about the same person', async () => {
  await w.set({ createAccounts: true, allowedGroups: ['staff'] });
  const userInfo = { preferred_username: 'ann', groups: ['staff'] };
  expect(await w.come({}, { userInfo })).toMatchObject({ kind: 'in', isNew: true, account: { username: 'ann' } });
  expect(await w.come({}, { userInfo: { ...userInfo, sub: 'somebody else' } })).toMatchObject({ reason: 'token' });
});

test('logs out at the provider where that is set, with the token of the session, which is stored sealed', async () => {
  await w.set({ logOutAtProvider: true });
  await w.link('admin');
  await w.come();
  const [session] = await w.identity.sessions.list(await w.idOf('admin'));
  expect(session?.id_token_sealed).toMatch(/^v1\./);
  const idToken = await w.identity.sessions.idToken(session?.id ?? '');
  const url = new URL((await w.signIn.logoutUrl(idToken, 'http://sonde.example/login')) ?? '');
  expect(url.href).toMatch(`${w.provider.issuer}/end?`);
  expect(url.searchParams.get('post_logout_redirect_uri')).toBe('http://sonde.example/login');
  expect(url.searchParams.get('id_token_hint')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  // A provider that fails keeps nobody logged in.
  w.provider.told = { end_session_endpoint: 7 };
  await w.set({ logOutAtProvider: true });
  expect(await w.signIn.logoutUrl(idToken, 'http://sonde.example/login')).toBeNull();
  await w.set();
  expect(await w.signIn.logoutUrl(idToken, 'http://sonde.example/login')).toBeNull();
});

test('a provider that is set later is not told the ID token that the one before gave out', async () => {
  const other = await openHostileProvider();
  try {
    await w.set({ logOutAtProvider: true });
    await w.link('admin');
    await w.come();
    const [session] = await w.identity.sessions.list(await w.idOf('admin'));
    const idToken = await w.identity.sessions.idToken(session?.id ?? '');
    const logoutUrl = () => w.signIn.logoutUrl(idToken, 'http://sonde.example/login');
    expect(await logoutUrl()).toMatch(w.provider.issuer);
    await w.set({ logOutAtProvider: true, issuer: other.issuer });
    expect(await logoutUrl()).toBeNull();
  } finally {
    await other.close();
  }
});

test('sends the secret as the provider takes it, and none for a public client', async () => {
  await w.set();
  await w.come();
  await w.set({ clientAuth: 'post' });
  await w.come();
  w.provider.told = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
  await w.set({ clientAuth: 'auto' });
  await w.come();
  w.provider.secret = null;
  await w.signIn.set({ issuer: w.provider.issuer, clientId: client.id });
  await w.come();
  expect(
    w.provider.tokenRequests.map(({ form, authorization }) => [authorization.slice(0, 5), form.get('client_secret')]),
  ).toEqual([
    ['Basic', null],
    ['', client.secret],
    ['', client.secret],
    ['', null],
  ]);
});

test('a test says what is wrong with settings before they are saved', async () => {
  const answerOf = async (more: Partial<SentSettings>) => (await w.signIn.test(w.settings(more), back)).answer;
  expect(await answerOf({})).toBe('The provider answers, and knows the client ID and its secret.');
  expect(await answerOf({ clientSecret: 'wrong' })).toBe(
    'The provider refuses the client ID or its secret: invalid_client',
  );
  expect(await answerOf({ issuer: `${w.provider.issuer}/` })).toBe(
    `The provider calls itself ${w.provider.issuer}. Enter exactly this as the issuer`,
  );
  expect(await answerOf({ issuer: `${w.provider.issuer}/elsewhere` })).toMatch(/answered HTTP 404 where/);
  w.provider.told = { issuer: 'https://other.example' };
  expect(await answerOf({})).toBe('The provider calls itself https://other.example. Enter exactly this as the issuer');
  w.provider.told = { authorization_endpoint: 'http://login.example.org/authorize' };
  await w.set();
  await expect(w.signIn.begin(back, '/')).rejects.toMatchObject({ statusCode: 502 });
  w.provider.told = { code_challenge_methods_supported: ['plain'] };
  expect(await answerOf({})).toMatch(/does not support PKCE/);
  expect(await answerOf({ issuer: 'http://127.0.0.1:1' })).toBe(
    '127.0.0.1:1 refused the connection: nothing listens on this port',
  );
  expect(w.signIn.view().source).toBe('page');
  await w.open({ permitted: [] });
  expect(await answerOf({})).toMatch(/^Sonde does not connect to the address of 127\.0\.0\.1:\d+\./);
});

test('whoever tests the settings learns what is wrong with the description; who signs in only learns that something is', async () => {
  const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ authorization_endpoint: undefined }, 'authorization_endpoint is missing'],
    [{ token_endpoint: null }, 'token_endpoint is missing'],
    [{ authorization_endpoint: 'javascript:alert(1)' }, 'authorization_endpoint is no address with https://'],
    [{ authorization_endpoint: 7 }, 'authorization_endpoint is no address with https://'],
    [{ jwks_uri: 'http://192.0.2.1/keys' }, 'jwks_uri is no address with https://'],
    [{ end_session_endpoint: {} }, 'end_session_endpoint is no address with https://'],
    [{ scopes_supported: 5 }, 'scopes_supported is no list of words'],
    [{ token_endpoint_auth_methods_supported: [7] }, 'token_endpoint_auth_methods_supported is no list of words'],
  ];
  for (const [told, what] of wrong) {
    w.provider.told = told;
    expect(await w.signIn.test(w.settings(), back)).toEqual({
      success: false,
      answer: `The description of the provider cannot be used: ${what}`,
      notes: [],
    });
    await w.set();
    await expect(w.signIn.begin(back, '/')).rejects.toMatchObject({ statusCode: 502, code: 'provider' });
  }
  // What some providers write for what they do not have.
  w.provider.told = { scopes_supported: null, token_endpoint_auth_methods_supported: null, end_session_endpoint: null };
  expect(await w.signIn.test(w.settings({ clientAuth: 'auto' }), back)).toMatchObject({ success: true });
});

test('an answer that is too long, and a host that Sonde does not connect to, are named', async () => {
  const answerOf = async () => (await w.signIn.test(w.settings(), back)).answer;
  w.provider.told = { extra: 'x'.repeat(300_000) };
  expect(await answerOf()).toBe('127.0.0.1 answered more than 256 KiB');
  w.provider.told = { token_endpoint: 'https://169.254.169.254/token' };
  expect(await answerOf()).toMatch(/^Sonde does not connect to the address of 169\.254\.169\.254\./);
});

test('a provider that is away is not asked again for a few seconds, and then it is', async () => {
  await w.set();
  w.provider.isBroken = true;
  const message = 'The provider does not answer as it should. Ask an admin to test its settings';
  const failed = { statusCode: 502, code: 'provider', message };
  await expect(w.signIn.begin(back, '/')).rejects.toMatchObject(failed);
  await expect(w.signIn.begin(back, '/')).rejects.toMatchObject(failed);
  expect(w.provider.asked).toHaveLength(1);
  expect(w.faults).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ answered HTTP 503 where/)]);
  w.provider.isBroken = false;
  w.now += 5_000;
  expect(await w.signIn.begin(back, '/')).toMatchObject({ state: expect.any(String) });
});

test('settings are checked, sealed and masked, and the secret does not follow to another provider', async () => {
  await w.set({ name: 'Company' });
  expect(w.signIn.view()).toEqual({
    source: 'page',
    config: { issuer: w.provider.issuer, clientId: 'sonde', clientSecret: '••••', name: 'Company' },
  });
  expect(JSON.stringify(await w.db.selectFrom('sign_in_provider').selectAll().execute())).not.toContain(client.secret);
  await w.signIn.set({ ...w.settings(), clientSecret: '••••', name: 'Other' });
  expect((await w.open()).settings).toMatchObject({ clientSecret: client.secret, name: 'Other' });
  await expect(
    w.signIn.set({ ...w.settings({ issuer: 'https://evil.example' }), clientSecret: '••••' }),
  ).rejects.toThrow('enter clientSecret again');
  const wrong: readonly (readonly [Partial<SentSettings>, string])[] = [
    [{ issuer: 'http://id.example.org' }, 'must begin with https://'],
    [{ issuer: 'https://id.example.org/?x=1' }, 'must not contain'],
    [{ issuer: 'https://id.example.org/.well-known/openid-configuration' }, 'Leave that part out'],
    [{ scopes: 'profile email' }, 'must contain openid'],
    [{ sessionHours: 0 }, 'config.sessionHours'],
    [{ allowedGroup: ['staff'] } as never, 'config.allowedGroup is not a setting of the provider. These are: issuer, '],
    [{ allowedDomains: ['ann@example.org'] }, 'takes domains such as example.org'],
  ];
  for (const [more, sentence] of wrong) await expect(w.set(more)).rejects.toThrow(sentence);
  w.sealer = createSealer(randomBytes(32));
  expect((await w.open()).view()).toEqual({ source: 'sealed', config: null });
});

test('before the first account exists, nobody signs in with a provider', async () => {
  await w.set();
  await w.db.deleteFrom('users').execute();
  await expect(w.signIn.begin(back, '/')).rejects.toMatchObject({ statusCode: 409, code: 'setup' });
});

test('a test names a certificate that is not trusted, and a server that is no provider', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-provider-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=id'.split(' ');
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const secure = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
    response.end(),
  );
  const plain = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>'),
  );
  rmSync(folder, { recursive: true });
  onTestFinished(() => void [secure, plain].map((server) => server.close()));
  const hostOf = async (server: typeof plain | typeof secure): Promise<string> => {
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const [tls, html] = [await hostOf(secure), await hostOf(plain)];
  const answerOf = async (issuer: string) => (await w.signIn.test(w.settings({ issuer }), back)).answer;
  expect(await answerOf(`https://${tls}`)).toMatch(
    new RegExp(`^The certificate of ${tls} is not trusted: self.signed`),
  );
  expect(await answerOf(`http://${html}`)).toBe(`${html} did not answer JSON: this is no OpenID Connect provider`);
  expect(await answerOf(`https://${html}`)).toContain(html);
});
