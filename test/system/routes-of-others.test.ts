/** What a viewer is told of the way to a host of somebody else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEvents } from '../support/events.ts';
import { addUser, freePort, type Server, startSshd, stopServers, type User } from '../support/rig.ts';
import { byPassword, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;
let jumpUser: User;
let ann: Person;
let ben: Person;
let benId: string;

beforeAll(async () => {
  sonde = await startService();
  server = await startSshd();
  jumpUser = addUser();
  ann = await sonde.user('ann');
  ben = await sonde.user('ben');
  benId = (await ben.get('/users/me')).body.userId;
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

/** Everything that somebody can read of a host, as one text. */
async function allOf(who: Person, id: number): Promise<string> {
  const started = await who.post(`/metrics/start/${id}`);
  const reader = await readEvents(`${sonde.url}/live?hosts=${id}`, who.token);
  await reader.find('statuses');
  await reader.find('snapshot');
  const paths = [
    'status',
    `status/${id}`,
    `metrics/${id}`,
    `metrics/${id}/connection-log`,
    `host/db/host/${id}`,
    'host/db/host',
  ];
  const answers = await Promise.all(paths.map((path) => who.get(`/${path}`)));
  const told = JSON.stringify([started, answers, reader.events]);
  reader.close();
  return told;
}

test('a user who may only view a host behind a jump host learns stages and outcomes, and nothing about the jump host', async () => {
  const jump = await ann.add({ ...byPassword(server, jumpUser), name: 'secret-bastion' });
  const user = addUser();
  const id = await ann.add({ ...byPassword(server, user), name: 'behind', jumpHosts: [{ hostId: jump }] });
  await ann.put(`/shares/${id}/${benId}`, { level: 'view' });
  expect(await allOf(ann, id)).toContain('secret-bastion');
  const told = await allOf(ben, id);
  for (const secret of ['secret-bastion', '"jumpHosts"', 'Logged in as', 'SHA256:']) expect(told).not.toContain(secret);
  const { connectionLogs } = (await ben.get(`/metrics/${id}/connection-log`)).body;
  // Elsewhere it may stand: processes of the host show who is logged in there.
  expect(JSON.stringify(connectionLogs)).not.toContain(jumpUser.name);
  expect(connectionLogs).toContainEqual(
    expect.objectContaining({ type: 'success', stage: 'auth', message: 'Logging in: done' }),
  );
  expect((await ben.get(`/status/${id}`)).body.hops).toEqual([
    { index: 0, kind: 'jump', hostId: null, name: 'A jump host', state: 'up', failure: null },
  ]);
  await ann.put(`/shares/${id}/${benId}`, { level: 'manage' });
  expect(await allOf(ben, id)).toContain('secret-bastion');
});

test('a user who may only view a host behind a failing proxy learns that a proxy failed, but not which', async () => {
  const port = await freePort();
  const proxy = { useSocks5: true, socks5Host: '127.0.0.1', socks5Port: port, socks5Username: 'proxy-account' };
  const id = await ann.add({ ...byPassword(server, addUser()), name: 'proxied', ...proxy });
  await ann.put(`/shares/${id}/${benId}`, { level: 'view' });
  const { body } = await ben.post(`/metrics/start/${id}`);
  expect(body).toMatchObject({
    error: 'A proxy on the route to the host failed: refused',
    failure: { stage: 'proxy', reason: 'refused', hop: { index: 0, hostId: null, name: 'A proxy', failure: null } },
  });
  const told = JSON.stringify([
    body,
    await ben.get(`/status/${id}`),
    await ben.get(`/metrics/${id}`),
    await ben.get(`/metrics/${id}/connection-log`),
    await ben.get(`/host/db/host/${id}`),
  ]);
  for (const secret of [String(port), 'proxy-account', 'socks5']) expect(told).not.toContain(secret);
  expect(JSON.stringify(await ann.get(`/metrics/${id}/connection-log`))).toContain(String(port));
});
