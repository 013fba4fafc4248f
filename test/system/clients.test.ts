/** What the official command line, web and mobile clients send and read, as they do it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUser, requireRig, type Server, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Person, password, type Service, startService } from '../support/service.ts';
import { costSoFar } from '../support/watching.ts';

let sonde: Service;
let bob: Person;
let server: Server;
let bobId: string;
let adminId: string;

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
  server = await startSshd();
  bob = await sonde.user('bob');
  bobId = (await bob.get('/users/me')).body.userId;
  adminId = (await sonde.admin.get('/users/me')).body.userId;
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

const ask = (path: string, token: string | null, init: RequestInit = {}): Promise<Response> =>
  fetch(`${sonde.url}${path}`, { ...init, headers: token === null ? {} : { Authorization: `Bearer ${token}` } });

describe('API keys', () => {
  test('name their user: one’s own id is fine, another user’s only for an admin', async () => {
    const own = await bob.post('/users/api-keys', { name: 'own', userId: bobId });
    expect(own).toMatchObject({ status: 201, body: { userId: bobId, username: 'bob' } });
    const refused = await bob.post('/users/api-keys', { name: 'theirs', userId: adminId });
    expect(refused).toEqual({
      status: 403,
      body: { error: 'Only an admin can create an API key for another user' },
    });
    expect(await sonde.admin.post('/users/api-keys', { name: 'x', userId: 'nobody' })).toMatchObject({ status: 404 });
    expect(await sonde.admin.post('/users/api-keys', { name: 'x', userId: 7 })).toMatchObject({ status: 400 });

    const { status, body } = await sonde.admin.post('/users/api-keys', { name: 'for Bob', userId: bobId });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      name: 'for Bob',
      userId: bobId,
      username: 'bob',
      token: expect.stringMatching(/^tmx_[0-9a-f]{64}$/),
      tokenPrefix: body.token.slice(0, 12),
      createdAt: expect.any(String),
      expiresAt: null,
      lastUsedAt: null,
      isActive: true,
      scope: 'manage',
      hostIds: null,
    });
    const me = await (await ask('/users/me', body.token)).json();
    expect(me).toMatchObject({ userId: bobId, username: 'bob', is_admin: false });
    expect((await ask('/global-settings', body.token)).status).toBe(403);
    const [entry] = (await sonde.admin.get('/audit?action=api-key-added')).body.entries;
    expect(entry).toMatchObject({ username: 'admin', target: 'for Bob', details: { user: 'bob' } });
  });

  test('are listed as clients read them, and removed', async () => {
    const read = async (who: Person): Promise<Json[]> => (await who.get('/users/api-keys')).body.apiKeys;
    const [own, given] = await read(bob);
    expect(own).toMatchObject({ name: 'own', userId: bobId, username: 'bob', isActive: true, lastUsedAt: null });
    expect(given).toMatchObject({ name: 'for Bob', lastUsedAt: expect.any(String) });
    expect(JSON.stringify([own, given])).not.toMatch(/tmx_[0-9a-f]{9}/);
    expect((await read(sonde.admin)).map(({ name }) => name)).toEqual(['own', 'for Bob']);
    const { id } = (await sonde.admin.post('/users/api-keys', { name: 'admin’s' })).body;
    expect((await bob.delete(`/users/api-keys/${id}`)).status).toBe(404);
    expect((await sonde.admin.delete(`/users/api-keys/${given.id}`)).status).toBe(200);
    expect((await read(bob)).map(({ name }) => name)).toEqual(['own']);
  });
});

describe('the paths of the newest clients', () => {
  test('answer as those of the contract do, and ask for the same login', async () => {
    const prefix = '/plugin-api/host-metrics';
    for (const path of ['/status', '/status/7', '/metrics/7', '/metrics/x', '/global-settings']) {
      const [plain, alias] = [await bob.get(path), await bob.get(`${prefix}${path}`)];
      expect([path, alias]).toEqual([path, plain]);
      expect((await ask(`${prefix}${path}`, null)).status).toBe(401);
    }
    for (const path of ['/refresh', '/clear-connections', '/metrics/start/7', '/metrics/stop/7'])
      expect([path, await bob.post(`${prefix}${path}`)]).toEqual([path, await bob.post(path)]);
    for (const path of ['/metrics/heartbeat', '/metrics/register-viewer', '/host-updated', '/host-deleted']) {
      const body = { hostId: 7, viewerSessionId: 'v' };
      expect([path, await bob.post(`${prefix}${path}`, body)]).toEqual([path, await bob.post(path, body)]);
    }
    expect((await bob.get(`${prefix}/users/me`)).status).toBe(404);
    const { paths, info } = (await (await ask('/openapi.json', null)).json()) as Json;
    expect(Object.keys(paths).filter((path) => path.includes('plugin-api'))).toEqual([]);
    expect(info.description).toContain(prefix);
  });
});

test('no proxy stores an answer of the API, whatever it is', async () => {
  const answers: readonly [string, string | null, RequestInit?][] = [
    ['/health', null],
    ['/status', bob.token],
    ['/status', null],
    ['/status/%zz', null],
    ['/metrics/7', bob.token],
    ['/live', bob.token],
    ['/no/such/path', null],
    ['/users/login', null, { method: 'POST', body: '{' }],
    ['/hosts/export', bob.token],
    ['/openapi.json', null],
  ];
  for (const [path, token, init] of answers) {
    const response = await ask(path, token, init);
    expect([path, response.headers.get('cache-control')]).toEqual([path, 'no-store']);
    await response.body?.cancel();
  }
});

describe('a client', () => {
  test('that starts a host and reads once has a CPU share and rates to draw, beats, and stops', async () => {
    const login = await fetch(`${sonde.url}/users/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Electron-App': 'true' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    const { token } = (await login.json()) as Json;
    const send = (path: string, body?: object): Promise<Json> =>
      fetch(`${sonde.url}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }).then((response) => response.json());
    const { id } = await sonde.admin
      .post('/host/db/host', { ...byPassword(server, addUser()), statsConfig: '{}' })
      .then(({ body }) => body);
    const listed = (await (await ask('/host/db/host', token)).json()) as Json[];
    expect(listed.map((host) => host.id)).toContain(id);
    const started = await send(`/plugin-api/host-metrics/metrics/start/${id}`);
    expect(started).toMatchObject({ status: 'success', success: true, viewerSessionId: expect.any(String) });

    const drawn = (await (await ask(`/metrics/${id}`, token)).json()) as Json;
    expect(drawn).toMatchObject({ stale: false, ageSeconds: expect.any(Number) });
    expect(drawn.cpu.percent).toEqual(expect.any(Number));
    // Tests beside this one add interfaces, which have no rate before their second sample; the loopback was always there.
    const loopback = drawn.network.interfaces.find(({ name }: Json) => name === 'lo');
    expect(loopback).toMatchObject({ rxRateBps: expect.any(Number), txRateBps: expect.any(Number) });

    const { viewerSessionId } = started;
    expect(await send('/metrics/heartbeat', { viewerSessionId })).toEqual({ success: true });
    expect(await send(`/metrics/stop/${id}`, { viewerSessionId })).toEqual({ success: true });
    expect(await send('/metrics/heartbeat', { viewerSessionId })).toEqual({ success: false });
    expect((await ask(`/metrics/${id}`, token)).status).toBe(200);
  });

  test('that only reads is answered 404 at first, then with fresh snapshots, by a key for looking too', async () => {
    const id = await sonde.admin.add(byPassword(server, addUser()));
    const made = await sonde.admin.post('/users/api-keys', { name: 'widget', scope: 'read', hostIds: [id] });
    const read = async (): Promise<{ status: number; body: Json }> => {
      const response = await ask(`/metrics/${id}`, made.body.token);
      return { status: response.status, body: await response.json() };
    };
    expect(await read()).toMatchObject({
      status: 404,
      body: { stale: true, ageSeconds: null, cpu: { percent: null } },
    });
    const seen = await waitFor<Json>(async () => {
      const { status, body } = await read();
      return status === 200 && body.cpu.percent !== null && body;
    });
    expect(seen).toMatchObject({ stale: false, cpu: { percent: expect.any(Number) } });
    expect(costSoFar((await sonde.admin.get(`/hosts/${id}/footprint`)).body)).toMatchObject({ logins: 1 });
  });

  test('adds hosts as the command line and the web form send them', async () => {
    const user = addUser();
    const credential = await sonde.admin.post('/credentials', {
      name: 'shared',
      authType: 'password',
      username: user.name,
      password: user.password,
    });
    const byCredential = { name: 'cli', ip: server.host, port: server.port, credentialId: credential.body.id };
    const added = await sonde.admin.post('/host/db/host', byCredential);
    expect(added).toMatchObject({ status: 200, body: { authType: 'credential', credentialId: credential.body.id } });
    expect((await sonde.admin.post(`/metrics/start/${added.body.id}`)).body).toMatchObject({ success: true });

    const form = {
      connectionType: 'ssh',
      name: 'form',
      ip: server.host,
      port: server.port,
      username: user.name,
      folder: '',
      tags: [],
      pin: false,
      authType: 'password',
      password: null,
      key: null,
      keyPassword: null,
      keyType: null,
      credentialId: null,
      enableTerminal: true,
      enableTunnel: true,
      enableFileManager: true,
      enableDocker: false,
      defaultPath: '/',
      tunnelConnections: [],
      jumpHosts: [],
      quickActions: [],
      statsConfig: JSON.stringify({ enabledWidgets: ['cpu'], statusCheckEnabled: true, metricsEnabled: true }),
      terminalConfig: null,
      forceKeyboardInteractive: false,
      useSocks5: false,
      socks5Host: null,
      socks5Port: null,
      socks5ProxyChain: null,
      notes: '',
    };
    const saved = await sonde.admin.post('/host/db/host', form);
    expect(saved).toMatchObject({ status: 200, body: { hasPassword: false, tags: [] } });
    const { id } = saved.body;
    expect(await sonde.admin.post(`/metrics/start/${id}`)).toMatchObject({
      status: 500,
      body: { failure: { reason: 'no-credential' } },
    });
    expect((await sonde.admin.put(`/host/db/host/${id}`, { ...form, password: user.password })).status).toBe(200);
    expect((await sonde.admin.post(`/metrics/start/${id}`)).body).toMatchObject({ success: true });
  });
});
