/** What the official command line, web and mobile clients send and read, as they do it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireRig } from '../support/rig.ts';
import { type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let bob: Person;
let bobId: string;
let adminId: string;

beforeAll(async () => {
  requireRig();
  sonde = await startService();
  bob = await sonde.user('bob');
  bobId = (await bob.get('/users/me')).body.userId;
  adminId = (await sonde.admin.get('/users/me')).body.userId;
});

afterAll(async () => {
  await sonde?.close();
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
      body: { error: 'Only an admin may make an API key for another user' },
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

test('nobody on the way keeps an answer of the API, whatever it is', async () => {
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
