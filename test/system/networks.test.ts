/** Where the hosts of users may be: what counts is the address that is dialled. */
import { createServer, type Server as TcpServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultDeniedNetworks } from '../../src/lib/names/denied-networks.ts';
import { readEvents } from '../support/events.ts';
import { addUser, requireRig, type Server, startSshd, stopServers, type User } from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;
let user: User;
let ann: Person;
/** Counts who connects. */
let trap: TcpServer;
let caught = 0;

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
  server = await startSshd();
  user = addUser();
  ann = await sonde.user('ann');
  trap = createServer((socket) => {
    caught += 1;
    socket.on('error', () => {}).end('220 secret.internal ESMTP\r\n');
  });
  await new Promise<void>((done) => trap.listen(0, '::', done));
  await sonde.admin.post('/global-settings', { deniedNetworks: defaultDeniedNetworks });
});

afterAll(async () => {
  trap.close();
  await sonde?.close();
  await stopServers();
});

const port = (): number => (trap.address() as { port: number }).port;
const refused = { stage: 'sonde', reason: 'not-allowed', hint: expect.stringContaining('admin') };

async function failureOf(who: Person, host: object): Promise<Json> {
  const id = await who.add({ ...byPassword(server, user), port: port(), ...host });
  const { body } = await who.post(`/metrics/start/${id}`);
  return body.failure;
}

test.each([
  '127.0.0.1',
  '127.1.2.3',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0.0.0.0',
  '::',
  'localhost',
  'LOCALHOST.',
  'sonde.localhost',
  '169.254.169.254',
  'fd00:ec2::254',
  'fe80::1%lo',
])('a host of a user is not at %s: nothing is sent there, and no banner is shown', async (ip) => {
  expect(await failureOf(ann, { ip })).toMatchObject(refused);
  expect(caught).toBe(0);
});

test('nor is its proxy, what is behind a proxy, or its jump host', async () => {
  const onward = { ip: '192.0.2.1', useSocks5: true, socks5Host: '127.0.0.1', socks5Port: port() };
  expect(await failureOf(ann, onward)).toMatchObject(refused);
  const behind = { ip: '127.0.0.1', useSocks5: true, socks5Host: '192.0.2.1', socks5Port: 1 };
  expect(await failureOf(ann, behind)).toMatchObject(refused);
  const chain = [
    { host: '192.0.2.1', port: 1 },
    { host: 'localhost', port: port() },
  ];
  expect(await failureOf(ann, { ip: '192.0.2.9', useSocks5: true, socks5ProxyChain: chain })).toMatchObject(refused);
  const jump = await ann.add({ ...byPassword(server, user), ip: '127.0.0.1', port: port() });
  const jumped = await failureOf(ann, { ip: '192.0.2.9', jumpHosts: [{ hostId: jump }] });
  expect(jumped).toMatchObject(refused);
  expect(caught).toBe(0);
});

test('a connection test says so too, and a status check neither pings nor calls it offline', async () => {
  const fields = { ...byPassword(server, user), ip: '127.0.0.1', port: port() };
  const tested = await fetch(`${sonde.url}/connection-tests`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ann.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
  });
  expect(await tested.text()).toContain('not-allowed');
  const id = await ann.add({ ...fields, statsConfig: { statusCheckEnabled: true, metricsEnabled: false } });
  const reader = await readEvents(`${sonde.url}/live`, ann.token);
  await ann.post('/refresh');
  const told = (list: Json[]): boolean => list.some((one) => one.id === id && one.failure?.reason === 'not-allowed');
  const { data } = await reader.find('statuses', told);
  reader.close();
  expect(data.find((one: Json) => one.id === id).status).not.toBe('offline');
  expect(caught).toBe(0);
});

test('hosts of admins may be anywhere, until a user moves them or they are admins no longer', async () => {
  const bea = await sonde.user('bea');
  const beaId = (await bea.get('/users/me')).body.userId;
  await sonde.admin.post(`/users/${beaId}/admin`, { is_admin: true });
  const id = await bea.add(byPassword(server, user));
  expect((await bea.watch(id)).cpu.cores).toBeGreaterThan(0);
  await sonde.admin.post(`/users/${beaId}/admin`, { is_admin: false });
  expect((await bea.post(`/metrics/start/${id}`)).body.failure).toMatchObject(refused);

  const own = await sonde.admin.add(byPassword(server, user));
  const annId = (await ann.get('/users/me')).body.userId;
  await sonde.admin.put(`/shares/${own}/${annId}`, { level: 'manage' });
  expect((await ann.watch(own)).cpu.cores).toBeGreaterThan(0);
  expect(await ann.put(`/host/db/host/${own}`, { port: port(), password: 'x' })).toMatchObject({ status: 200 });
  expect((await ann.post(`/metrics/start/${own}`)).body.failure).toMatchObject(refused);
  expect(caught).toBe(0);
});

test('an admin says which networks are closed, and every host follows at once', async () => {
  const id = await ann.add(byPassword(server, user));
  expect((await ann.post(`/metrics/start/${id}`)).body.failure).toMatchObject(refused);
  expect(await ann.post('/global-settings', { deniedNetworks: [] })).toMatchObject({ status: 403 });
  for (const deniedNetworks of ['127.0.0.0/8', ['localhost'], ['10.0.0.0/40'], [5]])
    expect(await sonde.admin.post('/global-settings', { deniedNetworks })).toMatchObject({ status: 400 });
  const some = { deniedNetworks: ['10.0.0.0/8', '192.0.2.1'] };
  expect(await sonde.admin.post('/global-settings', some)).toMatchObject({ status: 200, body: some });
  expect((await ann.watch(id)).cpu.cores).toBeGreaterThan(0);
  await sonde.admin.post('/global-settings', { deniedNetworks: ['127.0.0.0/8'] });
  expect((await ann.post(`/metrics/start/${id}`)).body.failure).toMatchObject(refused);
});
