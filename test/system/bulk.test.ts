/** One action on many hosts, and what the page remembers of a user. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requireRig } from '../support/rig.ts';
import { type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let ann: Person;
let ben: Person;

const host = (name: string) => ({ name, ip: '127.0.0.1', port: 1, username: 'x', password: 'x', tags: ['old'] });
const unknownId = 999_999;

beforeAll(async () => {
  requireRig();
  sonde = await startService();
  [ann, ben] = [await sonde.user('ann'), await sonde.user('ben')];
});

afterAll(async () => {
  await sonde?.close();
});

async function bulk(who: Person, hostIds: readonly number[], rest: object): Promise<Json> {
  const { status, body } = await who.post('/hosts/bulk', { hostIds, ...rest });
  expect([status, body]).toEqual([200, expect.anything()]);
  return body.results;
}

test('each host is allowed, changed and answered for by itself, and foreign hosts are as unknown ones', async () => {
  const [own, viewed, foreign] = [
    await ann.add(host('own')),
    await ben.add(host('viewed')),
    await ben.add(host('foreign')),
  ];
  const annId = (await ann.get('/users/me')).body.userId;
  await ben.put(`/shares/${viewed}/${annId}`, { level: 'view' });

  expect(await bulk(ann, [own, viewed, foreign, unknownId], { action: 'folder', folder: 'racks' })).toEqual([
    { hostId: own, name: 'own', error: null },
    { hostId: viewed, name: 'viewed', error: expect.stringMatching(/^You can view this host but not change it/) },
    { hostId: foreign, name: null, error: 'Host not found' },
    { hostId: unknownId, name: null, error: 'Host not found' },
  ]);
  expect((await ann.get(`/host/db/host/${own}`)).body.folder).toBe('racks');
  expect((await ben.get(`/host/db/host/${viewed}`)).body.folder).toBe('');

  const { entries } = (await sonde.admin.get(`/audit?action=host-changed`)).body;
  expect(entries.map((entry: Json) => [entry.username, entry.hostId, entry.details])).toEqual([
    ['ann', own, { fields: ['folder'], bulk: 4 }],
  ]);
});

test('tags, intervals, sudo and credentials change what they name and nothing else', async () => {
  const ids = [await ann.add(host('a')), await ann.add({ ...host('b'), tags: ['old', 'web'] })];
  const credential = (await ann.post('/credentials', { name: 'c', username: 'deploy', password: 'y' })).body.id;
  const before = (await ann.get(`/host/db/host/${ids[1]}`)).body;
  await bulk(ann, ids, { action: 'tags', addTags: ['eu', 'web'], removeTags: ['old'] });
  await bulk(ann, ids, { action: 'interval', metricsInterval: 45 });
  await bulk(ann, ids, { action: 'sudo', sudo: true });
  await bulk(ann, ids, { action: 'credential', credentialId: credential });
  const after = (await ann.get(`/host/db/host/${ids[1]}`)).body;
  expect((await ann.get(`/host/db/host/${ids[0]}`)).body.tags).toEqual(['eu', 'web']);
  const statsConfig = { ...before.statsConfig, metricsInterval: 45, useGlobalMetricsInterval: false, sudo: true };
  expect({ ...after, updatedAt: '' }).toEqual({
    ...before,
    tags: ['web', 'eu'],
    statsConfig,
    authType: 'credential',
    credentialId: credential,
    hasPassword: after.hasPassword,
    updatedAt: '',
  });
  await bulk(ann, ids, { action: 'interval', metricsInterval: null });
  expect((await ann.get(`/host/db/host/${ids[0]}`)).body.statsConfig.useGlobalMetricsInterval).toBe(true);
});

test('what cannot be done says why: a refused connection, no waiting key, a credential of somebody else', async () => {
  const id = await ann.add(host('down'));
  const others = (await ben.post('/credentials', { name: 'c', username: 'x', password: 'y' })).body.id;
  const errorOf = async (rest: object): Promise<string> => (await bulk(ann, [id], rest))[0].error;
  expect(await errorOf({ action: 'connect' })).toMatch(/refused/);
  expect(await errorOf({ action: 'accept-keys', fingerprints: { [id]: 'SHA256:x' } })).toMatch(/no key waiting/);
  expect(await errorOf({ action: 'credential', credentialId: others })).toMatch(/no credential of yours/);
  expect(await errorOf({ action: 'tags', addTags: ['x'.repeat(200), 'y'.repeat(200)] })).toMatch(/tags must be/);
  expect(await errorOf({ action: 'depends-on', dependsOn: [id] })).toMatch(/cannot depend on itself/);
  expect(await errorOf({ action: 'remove' })).toBeNull();
  expect((await ann.get(`/host/db/host/${id}`)).status).toBe(404);
});

test.each([
  [{ hostIds: [], action: 'remove' }, 'hostIds'],
  [{ hostIds: Array.from({ length: 101 }, (_, index) => index + 1), action: 'remove' }, 'hostIds'],
  [{ hostIds: Array.from({ length: 17 }, (_, index) => index + 1), action: 'connect' }, 'hostIds'],
  [{ hostIds: ['1'], action: 'remove' }, 'hostIds'],
  [{ hostIds: [1], action: 'reboot' }, 'action'],
  [{ hostIds: [1], action: 'interval', metricsInterval: 5 }, 'metricsInterval'],
  [{ hostIds: [1], action: 'tags' }, 'addTags'],
  [{ hostIds: [1], action: 'sudo', sudo: 'yes' }, 'sudo'],
  [{ hostIds: [1], action: 'depends-on', dependsOn: ['7'] }, 'dependsOn'],
  [{ hostIds: [1], action: 'accept-keys' }, 'fingerprints'],
] as const)('%j is refused by the name of its field', async (body, field) => {
  const { status, body: answer } = await ann.post('/hosts/bulk', body);
  expect([status, answer.error]).toEqual([400, expect.stringContaining(field)]);
});

test('a user finds their preferences on every machine, and nobody else does', async () => {
  expect((await ann.get('/users/preferences')).body).toEqual({});
  const value = { columns: ['cpu'], views: [{ name: 'Ärger', search: '?status=offline' }] };
  expect((await ann.put('/users/preferences/fleet', { value })).status).toBe(200);
  await ann.put('/users/preferences/fleet', { value: { ...value, density: 'compact' } });
  const again = await sonde.logIn('ann');
  expect((await again.get('/users/preferences')).body).toEqual({ fleet: { ...value, density: 'compact' } });
  expect((await ben.get('/users/preferences')).body).toEqual({});
});

test('what a user may have remembered is bounded', async () => {
  const put = async (name: string, body: object) => (await ben.put(`/users/preferences/${name}`, body)).status;
  expect(await put('fleet', { value: 'x'.repeat(33_000) })).toBe(400);
  expect(await put('fleet', { value: 'a\0b' })).toBe(400);
  expect(await put('fleet', {})).toBe(400);
  expect(await put('mine', { value: 1 })).toBe(404);
  expect((await ben.get('/users/preferences')).body).toEqual({});
});
