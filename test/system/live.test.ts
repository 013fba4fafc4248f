/** The live stream, as the page and curl read it, on real sshd's. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EventReader, readEvents } from '../support/events.ts';
import { addUser, requireRig, type Server, startSshd, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;
/** How far Sonde's clock of waits is ahead. */
let aheadMs = 0;
const readers: EventReader[] = [];

async function live(who: Person, query = '', headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await readEvents(`${sonde.url}/live${query}`, who.token, { headers });
  readers.push(reader);
  return reader;
}

const of = (id: number) => (list: Json) => list.some((one: Json) => one.id === id);

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService(undefined, { now: Date.now, monotonic: () => performance.now() + aheadMs });
  server = await startSshd();
});

afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
});

afterAll(async () => {
  await sonde?.close();
  await server?.stop();
});

test('a host in view is sampled, and its numbers come as they are taken', async () => {
  const id = await sonde.admin.add(byPassword(server, addUser()));
  const reader = await live(sonde.admin, `?hosts=${id}&every=2`);

  expect((await reader.find('hello')).data).toMatchObject({ resumed: false, ids: expect.arrayContaining([id]) });
  await reader.find('hosts', of(id));
  const point = (await reader.find('point')).data;
  // What was taken before there was something to send to is sent as a whole.
  const sent = reader.events.slice(
    0,
    reader.events.findIndex(({ data }) => data === point),
  );
  const recent = sent.findLast(({ event }) => event === 'recent')?.data;
  expect(recent).toMatchObject({ id, times: expect.arrayContaining([expect.any(Number)]) });
  expect(point).toMatchObject({ id, after: recent.times.at(-1) });
  expect(point.series).toContainEqual({ metric: 'cpu_ratio', labels: {}, unit: 'ratio', value: expect.any(Number) });
  const { snapshot } = (await reader.find('snapshot', (data) => data.snapshot.cpu.percent !== null)).data;
  expect(snapshot).toMatchObject({ sections: { cpu: { source: '/proc/stat', error: null } }, failure: null });
  const vitals = (await reader.find('vitals', ([one]) => one.cpuPercent !== null)).data[0];
  expect(vitals).toMatchObject({
    id,
    cores: expect.any(Number),
    disk: { mount: '/' },
    os: expect.stringContaining('Linux'),
  });
  const kept = (await sonde.admin.get(`/metrics/${id}/recent`)).body;
  expect(kept.times.length).toBeGreaterThanOrEqual(2);
  // Two seconds are asked for, a policy of thirty notwithstanding: after the second sample more come by themselves.
  const gaps = () => reader.events.flatMap(({ event, data }) => (event === 'point' ? [data.time - data.after] : []));
  await waitFor(() => gaps().length >= 3);
  expect(Math.min(...gaps().slice(1))).toBeLessThan(15_000);
  // So are processes, which are read once a minute of a host that nobody looks at, and twice at first.
  const readAt = () => {
    const snapshots = reader.events.filter(({ event, data }) => event === 'snapshot' && data.id === id);
    const times = new Set(snapshots.map(({ data }) => data.snapshot.sections.processes?.collectedAt));
    return [...times].filter((time) => time !== undefined).map((time) => Date.parse(time));
  };
  await waitFor(() => readAt().length >= 3);
  const [, second = 0, third = 0] = readAt();
  expect(third - second).toBeLessThan(45_000);
});

test('a client that has gone away keeps no host sampled', async () => {
  const user = addUser();
  const id = await sonde.admin.add(byPassword(server, user));
  const reader = await live(sonde.admin, `?hosts=${id}&every=2`);
  await reader.find('point');
  reader.close();
  await reader.over;
  // Of a host that is not sampled the connection is let go half a minute later, and nobody makes a new one. That is less than
  // the two minutes after which a viewer who says nothing is gone.
  const end = aheadMs + 100_000;
  await waitFor(() => {
    aheadMs = Math.min(end, aheadMs + 1_000);
    return server.log().includes(`Disconnected from user ${user.name} `);
  });
  expect(server.log().split(`Accepted password for ${user.name} `)).toHaveLength(2);
});

