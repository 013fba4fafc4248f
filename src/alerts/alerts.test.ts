/** Rules, alerts and incidents: what opens, closes and is told, also across restarts. */
import { expect, test } from 'vitest';
import { ann, hostOf, live, newWorld, repeat } from '../../test/support/alerts-world.ts';
import { openMemoryHistory } from '../backends/history-memory.ts';

test('a host that is down for two minutes opens one incident, which closes when it is back; each is told once', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  sonde.up();
  repeat(4, 30, sonde, sonde.down);
  expect(await sonde.incidents()).toEqual([]);
  repeat(10, 30, sonde, sonde.down);
  expect(await sonde.incidents('open')).toMatchObject([
    { hostName: 'host 1', severity: 'critical', summary: 'Nothing listens', told: true, closedAt: null },
  ]);
  sonde.up();
  sonde.up();
  const [incident] = await sonde.incidents('closed');
  expect(incident).toMatchObject({ closeReason: 'recovered', flips: 0 });
  expect(sonde.told).toEqual(['open Host is down host 1', 'close Host is down host 1']);
  const log = await sonde.alerts.incidents.logOf(incident?.id ?? 0);
  expect(log.map(({ what }) => what)).toEqual(['opened', 'closed']);
});

test('what is open is counted by host for its owner, and the count changes once it can be listed', async () => {
  const world = await newWorld([hostOf(1), hostOf(2), hostOf(3, { parents: [1] })]);
  const sonde = await live(world);
  const { open } = sonde.alerts;
  const told: number[] = [];
  open.onChange((userId) => {
    expect(userId).toBe('ann');
    told.push(open.of(ann).revision);
  });
  for (const id of [1, 2, 3]) sonde.up(id);
  const first = open.of(ann);
  expect(first).toMatchObject({ open: 0, muted: 0, worst: null, hosts: {} });
  repeat(12, 30, sonde, () => {
    sonde.down(1);
    sonde.down(3);
    sonde.sample(2, 0.93);
  });
  repeat(12, 30, sonde, () => sonde.sample(2, 0.93));
  expect(await sonde.incidents('open')).toHaveLength(3);
  const [down, warned] = [
    { open: 1, severity: 'critical' },
    { open: 1, severity: 'warning' },
  ];
  expect(open.of(ann)).toMatchObject({ open: 3, muted: 1, worst: 'critical', hosts: { 1: down, 2: warned, 3: down } });
  expect(open.of({ id: 'ann', onlyHosts: new Set([2]) })).toMatchObject({
    open: 1,
    worst: 'warning',
    hosts: { 2: warned },
  });
  expect(open.of({ id: 'ben' })).toMatchObject({ open: 0, hosts: {} });
  expect(new Set([first.revision, ...told]).size).toBe(told.length + 1);
  const before = open.of(ann).revision;
  await sonde.alerts.incidents.acknowledge(ann, 1);
  expect(open.of(ann).revision).not.toBe(before);
  sonde.up(1);
  expect((await sonde.incidents('open')).length).toBe(2);
  expect(open.of(ann)).toMatchObject({ open: 2, hosts: { 2: warned, 3: down } });
});

test('an incident that nobody could be told of is told once somebody can, if it is still open', async () => {
  const world = await newWorld();
  const mute = await live(world, { tells: false });
  mute.up();
  repeat(12, 30, mute, mute.down);
  expect(await mute.incidents('open')).toMatchObject([{ told: false }]);
  await mute.alerts[Symbol.asyncDispose]();
  const sonde = await live(world, { ranUntil: world.now });
  repeat(12, 30, sonde, sonde.down);
  await sonde.alerts.sweep();
  expect(await sonde.incidents('open')).toMatchObject([{ told: true }]);
  expect(sonde.told).toEqual(['open Host is down host 1']);
});

