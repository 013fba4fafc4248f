/** The whole fleet in one answer, and what docs/widgets.md tells other programs to read from it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addUser, requireRig, type Server, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';
import { costSoFar } from '../support/watching.ts';

let sonde: Service;
let server: Server;
let bob: Person;
let token: string;
let up: number;
let down: number;
const docs = readFileSync(new URL('../../docs/widgets.md', import.meta.url), 'utf8');
const number = expect.any(Number);
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
  server = await startSshd();
  bob = await sonde.user('bob');
  token = (await sonde.admin.post('/users/api-keys', { name: 'dashboard', scope: 'read' })).body.token;
  up = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'web', folder: 'shop', tags: ['prod', 'eu'] });
  down = await sonde.admin.add({ name: 'gone', ip: server.host, port: 1, username: 'x', authType: 'none' });
  await sonde.admin.watch(up);
  await waitFor(async () => (await sonde.admin.get(`/status/${down}`)).body.status === 'offline');
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

/** Reads by the key for looking, as a widget does. */
async function read(path: string): Promise<Json> {
  const response = await fetch(`${sonde.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
  return response.json();
}

test('every host has its status and headline numbers, null where nothing is known, and hosts are counted', async () => {
  const { counts, hosts } = await read('/hosts');
  expect(counts).toEqual({ total: 2, online: 1, offline: 1, unknown: 0, stale: 0 });
  // The rig has no interface but those that tests beside this one make for a while.
  const numberOrNull = expect.toBeOneOf([null, number]);
  expect(hosts[0]).toEqual({
    id: up,
    name: 'web',
    address: server.host,
    folder: 'shop',
    tags: ['prod', 'eu'],
    status: 'online',
    since: isoTime,
    lastChecked: isoTime,
    failure: null,
    sampledAt: isoTime,
    cpuPercent: number,
    memoryPercent: number,
    diskPercent: number,
    diskMount: expect.any(String),
    load1: number,
    load5: number,
    load15: number,
    receivedBps: numberOrNull,
    sentBps: numberOrNull,
    uptimeSeconds: number,
    stale: false,
    ageSeconds: number,
  });
  expect(hosts[1]).toMatchObject({
    id: down,
    status: 'offline',
    failure: { stage: 'tcp' },
    cpuPercent: null,
    ageSeconds: null,
  });
  expect(Object.keys(hosts[1]).sort()).toEqual(Object.keys(hosts[0]).sort());
});

test('changes of a record, of access and of what a key may see show at once', async () => {
  expect((await bob.get('/hosts')).body).toEqual({
    counts: { total: 0, online: 0, offline: 0, unknown: 0, stale: 0 },
    hosts: [],
  });
  await sonde.admin.put(`/host/db/host/${down}`, { name: 'renamed' });
  expect((await read(`/hosts?hostIds=${down},999`)).hosts.map((host: Json) => host.name)).toEqual(['renamed']);
  const bobId = (await bob.get('/users/me')).body.userId;
  await sonde.admin.put(`/shares/${down}/${bobId}`, { level: 'view' });
  expect((await bob.get('/hosts')).body.hosts.map((host: Json) => host.id)).toEqual([down]);
  await sonde.admin.delete(`/shares/${down}/${bobId}`);
  expect((await bob.get('/hosts')).body.hosts).toEqual([]);
  expect((await bob.get('/hosts?hostIds=x')).status).toBe(400);
  const hundred = [...Array(101).keys()].map((index) => index + 1).join(',');
  expect((await bob.get(`/hosts?hostIds=${hundred}`)).status).toBe(400);
});

test('naming hosts counts as looking at them; reading all does not', async () => {
  const asleep = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'asleep' });
  await read('/hosts');
  const rowOf = async (): Promise<Json> => (await read(`/hosts?hostIds=${asleep}`)).hosts[0];
  expect(costSoFar((await sonde.admin.get(`/hosts/${asleep}/footprint`)).body).logins).toBe(0);
  const row = await waitFor<Json>(async () => {
    const seen = await rowOf();
    return seen.cpuPercent !== null && seen;
  });
  expect(row).toMatchObject({ stale: false, cpuPercent: number });
});

/** What dots and indexes lead to, as Homepage, Glance, JSONata and GJSON read it. */
const at = (body: Json, path: string): Json => path.split('.').reduce((part, name) => part?.[name], body);

test('what docs/widgets.md reads is there, under the names that it uses', async () => {
  const [fleet, metrics, status] = [await read('/hosts'), await read(`/metrics/${up}`), await read(`/status/${up}`)];
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(docs)?.[1] ?? '{}') as Json;
  expect(Object.keys(example.hosts[0])).toEqual(expect.arrayContaining(Object.keys(fleet.hosts[0])));
  expect(Object.keys(fleet.hosts[0])).toEqual(expect.arrayContaining(Object.keys(example.hosts[0])));
  expect(Object.keys(example.counts)).toEqual(Object.keys(fleet.counts));
  for (const path of ['counts.online', 'counts.offline', 'counts.total', 'hosts.0.cpuPercent'])
    expect([path, at(fleet, path)]).toEqual([path, number]);
  const telegraf = JSON.parse(/included_keys = (\[.*\])/.exec(docs)?.[1] ?? '[]') as string[];
  for (const key of telegraf) expect(fleet.hosts[0]).toHaveProperty(key);
  for (const [, key] of docs.matchAll(/\.(?:String|Float) "(\w+)"/g))
    expect(fleet.hosts[0]).toHaveProperty(key as string);
  for (const [, path] of docs.matchAll(/value_json\.([\w.]+)/g)) {
    const body = path === 'status' ? status : metrics;
    expect([path, at(body, path as string)]).not.toEqual([path, undefined]);
  }
  expect(status.status).toBe('online');
  expect(JSON.stringify(fleet)).toContain('"offline":1');
  expect(await (await fetch(`${sonde.url}/health`)).text()).toContain('"status":"ok"');
});
