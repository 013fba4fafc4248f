/** Hosts that are shared, keys that are limited, and what is written down of all that. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EventReader, readEvents } from '../support/events.ts';
import { addUser, type Server, startSshd, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Person, password, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;
let ann: Person;
let ben: Person;
let benId: string;
const readers: EventReader[] = [];

beforeAll(async () => {
  sonde = await startService();
  server = await startSshd();
  ann = await sonde.user('ann');
  ben = await sonde.user('ben');
  benId = (await ben.get('/users/me')).body.userId;
});

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

async function live(who: Person, query = ''): Promise<EventReader> {
  const reader = await readEvents(`${sonde.url}/live${query}`, who.token);
  readers.push(reader);
  return reader;
}

/** A user of the API by API key. */
async function byApiKey(
  who: Person,
  body: object,
): Promise<(method: string, path: string, sent?: object) => Promise<Json>> {
  const made = await who.post('/users/api-keys', { name: 'a program', ...body });
  expect(made.status).toBe(201);
  return async (method, path, sent) => {
    const response = await fetch(`${sonde.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${made.body.token}`, 'Content-Type': 'application/json' },
      ...(sent ? { body: JSON.stringify(sent) } : {}),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
}

const audit = async (query = ''): Promise<Json[]> => (await sonde.admin.get(`/audit${query}`)).body.entries;

test('who a host is shared with to view sees it, starts it, and changes nothing', async () => {
  const id = await ann.add({ ...byPassword(server, addUser()), name: 'shared to view' });
  const reader = await live(ben);
  await reader.find('hello');
  expect(await ben.get(`/host/db/host/${id}`)).toMatchObject({ status: 404, body: { error: 'Host not found' } });
  expect(await ann.put(`/shares/${id}/${benId}`, { level: 'view' })).toMatchObject({ status: 200 });
  expect((await reader.find('hosts', (list) => list[0]?.id === id)).data[0]).toMatchObject({
    mine: false,
    owner: 'ann',
  });

  expect((await ben.watch(id)).cpu.cores).toBeGreaterThan(0);
  expect((await ben.get('/status')).body).toHaveProperty(String(id));
  expect(await ben.get(`/host/db/host/${id}`)).toMatchObject({ status: 200, body: { level: 'view' } });
  for (const refused of [
    await ben.put(`/host/db/host/${id}`, { ip: '127.0.0.2' }),
    await ben.delete(`/host/db/host/${id}`),
    await ben.put(`/shares/${id}/${benId}`, { level: 'manage' }),
  ]) {
    expect(refused).toMatchObject({ status: 403, body: { error: expect.any(String) } });
  }
  expect((await ann.get(`/shares/${id}`)).body).toEqual([{ userId: benId, username: 'ben', level: 'view' }]);
});

test('who a host is taken from again sees no more of it at once, and no longer keeps it sampled', async () => {
  const id = await ann.add({ ...byPassword(server, addUser()), name: 'taken again' });
  await ann.put(`/shares/${id}/${benId}`, { level: 'view' });
  const reader = await live(ben, `?hosts=${id}&every=2`);
  await reader.find('snapshot', (data) => data.id === id && data.snapshot.cpu.cores !== null);
  await ann.delete(`/shares/${id}/${benId}`);
  expect((await reader.find('gone')).data).toEqual([id]);
  const before = reader.events.length;
  await waitFor(() => server.log().includes('Disconnected'));
  expect(reader.events.slice(before).map(({ event }) => event)).not.toContain('snapshot');
  expect(await ben.get(`/metrics/${id}`)).toMatchObject({ status: 404, body: { error: 'Host not found' } });
});

test('who a host is shared with to manage changes it, and gives it to nobody', async () => {
  const id = await ann.add({ ...byPassword(server, addUser()), name: 'shared to manage' });
  await ann.put(`/shares/${id}/${benId}`, { level: 'manage' });
  expect(await ben.put(`/host/db/host/${id}`, { folder: 'of ben' })).toMatchObject({ status: 200 });
  expect(await ben.get(`/shares/${id}`)).toMatchObject({ status: 403 });
  expect(await ann.put(`/shares/${id}/${(await ann.get('/users/me')).body.userId}`, { level: 'view' })).toMatchObject({
    status: 400,
  });
  expect(await ann.put(`/shares/${id}/${benId}`, { level: 'own' })).toMatchObject({ status: 400 });
});

test('an API key that is limited to a host sees that one alone, wherever hosts are listed', async () => {
  const [one, other] = [await ann.add(byPassword(server, addUser())), await ann.add(byPassword(server, addUser()))];
  await ann.watch(one);
  await ann.watch(other);
  const ask = await byApiKey(ann, { scope: 'read', hostIds: [one] });
  expect((await ask('GET', '/host/db/host')).body.map((each: Json) => each.id)).toEqual([one]);
  expect(Object.keys((await ask('GET', '/status')).body)).toEqual([String(one)]);
  expect((await ask('GET', '/host-keys')).body.map((each: Json) => each.hostId)).toEqual([one]);
  expect(await ask('GET', `/metrics/${one}`)).toMatchObject({ status: 200 });
  expect(await ask('GET', `/metrics/${other}`)).toMatchObject({ status: 404, body: { error: 'Host not found' } });
  expect(await ask('POST', '/refresh')).toMatchObject({ body: { message: 'Refreshing 1 hosts' } });
  expect(await ask('PUT', `/host/db/host/${one}`, { folder: 'x' })).toMatchObject({ status: 403 });
  expect(await ann.post('/users/api-keys', { name: 'x', hostIds: [999_999] })).toMatchObject({ status: 400 });
  expect(await ann.post('/users/api-keys', { name: 'x', scope: 'all' })).toMatchObject({ status: 400 });
});

test('no API key makes users, API keys or passwords, not even of an admin', async () => {
  const ask = await byApiKey(sonde.admin, {});
  const taken = { name: 'x', username: 'eve', password, oldPassword: password, newPassword: 'another long one' };
  for (const path of ['/users/create', '/users/api-keys', '/users/change-password', `/users/${benId}/admin`]) {
    expect([path, (await ask('POST', path, { ...taken, is_admin: true })).status]).toEqual([path, 403]);
  }
  expect(await ask('GET', '/global-settings')).toMatchObject({ status: 200 });
});

test('what was done is written down: by whom, to what, from where, and never a secret', async () => {
  const eve = await sonde.user('eve');
  const login = (sent: object) =>
    fetch(`${sonde.url}/users/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'a browser' },
      body: JSON.stringify(sent),
    });
  await login({ username: 'eve', password: 'hunter2' });
  await login({ username: 'my password is hunter2', password: 'x' });
  const user = addUser();
  const id = await eve.add({ ...byPassword(server, user), name: "eve's" });
  await eve.put(`/host/db/host/${id}`, { folder: 'f', password: user.password });
  await eve.watch(id);
  await eve.delete(`/host-keys/${id}`);
  await eve.post('/credentials', { name: 'shared login', username: 'u', password: 'hunter2' });
  const key = await byApiKey(eve, { scope: 'read' });
  await key('GET', '/status');
  await key('GET', '/status');
  await eve.delete(`/host/db/host/${id}`);
  await eve.post('/users/logout');

  const entries = await waitFor(async () => {
    const found = await audit();
    const isThere = (action: string, of: (entry: Json) => boolean): boolean =>
      found.some((entry) => entry.action === action && of(entry));
    const isUsed = isThere('credential-used', ({ hostId }) => hostId === id);
    return isUsed && isThere('api-key-used', ({ username }) => username === 'eve') ? found : null;
  });
  const of = (action: string) => entries.filter((entry) => entry.action === action);
  expect(of('login-failed').slice(0, 2)).toEqual([
    expect.objectContaining({ username: '', userId: null }),
    expect.objectContaining({ username: 'eve', address: '127.0.0.1', details: { userAgent: 'a browser' } }),
  ]);
  expect(of('host-changed')[0]).toMatchObject({
    username: 'eve',
    hostId: id,
    target: "eve's",
    details: { fields: ['folder', 'password'] },
  });
  expect(of('host-key-forgotten')[0]).toMatchObject({ username: 'eve', hostId: id, target: "eve's" });
  expect(of('credential-used').find(({ hostId }) => hostId === id)).toMatchObject({
    username: '',
    via: 'sonde',
    details: { credential: 'its own password', username: user.name },
  });
  expect(of('api-key-used').filter(({ username }) => username === 'eve')).toHaveLength(1);
  for (const action of ['host-added', 'host-removed', 'credential-added', 'api-key-added', 'logout', 'user-added'])
    expect([action, of(action).length > 0]).toEqual([action, true]);
  expect(JSON.stringify(entries)).not.toMatch(/hunter2|tmx_[0-9a-f]{8}/);
  expect(JSON.stringify(entries)).not.toContain(user.password);
});

test('the audit log is filtered, paged and given as CSV; only admins read it', async () => {
  expect(await ann.get('/audit')).toMatchObject({ status: 403 });
  const first = (await sonde.admin.get('/audit?limit=3')).body;
  expect(first.entries).toHaveLength(3);
  const second = (await sonde.admin.get(`/audit?limit=3&before=${first.next}`)).body;
  expect(second.entries[0].id).toBeLessThan(first.entries[2].id);
  expect(new Set((await audit('?user=ann')).map(({ username }) => username))).toEqual(new Set(['ann']));
  expect((await audit('?action=share-given'))[0]).toMatchObject({ action: 'share-given', details: { user: 'ben' } });
  expect(await audit('?from=2999-01-01T00:00:00Z')).toEqual([]);
  for (const query of ['?limit=0', '?action=none', '?from=yesterday', '?hostId=x'])
    expect(await sonde.admin.get(`/audit${query}`)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  await sonde.admin.post('/credentials', { name: '=1+1', password: 'x' });
  const csv = await fetch(`${sonde.url}/audit?format=csv&limit=1`, {
    headers: { Authorization: `Bearer ${sonde.admin.token}` },
  });
  expect(csv.headers.get('content-type')).toContain('text/csv');
  expect(await csv.text()).toMatch(
    /^at,action,username,hostId,target,details,address,via\r\n.*,credential-added,admin,,'=1\+1,/,
  );
});