test('a host whose memory was nearly gone and that is switched off then is not told to have recovered', async () => {
  const sonde = await live(await newWorld());
  repeat(25, 30, sonde, () => sonde.sample(1, 0.95));
  expect(sonde.told).toEqual([]);
  await sonde.alerts.flush();
  expect(sonde.told).toEqual(['open Memory nearly gone host 1']);
  repeat(20, 30, sonde, sonde.down);
  expect(await sonde.incidents('open')).toMatchObject([
    { rule: { name: 'Host is down' } },
    { rule: { name: 'Memory nearly gone' }, value: 0.95 },
  ]);
  repeat(10, 30, sonde, () => sonde.sample(1, 0.3));
  expect(await sonde.incidents('open')).toEqual([]);
  expect(sonde.told.slice(1)).toEqual([
    'open Host is down host 1',
    'close Host is down host 1',
    'close Memory nearly gone host 1',
  ]);
});

test('a full disk is told by its mount, a mount that is gone closes it', async () => {
  const sonde = await live(await newWorld());
  repeat(12, 30, sonde, () => sonde.sample(1, 0.1, 0.92));
  const [incident] = await sonde.incidents('open');
  expect(incident).toMatchObject({ labels: { mount: '/data' }, summary: '/data: 92 %, limit 90 %', peak: 0.92 });
  repeat(6, 30, sonde, () => sonde.sample(1, 0.1, null));
  expect(await sonde.incidents('closed')).toMatchObject([{ id: incident?.id, closeReason: 'recovered' }]);
});

test('a disk that fills is told before it is full, with when it will be; a fall ends it', async () => {
  const sonde = await live(await newWorld());
  let used = 0.62;
  const hours = (count: number): void =>
    repeat(count * 30, 120, sonde, () => {
      sonde.sample(1, 0.1, used);
      used += 0.02 / 30;
    });
  hours(5);
  expect(await sonde.incidents()).toEqual([]);
  hours(1);
  expect(await sonde.incidents()).toMatchObject([
    { rule: { name: 'Disk fills within 24 h' }, summary: expect.stringMatching(/^\/data: 72.* %, full in about 14 h/) },
  ]);
  used = 0.4;
  hours(1);
  expect(await sonde.incidents('closed')).toMatchObject([{ closeReason: 'recovered', value: expect.any(Number) }]);
});

test('a forecast goes on after a start with what history has', async () => {
  const world = await newWorld();
  const store = openMemoryHistory(() => world.now);
  const series = [{ metric: 'filesystem_used_ratio', labels: { mount: '/data', device: '/dev/sdb' }, unit: 'ratio' }];
  for (let ago = 360; ago > 0; ago -= 5) {
    const values = Float64Array.of(0.8 - ago / 6_000);
    store.append({ samples: [{ hostId: 1, at: world.now - 60_000 * ago, series, values, top: null }] });
  }
  const sonde = await live(world, { past: (query, signal) => store.query(query, signal) });
  await sonde.alerts.flush();
  repeat(20, 120, sonde, () => sonde.sample(1, 0.1, 0.8));
  expect(await sonde.incidents()).toMatchObject([{ rule: { name: 'Disk fills within 24 h' } }]);
});

test('nothing opens while Sonde itself has no network, and what is open stays', async () => {
  const sonde = await live(await newWorld());
  repeat(6, 30, sonde, sonde.down);
  repeat(40, 30, sonde, sonde.cutOff);
  expect(await sonde.incidents('open')).toHaveLength(1);
  const other = await live(await newWorld());
  repeat(40, 30, other, other.cutOff);
  expect(await other.incidents()).toEqual([]);
});

test('a memory that saw-teeth around its threshold for an hour is told three times at most', async () => {
  const sonde = await live(await newWorld());
  repeat(10, 30, sonde, () => sonde.sample(1, 0.3));
  const slow = (): void => {
    repeat(21, 30, sonde, () => sonde.sample(1, 0.95));
    repeat(8, 30, sonde, () => sonde.sample(1, 0.5));
  };
  for (let round = 0; round < 4; round += 1) slow();
  await sonde.alerts.flush();
  expect(sonde.told).toEqual([
    'open Memory nearly gone host 1',
    'close Memory nearly gone host 1',
    'flapping Memory nearly gone host 1',
  ]);
  expect(await sonde.incidents()).toHaveLength(1);
  // Once it has been calm for half an hour, how it ended is told.
  sonde.pass(1_860);
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told.slice(3)).toEqual(['close Memory nearly gone host 1']);
});