test('a host that goes down is reported at its next check, and so is its return', async () => {
  const own = await startSshd();
  const id = await sonde.admin.add({
    ...byPassword(own, addUser()),
    statsConfig: { statusCheckInterval: 10, useGlobalStatusInterval: false },
  });
  const reader = await live(sonde.admin, `?hosts=${id}`);
  const statuses = () => reader.events.filter(({ event }) => event === 'statuses').flatMap(({ data }) => data);
  const last = () => statuses().findLast((one: Json) => one.id === id);
  await waitFor(() => last()?.status === 'online');
  await own.stop();
  const down = await waitFor(() => (last()?.status === 'offline' ? last() : null));
  expect(down).toMatchObject({ failure: { stage: 'tcp', reason: 'refused', hint: expect.any(String) } });
  const again = await startSshd({ port: own.port });
  try {
    await waitFor(() => last()?.status === 'online');
  } finally {
    await again.stop();
  }
});

test('two users see only theirs, and what is removed is gone', async () => {
  const [ann, bob] = [await sonde.user('ann'), await sonde.user('bob')];
  const [annReader, bobReader] = [await live(ann), await live(bob)];
  const id = await ann.add({ ...byPassword(server, addUser()), name: 'only of ann' });
  await annReader.find('hosts', of(id));
  const bobs = await bob.add({ ...byPassword(server, addUser()), name: 'of bob' });
  await bobReader.find('hosts', of(bobs));
  expect(JSON.stringify(bobReader.events)).not.toContain('only of ann');
  await ann.put(`/host/db/host/${id}`, { name: 'renamed' });
  await annReader.find('hosts', (list) => list[0]?.name === 'renamed');
  await ann.delete(`/host/db/host/${id}`);
  expect((await annReader.find('gone')).data).toEqual([id]);
  // Another user's host in view is as one that is not there.
  const spy = await live(bob, `?hosts=${id}&watch=${id}`);
  await spy.find('ping');
  expect(spy.events.map(({ event }) => event)).not.toContain('snapshot');
});

test('a client that reconnects gets what changed in the meantime, and everything after a restart', async () => {
  const cyd = await sonde.user('cyd');
  const [first, second] = [
    await cyd.add({ ...byPassword(server, addUser()), name: 'first' }),
    await cyd.add({ ...byPassword(server, addUser()), name: 'second' }),
  ];
  const before = await live(cyd);
  await before.find('hosts', of(second));
  const { id } = await before.find('ping');
  before.close();
  await cyd.put(`/host/db/host/${second}`, { name: 'changed' });

  for (const back of [await live(cyd, '', { 'Last-Event-ID': id }), await live(cyd, `?since=${id}`)]) {
    expect((await back.find('hello')).data).toMatchObject({ resumed: true, ids: [first, second] });
    await back.find('ping');
    const told = back.events.filter(({ event }) => event === 'hosts').flatMap(({ data }) => data);
    expect(told.map((one: Json) => one.name)).toEqual(['changed']);
  }
  const fresh = await live(cyd, '?since=0000-5');
  expect((await fresh.find('hello')).data.resumed).toBe(false);
  expect((await fresh.find('hosts')).data).toHaveLength(2);
});

test('a client that reconnects gets what was imported or shared in the meantime, although it is older', async () => {
  const fay = await sonde.user('fay');
  const shared = await sonde.admin.add({ ...byPassword(server, addUser()), name: 'shared' });
  await sonde.admin.watch(shared);
  const reader = await live(fay);
  const { id } = await reader.find('ping');
  reader.close();
  await fay.post('/hosts/import', { text: 'Host imported\n  HostName 192.0.2.7\n  User x\n' });
  const users: Json[] = (await sonde.admin.get('/shares/users')).body;
  const { userId } = users.find(({ username }) => username === 'fay');
  await sonde.admin.put(`/shares/${shared}/${userId}`, { level: 'view' });

  const back = await live(fay, `?since=${id}`);
  expect((await back.find('hello')).data.resumed).toBe(true);
  await back.find('hosts', (list) => list.length === 2);
  await back.find('statuses', of(shared));
  await back.find('vitals', of(shared));
});

test('nobody sees more after their session ended', async () => {
  const dan = await sonde.user('dan');
  const reader = await live(dan);
  await reader.find('ping');
  await dan.post('/users/logout');
  await waitFor(() => reader.isOver());
  expect((await live(dan)).status).toBe(401);
});

test('what is asked for wrongly is refused in a sentence, and too many streams are too many', async () => {
  const eve = await sonde.user('eve');
  for (const query of [
    '?hosts=x',
    '?every=1',
    '?every=x',
    `?hosts=${Array.from({ length: 101 }, (_, n) => n + 1).join()}`,
  ]) {
    expect(await eve.get(`/live${query}`)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  }
  for (let open = 0; open < 20; open += 1) expect((await live(eve)).status).toBe(200);
  expect(await eve.get('/live')).toMatchObject({ status: 503, body: { error: expect.any(String) } });
});
