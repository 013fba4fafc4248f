/** The live stream, as the page and curl read it, on real sshd's. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EventReader, readEvents } from '../support/events.ts';
import { addUser, requireRig, type Server, startSshd, waitFor } from '../support/rig.ts';
import { byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

let sonde: Service;
let server: Server;
const readers: EventReader[] = [];

async function live(who: Person, query = '', headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await readEvents(`${sonde.url}/live${query}`, who.token, { headers });
  readers.push(reader);
  return reader;
}

const of = (id: number) => (list: Json) => list.some((one: Json) => one.id === id);

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
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
  const recent = (await reader.find('recent')).data;
  expect(recent).toMatchObject({ id, times: [expect.any(Number)] });
  const point = (await reader.find('point')).data;
  expect(point).toMatchObject({ id, after: recent.times[0] });
  expect(point.series).toContainEqual({ metric: 'cpu_ratio', labels: {}, unit: 'ratio', value: expect.any(Number) });
  const { snapshot } = (await reader.find('snapshot', (data) => data.snapshot.cpu.percent !== null)).data;
  expect(snapshot).toMatchObject({ sections: { cpu: { source: '/proc/stat', error: null } }, failure: null });
  const vitals = (await reader.find('vitals', (list) => list[0].cpuPercent !== null)).data[0];
  expect(vitals).toMatchObject({
    id,
    cores: expect.any(Number),
    disk: { mount: '/' },
    os: expect.stringContaining('Linux'),
  });
  const kept = (await sonde.admin.get(`/metrics/${id}/recent`)).body;
  expect(kept.times.length).toBeGreaterThanOrEqual(2);
  // Two seconds are asked for, a policy of thirty notwithstanding: a third sample comes by itself.
  await waitFor(() => reader.events.filter(({ event }) => event === 'point').length >= 3, 20_000);
  // So are processes, which are read once a minute of a host that nobody looks at, and twice at first.
  const readAt = () =>
    reader.events
      .filter(({ event, data }) => event === 'snapshot' && data.id === id)
      .map(({ data }) => data.snapshot.sections.processes?.collectedAt);
  await waitFor(() => new Set(readAt()).size >= 3, 25_000);
});

test('a client that has gone away keeps no host sampled', async () => {
  const id = await sonde.admin.add(byPassword(server, addUser()));
  const reader = await live(sonde.admin, `?hosts=${id}&every=2`);
  await reader.find('point');
  reader.close();
  await reader.over;
  const seen = async () => (await sonde.admin.get(`/metrics/${id}`)).body.lastChecked as string;
  const last = await waitFor(async () => {
    const before = await seen();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return before === (await seen()) ? before : null;
  }, 20_000);
  expect(last).toBe(await seen());
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
  await waitFor(() => last()?.status === 'online', 15_000);
  await own.stop();
  const down = await waitFor(() => (last()?.status === 'offline' ? last() : null), 15_000);
  expect(down).toMatchObject({ failure: { stage: 'tcp', reason: 'refused', hint: expect.any(String) } });
  const again = await startSshd({ port: own.port });
  try {
    await waitFor(() => last()?.status === 'online', 20_000);
  } finally {
    await again.stop();
  }
}, 90_000);

test('two users see only theirs, and what is removed is gone', async () => {
  const [ann, bob] = [await sonde.user('ann'), await sonde.user('bob')];
  const [annReader, bobReader] = [await live(ann), await live(bob)];
  const id = await ann.add({ ...byPassword(server, addUser()), name: 'only of ann' });
  await annReader.find('hosts', of(id));
  await bob.add({ ...byPassword(server, addUser()), name: 'of bob' });
  await bobReader.find('hosts');
  expect(JSON.stringify(bobReader.events)).not.toContain('only of ann');
  await ann.put(`/host/db/host/${id}`, { name: 'renamed' });
  await annReader.find('hosts', (list) => list[0].name === 'renamed');
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
  await waitFor(() => reader.isOver(), 20_000);
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
