/** The contract, route by route, over real HTTP, with this machine as the host. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireRig, waitFor } from '../support/rig.ts';
import { type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let admin: Person;
let stranger: Person;
/** The admin's host, watched. */
let id: number;

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const here = { name: 'here', ip: 'localhost', connectionType: 'local' };

beforeAll(async () => {
  requireRig();
  sonde = await startService();
  admin = sonde.admin;
  stranger = await sonde.user('stranger');
  id = await admin.add(here);
  await admin.watch(id);
});

afterAll(async () => {
  await sonde?.close();
});

function raw(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${sonde.url}${path}`, init);
}

describe('status', () => {
  test('of all hosts, of some, of one', async () => {
    const entry = { status: 'online', lastChecked: isoTime };
    expect((await admin.get('/status')).body).toEqual({ [id]: expect.objectContaining(entry) });
    expect((await admin.get(`/status?hostIds=${id},999`)).body).toEqual({ [id]: expect.objectContaining(entry) });
    expect((await admin.get('/status?hostIds=999')).body).toEqual({});
    expect((await admin.get(`/status/${id}`)).body).toMatchObject(entry);
    expect((await stranger.get('/status')).body).toEqual({});
  });

  test.each(['0', '-1', 'x', '1.5', '1e3', '99999999999999999999'])('of %s is a bad request', async (bad) => {
    for (const path of [`/status/${bad}`, `/metrics/${bad}`]) {
      expect(await admin.get(path)).toEqual({ status: 400, body: { error: 'Invalid host ID' } });
    }
  });
});

describe('metrics', () => {
  const number = expect.any(Number);

  test('have every field of the contract', async () => {
    const { body } = await admin.get(`/metrics/${id}`);
    expect(body).toMatchObject({
      cpu: { cores: number, load: [number, number, number] },
      memory: { percent: number, usedGiB: number, totalGiB: number },
      disk: { percent: number, usedHuman: expect.any(String), totalHuman: expect.any(String), mount: '/' },
      network: { interfaces: expect.arrayContaining([expect.objectContaining({ name: 'lo', ip: '127.0.0.1' })]) },
      uptime: { seconds: number, formatted: expect.stringMatching(/^(\d+d )?(\d+h )?\d+m$/) },
      processes: { total: number, running: number, top: expect.any(Array) },
      system: { hostname: expect.any(String), kernel: expect.any(String), os: expect.any(String) },
      login_stats: {
        recentLogins: expect.any(Array),
        failedLogins: expect.any(Array),
        totalLogins: number,
        uniqueIPs: number,
      },
      ports: { source: 'ss', ports: expect.any(Array) },
      firewall: { type: expect.any(String), status: expect.any(String), chains: expect.any(Array) },
      temperature: { source: expect.any(String), sensors: expect.any(Array) },
      lastChecked: isoTime,
    });
    // As many sensors as this machine has; the highest is one of them, and without any there is none.
    const celsius: number[] = body.temperature.sensors.map((sensor: Json) => sensor.celsius);
    expect([null, ...celsius]).toContain(body.temperature.highestCelsius);
    expect(body.disk.filesystems[0]).toMatchObject({ usedBytes: number, totalBytes: number, availableBytes: number });
    for (const section of Object.keys(body.sections)) {
      expect(body.sections[section]).toHaveProperty('collectedAt');
      expect(body.sections[section]).toHaveProperty('error');
    }
  });

  test('have shares and rates soon after the start', async () => {
    const body = await waitFor<Json>(async () => {
      const seen = (await admin.get(`/metrics/${id}`)).body;
      return seen.cpu.percent !== null && seen;
    });
    // Tests beside this one add interfaces, which have no rate before their second sample; the loopback was always there.
    expect(body.network.interfaces.find(({ name }: Json) => name === 'lo')).toMatchObject({
      rxRateBps: number,
      txRateBps: number,
      rxBytes: expect.any(String),
    });
    expect(body.processes.top[0]).toMatchObject({
      pid: expect.any(String),
      user: expect.any(String),
      cpu: expect.any(String),
    });
  });

  test('that were never taken are 404 with every field null', async () => {
    const cold = await admin.add({ name: 'cold', ip: '192.0.2.1', username: 'x', authType: 'none' });
    const { status, body } = await admin.get(`/metrics/${cold}`);
    expect(status).toBe(404);
    expect(body).toMatchObject({
      error: expect.any(String),
      cpu: { percent: null, cores: null, load: null },
      memory: { percent: null, usedGiB: null, totalGiB: null },
      disk: { percent: null, usedHuman: null, mount: null, filesystems: [] },
      network: { interfaces: [] },
      uptime: { seconds: null, formatted: null },
      processes: { total: null, running: null, top: [] },
      system: { hostname: null, kernel: null, os: null },
      ports: { source: 'none', ports: [] },
      firewall: { type: 'none', status: 'unknown', chains: [] },
      temperature: { source: 'none', highestCelsius: null, sensors: [] },
      lastChecked: null,
    });
    expect(await admin.delete(`/host/db/host/${cold}`)).toMatchObject({ status: 200 });
  });

  test('stay readable after a stop', async () => {
    expect(await admin.post(`/metrics/stop/${id}`)).toEqual({ status: 200, body: { success: true } });
    expect((await admin.get(`/metrics/${id}`)).status).toBe(200);
    await admin.watch(id);
  });
});

describe('viewers', () => {
  test('register under their own id or a new one, beat, and end', async () => {
    const own = await admin.post('/metrics/register-viewer', { hostId: id, viewerSessionId: 'mine' });
    expect(own.body).toEqual({ success: true, viewerSessionId: 'mine' });
    const made = await admin.post('/metrics/register-viewer', { hostId: id });
    expect(made.body.viewerSessionId).toMatch(/^[0-9a-f-]{36}$/);

    const beat = (who: Person, viewerSessionId: string) => who.post('/metrics/heartbeat', { viewerSessionId });
    expect((await beat(admin, 'mine')).body).toEqual({ success: true });
    expect((await beat(stranger, 'mine')).body).toEqual({ success: false });
    expect((await beat(admin, 'unknown')).body).toEqual({ success: false });
    expect((await admin.post('/metrics/heartbeat', {})).status).toBe(400);

    for (let twice = 0; twice < 2; twice += 1) {
      expect(await admin.post('/metrics/unregister-viewer', { hostId: id, viewerSessionId: 'mine' })).toEqual({
        status: 200,
        body: { success: true },
      });
    }
    expect((await beat(admin, 'mine')).body).toEqual({ success: false });
  });

  test('of hosts that are not there are skipped', async () => {
    const skipped = { success: true, skipped: true, reason: expect.any(String) };
    expect((await admin.post('/metrics/register-viewer', { hostId: 999 })).body).toEqual(skipped);
    expect((await stranger.post('/metrics/register-viewer', { hostId: id })).body).toEqual(skipped);
    expect((await admin.post('/metrics/register-viewer', { hostId: 'x' })).status).toBe(400);
  });

  test('of a host whose metrics are off are skipped', async () => {
    const off = await admin.add({ ...here, statsConfig: { metricsEnabled: false } });
    expect((await admin.post('/metrics/register-viewer', { hostId: off })).body).toMatchObject({ skipped: true });
    expect((await admin.post(`/metrics/start/${off}`)).status).toBe(400);
    await admin.post('/host-deleted', { hostId: off });
  });
});

describe('connections', () => {
  test('refresh and clear-connections answer with a message', async () => {
    for (const path of ['/refresh', '/clear-connections']) {
      expect(await admin.post(path)).toEqual({ status: 200, body: { message: expect.any(String) } });
    }
    expect((await admin.get(`/metrics/${id}`)).status).toBe(200);
  });

  test('host-updated and host-deleted', async () => {
    expect(await admin.post('/host-updated', { hostId: 'x' })).toEqual({
      status: 400,
      body: { error: 'Invalid hostId' },
    });
    expect(await admin.post('/host-updated', { hostId: 999 })).toEqual({
      status: 404,
      body: { error: 'Host not found' },
    });
    expect((await admin.post('/host-updated', { hostId: id })).status).toBe(200);

    const gone = await admin.add(here);
    await admin.watch(gone);
    expect((await admin.post('/host-deleted', { hostId: gone })).status).toBe(200);
    expect((await admin.get(`/metrics/${gone}`)).status).toBe(404);
    expect((await admin.get(`/status/${gone}`)).status).toBe(404);
  });
});

describe('global settings', () => {
  test('are for admins', async () => {
    expect((await stranger.get('/global-settings')).status).toBe(403);
    expect((await stranger.post('/global-settings', { metricsInterval: 10 })).status).toBe(403);
    expect((await admin.get('/global-settings')).body).toMatchObject({ statusCheckInterval: 60, metricsInterval: 30 });
  });

  test.each([
    { metricsInterval: 9 },
    { statusCheckInterval: 3601 },
    { metricsInterval: 20.5 },
    { metricsInterval: '30x' },
  ])('%j is refused and changes nothing', async (bad) => {
    const { status, body } = await admin.post('/global-settings', {
      statusCheckInterval: 100,
      metricsInterval: 100,
      ...bad,
    });
    expect(status).toBe(400);
    expect(body.error).toContain(Object.keys(bad)[0]);
    expect((await admin.get('/global-settings')).body).toMatchObject({ statusCheckInterval: 60, metricsInterval: 30 });
  });

  test('are followed at once', async () => {
    const before = (await admin.get(`/metrics/${id}`)).body.lastChecked;
    expect(await admin.post('/global-settings', { metricsInterval: 10 })).toMatchObject({
      status: 200,
      body: { success: true, metricsInterval: 10, statusCheckInterval: 60 },
    });
    await waitFor(async () => (await admin.get(`/metrics/${id}`)).body.lastChecked > before);
  });
});

describe('who may', () => {
  /** Every route about a host, with what a request for the host `of` looks like. */
  const routes = (of: number): readonly [string, string, object?][] => [
    ['GET', `/status/${of}`],
    ['GET', `/metrics/${of}`],
    ['POST', `/metrics/start/${of}`],
    ['POST', `/metrics/stop/${of}`],
    ['POST', '/metrics/register-viewer', { hostId: of }],
    ['POST', '/host-updated', { hostId: of }],
    ['POST', '/host-deleted', { hostId: of }],
    ['GET', `/host/db/host/${of}`],
    ['PUT', `/host/db/host/${of}`, { name: 'stolen' }],
    ['DELETE', `/host/db/host/${of}`],
  ];

  test('another user’s host is as unknown as one that does not exist', async () => {
    const ask = (method: string, path: string, body?: object) => {
      if (method === 'GET') return stranger.get(path);
      if (method === 'PUT') return stranger.put(path, body ?? {});
      return method === 'DELETE' ? stranger.delete(path) : stranger.post(path, body);
    };
    const [foreign, unknown] = [routes(id), routes(999_999)];
    for (const [index, [method, path, body]] of foreign.entries()) {
      const [, unknownPath = '', unknownBody] = unknown[index] ?? [];
      expect([path, await ask(method, path, body)]).toEqual([path, await ask(method, unknownPath, unknownBody)]);
    }
    expect((await admin.get(`/host/db/host/${id}`)).body.name).toBe('here');
  });

  test('every route of the description but the public ones wants a login', async () => {
    const { paths } = (await (await raw('/openapi.json')).json()) as Json;
    const open: string[] = [];
    for (const [path, methods] of Object.entries<Json>(paths)) {
      for (const method of Object.keys(methods)) {
        const response = await raw(path.replaceAll(/\{\w+\}/g, '1'), { method: method.toUpperCase() });
        const text = await response.text();
        const isText = response.headers.get('content-type')?.startsWith('text/plain');
        if (response.status !== 401) open.push(`${method} ${path}`);
        else if (isText) expect(text).toBe('Missing authentication token\n');
        else expect(JSON.parse(text)).toEqual({ error: 'Missing authentication token' });
      }
    }
    expect(open.sort()).toEqual([
      'get /health',
      'get /openapi.json',
      'get /users/oidc-config',
      'get /users/oidc/authorize',
      'get /users/oidc/callback',
      'get /users/password-login-allowed',
      'get /users/registration-allowed',
      'get /users/setup-required',
      'get /version',
      'post /users/create',
      'post /users/login',
      'post /users/totp/verify-login',
    ]);
  });

  test('a token that is none, and one that was revoked', async () => {
    const bad = await raw('/status', { headers: { Authorization: 'Bearer x.y.z' } });
    expect([bad.status, await bad.json()]).toEqual([401, { error: 'Invalid token' }]);
    const leaving = await sonde.user('leaving');
    await leaving.post('/users/logout');
    expect(await leaving.get('/users/me')).toEqual({
      status: 401,
      body: { error: 'Session expired - please log in again', code: 'SESSION_EXPIRED' },
    });
  });

  test('a cookie is taken, but no change that another site asks for', async () => {
    const body = JSON.stringify({ username: 'admin', password: 'correct horse battery' });
    const headers = { 'Content-Type': 'application/json' };
    const login = await raw('/users/login', { method: 'POST', headers, body });
    expect(await login.json()).toEqual({ success: true, is_admin: true, username: 'admin' });
    const cookie = login.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^jwt=.+; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/);
    const jar = { Cookie: cookie.split(';')[0] ?? '' };
    const refresh = (more: object) => raw('/refresh', { method: 'POST', headers: { ...jar, ...more } });
    expect((await raw('/status', { headers: { ...jar, Authorization: '' } })).status).toBe(200);
    expect((await refresh({})).status).toBe(200);
    expect((await refresh({ Origin: sonde.url })).status).toBe(200);
    expect((await refresh({ Origin: 'https://evil.example' })).status).toBe(403);
    expect((await refresh({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  });
});

describe('bad input', () => {
  const post = (path: string, body: string, type = 'application/json') =>
    raw(path, { method: 'POST', headers: { 'Content-Type': type }, body });

  test.each([
    ['malformed JSON', '{"username":', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['a number', '1', 'application/json', 400],
    ['wrong types', '{"username":{},"password":[]}', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['a form', 'username=admin', 'application/x-www-form-urlencoded', 415],
    ['2 MB', JSON.stringify({ username: 'x'.repeat(2_000_000) }), 'application/json', 413],
  ])('%s gets one clear sentence', async (_, body, type, status) => {
    const response = await post('/users/login', body, type);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^\w[^<>{}\n]{3,120}$/) });
  });

  test('empty bodies are fine where nothing is required', async () => {
    expect((await admin.post('/refresh')).status).toBe(200);
    expect((await admin.post('/refresh', {})).status).toBe(200);
  });

  test.each([
    ['no address', { name: 'x' }],
    ['a port beyond', { ip: 'a.example', port: 65_536 }],
    ['an address with a space', { ip: 'a b' }],
    ['an unreadable key', { ip: 'a.example', username: 'x', authType: 'key', key: 'nonsense' }],
    ['an unknown kind of login', { ip: 'a.example', authType: 'magic' }],
    ['somebody else’s credential', { ip: 'a.example', authType: 'credential', credentialId: 12345 }],
  ])('a host with %s is refused', async (_, host) => {
    const before = (await admin.get('/host/db/host')).body.length;
    const { status, body } = await admin.post('/host/db/host', host);
    expect([status, typeof body.error]).toEqual([400, 'string']);
    expect((await admin.get('/host/db/host')).body).toHaveLength(before);
  });

  test('a local host is for admins', async () => {
    expect([400, 403]).toContain((await stranger.post('/host/db/host', here)).status);
  });

  test('half a request holds nothing up', async () => {
    const { hostname, port } = new URL(sonde.url);
    const half = connect(Number(port), hostname);
    half.on('error', () => {});
    half.write('POST /users/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"user');
    expect((await raw('/health')).status).toBe(200);
    half.destroy();
  });

  test('unknown paths are 404 JSON', async () => {
    for (const path of ['/ssh/status', '/nothing', '/users/%ff']) {
      const response = await raw(path);
      expect([path, response.status >= 400 && response.status < 500]).toEqual([path, true]);
      expect(await response.json()).toHaveProperty('error');
    }
  });
});

test('what login pages ask before a login', async () => {
  const answers: Record<string, unknown> = {
    '/health': { status: 'ok', alerts: { reason: 'no-channel', message: expect.any(String) } },
    '/users/setup-required': { setup_required: false },
    '/users/registration-allowed': { allowed: false },
    '/users/password-login-allowed': { allowed: true },
    '/users/oidc-config': null,
  };
  for (const [path, answer] of Object.entries(answers)) expect(await (await raw(path)).json()).toEqual(answer);
  expect(await (await raw('/version')).json()).toMatchObject({ status: 'up_to_date', localVersion: 'test' });
  expect((await raw('/status', { method: 'HEAD' })).status).toBe(401);
});

test('secrets come back from nowhere', async () => {
  const secret = 'hunter2-hunter2';
  const host = { name: 's', ip: '192.0.2.9', username: 'u', authType: 'password', password: secret, colour: 'red' };
  const { body } = await admin.post('/host/db/host', { ...host, statsConfig: { statusCheckEnabled: false } });
  const credential = await admin.post('/credentials', {
    name: 'c',
    username: 'u',
    authType: 'password',
    password: secret,
  });
  expect(body).toMatchObject({ colour: 'red', hasPassword: true });
  const seen = [body, credential.body];
  for (const path of [
    '/host/db/host',
    `/host/db/host/${body.id}`,
    '/credentials',
    `/credentials/${credential.body.id}`,
  ]) {
    seen.push((await admin.get(path)).body);
  }
  expect(JSON.stringify(seen)).not.toContain(secret);
});

test('the page to try the API asks no other origin, and answers of the API are no pages', async () => {
  const page = await raw('/docs');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(await page.text()).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  const answer = await raw('/health');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});