test('across a restart an incident neither closes nor opens again, and a short absence does not begin a wait anew', async () => {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  const first = await live(world);
  repeat(7, 30, first, () => first.down(1));
  repeat(3, 30, first, () => first.down(2));
  await first.alerts.flush();
  await first.alerts[Symbol.asyncDispose]();
  const ranUntil = world.now;
  world.now += 60_000;
  const second = await live(world, { ranUntil });
  repeat(3, 30, second, () => {
    second.down(1);
    second.down(2);
  });
  expect((await second.incidents('open')).map(({ hostId }) => hostId)).toEqual([2, 1]);
  expect(second.told).toEqual(['open Host is down host 2']);
  second.up(1);
  await second.alerts.flush();
  expect(second.told.slice(1)).toEqual(['close Host is down host 1']);
  await second.alerts[Symbol.asyncDispose]();
});

test('what is muted is recorded and told when the mute ends, if it is still open then', async () => {
  const world = await newWorld([hostOf(1), hostOf(2, { parents: [1] })]);
  const sonde = await live(world);
  await sonde.alerts.quiet.addMaintenance({
    userId: 'ann',
    name: 'work',
    hosts: { ids: [1] },
    time: { kind: 'once', from: world.now, until: world.now + 600_000 },
    mutes: 'notifications',
  });
  repeat(6, 30, sonde, sonde.down);
  repeat(6, 30, sonde, () => {
    sonde.down(1);
    sonde.down(2);
  });
  const muted = await sonde.incidents('open');
  expect(muted.map(({ hostId, mutedBy }) => [hostId, mutedBy])).toEqual([
    [2, 'parent:1'],
    [1, 'maintenance:1'],
  ]);
  sonde.up(2);
  sonde.pass(600);
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told).toEqual(['open Host is down host 1']);
});

test('what cannot be written waits, in order, and is written once it can be', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  repeat(7, 30, sonde, sonde.down);
  sonde.up();
  expect(sonde.alerts.waiting).toBeGreaterThan(0);
  expect(await sonde.incidents('closed')).toHaveLength(1);
  expect(sonde.alerts.waiting).toBe(0);
});

test('what was watched and is no longer there ends, and says why', async () => {
  const world = await newWorld([hostOf(1), hostOf(2), hostOf(3)]);
  const sonde = await live(world);
  repeat(7, 30, sonde, () => {
    for (const id of [1, 2, 3]) sonde.down(id);
  });
  sonde.change(1, true);
  world.hosts = [hostOf(2, { statusCheckEnabled: false }), hostOf(3)];
  sonde.change(2);
  await sonde.alerts.flush();
  const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
  if (!rule) throw new Error('no rule');
  await sonde.alerts.rules.create('ann', 'host-down', { ...rule, enabled: false });
  const closed = await sonde.incidents('closed');
  expect(closed.map(({ hostId, closeReason }) => [hostId, closeReason])).toEqual([
    [3, 'rule-changed'],
    [2, 'not-watched'],
    [1, 'host-removed'],
  ]);
});

test('a user who is removed while incidents are open takes them along, and keeps nobody else from theirs', async () => {
  const world = await newWorld([hostOf(1, { ownerId: 'ben' }), hostOf(2)]);
  const sonde = await live(world);
  repeat(7, 30, sonde, () => {
    sonde.down(1);
    sonde.down(2);
  });
  expect(await sonde.incidents('open')).toHaveLength(1);
  await world.db.deleteFrom('users').where('id', '=', 'ben').execute();
  sonde.change(1, true);
  sonde.up(2);
  expect(await sonde.incidents('closed')).toMatchObject([{ hostId: 2, closeReason: 'recovered' }]);
  expect(await world.db.selectFrom('incidents').select('id').execute()).toHaveLength(1);
});
