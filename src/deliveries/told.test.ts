import { expect, test, vi } from 'vitest';
import { hostOf, newWorld } from '../../test/support/alerts-world.ts';
import { tellingLife } from '../../test/support/telling-world.ts';

test('what is muted before it is told is told when the mute ends, once, and not at all if it is over by then', async () => {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  const sonde = await tellingLife(world);
  await sonde.channel('phone');
  await sonde.fall([1, 2], 125);
  const open = await sonde.incidents('open');
  for (const { id } of open)
    await sonde.alerts.incidents.silence({ id: 'ann', username: 'ann' }, id, world.now + 600_000, 'known');
  await sonde.pass(300, (second) => void (second % 10 === 0 && sonde.down(1)));
  sonde.up(2);
  expect(sonde.sent).toEqual([]);
  await sonde.pass(600, (second) => void (second % 10 === 0 && sonde.down(1)));
  expect(sonde.titles()).toEqual(['host 1: Host is down']);
});

test('memory that runs out before the power does: no false end, one message that the host is down, and one end each', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  await sonde.pass(660, (second) => void (second % 30 === 0 && sonde.sample(1, 0.93)));
  await sonde.fall([1], 900);
  expect(sonde.titles()).toEqual(['host 1: Memory nearly gone', 'host 1: Host is down']);
  await sonde.pass(900, (second) => {
    if (second % 30 === 0) sonde.up(1);
    if (second % 30 === 0) sonde.sample(1, 0.2);
  });
  expect(sonde.titles().slice(2)).toEqual(['Resolved: host 1: Host is down', 'Resolved: host 1: Memory nearly gone']);
});

test('a value that saw-teeth around its threshold for an hour is three messages at most', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  await sonde.pass(3_600, (second) => {
    if (second % 30 === 0) sonde.sample(1, second % 780 < 660 ? 0.93 : 0.5);
  });
  expect(sonde.sent.length).toBeGreaterThan(0);
  expect(sonde.sent.length).toBeLessThanOrEqual(3);
});

test('one is reminded of what is open as often as the rule says, until somebody acknowledges it', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
  if (!rule) throw new Error('no rule');
  await sonde.alerts.rules.create('ann', 'host-down', { ...rule, remindSeconds: 600 });
  await sonde.fall([1], 1_500);
  expect(sonde.titles()).toEqual([
    'host 1: Host is down',
    'Still open: host 1: Host is down',
    'Still open: host 1: Host is down',
  ]);
  await sonde.alerts.incidents.acknowledge({ id: 'ann', username: 'ann' }, 1);
  await sonde.fall([1], 1_500);
  expect(sonde.sent).toHaveLength(3);
});

test('that somebody acknowledged an incident is told where people are called for it, once, and nowhere else', async () => {
  const sonde = await tellingLife(await newWorld());
  await sonde.channel('phone');
  await sonde.channel('pager', {}, 'pagerduty');
  await sonde.fall([1], 200);
  const ann = { id: 'ann', username: 'ann' };
  await sonde.alerts.incidents.acknowledge(ann, 1);
  await sonde.alerts.incidents.acknowledge(ann, 1);
  await sonde.fall([1], 120);
  const told = () =>
    sonde.sent.flatMap(({ channel, message }) =>
      message.items.map(({ transition, isAcknowledged }) => `${channel} ${transition} ${isAcknowledged}`),
    );
  expect(told().toSorted()).toEqual(['pager acknowledge true', 'pager open false', 'phone open false']);
  expect(sonde.titles().at(-1)).toBe('Acknowledged: host 1: Host is down');
  sonde.up(1);
  await sonde.pass(120);
  expect(told().slice(3).toSorted()).toEqual(['pager close true', 'phone close true']);
});

test('one of a storm has no entry that could be acknowledged', async () => {
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  const sonde = await tellingLife(await newWorld(ids.map((id) => hostOf(id, { address: '192.0.2.1' }))));
  await sonde.channel('pager', {}, 'pagerduty');
  await sonde.fall(ids, 240);
  expect(sonde.sent).toMatchObject([{ message: { storm: expect.stringContaining('sonde-storm-') } }]);
  await sonde.alerts.incidents.acknowledge({ id: 'ann', username: 'ann' }, 1);
  await sonde.fall(ids, 120);
  expect(sonde.sent).toHaveLength(1);
});

test('a start is no reason to remind anybody: reminders go on in their rhythm', async () => {
  const world = await newWorld();
  const first = await tellingLife(world);
  await first.channel('phone');
  const rule = first.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
  if (!rule) throw new Error('no rule');
  await first.alerts.rules.create('ann', 'host-down', { ...rule, remindSeconds: 3_600 });
  await first.fall([1], 4_000);
  expect(first.titles()).toEqual(['host 1: Host is down', 'Still open: host 1: Host is down']);
  await first.end();
  const second = await tellingLife(world, world.now);
  await second.fall([1], 3_000);
  expect(second.titles()).toEqual([]);
  await second.fall([1], 600);
  expect(second.titles()).toEqual(['Still open: host 1: Host is down']);
});

test('when a host is removed, or its rule, what was told to be open is told to be over', async () => {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  const sonde = await tellingLife(world);
  await sonde.channel('phone');
  await sonde.fall([1, 2], 160);
  world.hosts = [hostOf(2)];
  sonde.change(1, true);
  await sonde.pass(70, (second) => void (second % 10 === 0 && sonde.down(2)));
  const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
  if (!rule) throw new Error('no rule');
  await sonde.alerts.rules.create('ann', 'host-down', { ...rule, enabled: false });
  await sonde.pass(70);
  expect(sonde.titles()).toEqual([
    '2 problems on 2 hosts',
    'Resolved: host 1: Host is down',
    'Resolved: host 2: Host is down',
  ]);
});

test('a service with an entry for each incident gets one for a storm, which ends when all of it has', async () => {
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  const sonde = await tellingLife(await newWorld(ids.map((id) => hostOf(id, { address: '192.0.2.1' }))));
  await sonde.channel('pager', {}, 'pagerduty');
  await sonde.fall(ids, 160);
  const storm = sonde.sent[0]?.message.storm;
  expect(sonde.sent).toMatchObject([{ message: { storm: expect.stringMatching(/^sonde-storm-/), isOver: false } }]);
  for (const id of ids.slice(0, 59)) sonde.up(id);
  await sonde.pass(120, (second) => void (second % 10 === 0 && sonde.down(60)));
  expect(sonde.sent).toHaveLength(1);
  sonde.up(60);
  await sonde.pass(120);
  expect(sonde.sent.slice(1)).toMatchObject([{ message: { storm, isOver: true } }]);
});

test('what was being sent when Sonde died is sent again with its key, and all else once', async () => {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  const first = await tellingLife(world);
  await first.channel('phone');
  first.answers(() => new Promise(() => {}));
  await first.fall([1], 135);
  const dying = first.pass(20, (second) => void (second % 10 === 0 && first.down(1)));
  await vi.waitFor(() => expect(first.sent).toHaveLength(1), { timeout: 60_000 });
  void dying;
  const second = await tellingLife(world, world.now);
  await second.pass(30, (at) => void (at % 10 === 0 && second.down(1)));
  second.up(1);
  await second.pass(90);
  expect(second.titles()).toEqual(['host 1: Host is down', 'Resolved: host 1: Host is down']);
  expect(second.sent[0]?.message.key).toBe(first.sent[0]?.message.key);
});

test('the clock set back a day holds no message up', async () => {
  const world = await newWorld();
  const sonde = await tellingLife(world);
  await sonde.channel('phone');
  await sonde.fall([1], 122);
  world.skewMs = -86_400_000;
  await sonde.pass(5);
  expect(sonde.titles()).toEqual(['host 1: Host is down']);
});

test('a jump host that is down is one message that says how many hosts are behind it, and one when it is back', async () => {
  const children = Array.from({ length: 200 }, (_, index) => index + 2);
  const sonde = await tellingLife(await newWorld([hostOf(1), ...children.map((id) => hostOf(id, { parents: [1] }))]));
  await sonde.channel('phone');
  for (const id of children) sonde.up(id);
  await sonde.pass(1);
  for (const id of children) sonde.behind(id, 1);
  await sonde.fall([1]);
  await sonde.pass(60);
  expect(sonde.sent).toHaveLength(1);
  expect(JSON.stringify(sonde.sent[0]?.message)).toContain('200 hosts behind it');
  sonde.up(1);
  for (const id of children) sonde.up(id);
  await sonde.pass(120);
  expect(sonde.sent.map(({ message }) => message.title)).toEqual([
    'host 1: Host is down',
    'Resolved: host 1: Host is down',
  ]);
});

test('rules that a client of Termix made about a host that is down, and about one that is back, tell nobody twice', async () => {
  const sonde = await tellingLife(await newWorld());
  const phone = await sonde.channel('phone');
  await sonde.channel('mail');
  const down = sonde.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
  if (!down) throw new Error('no rule');
  for (const trigger of ['host_offline', 'host_online']) {
    const termix = { trigger, cooldownMinutes: 15 };
    await sonde.alerts.rules.create('ann', null, { ...down, name: trigger, forSeconds: 30, channels: [phone], termix });
  }
  await sonde.alerts.flush();
  await sonde.fall([1]);
  await sonde.pass(60);
  sonde.up(1);
  await sonde.pass(120);
  expect(sonde.sent.map(({ channel, message }) => `${channel}: ${message.title}`).toSorted()).toEqual([
    'mail: Resolved: host 1: Host is down',
    'mail: host 1: Host is down',
    'phone: Resolved: host 1: host_offline',
    'phone: host 1: host_offline',
  ]);
});

test('that Sonde was cut off is one message, sent when the network is back, with when it was', async () => {
  const sonde = await tellingLife(await newWorld(), null, {
    admins: async () => ['ann'],
    space: () => Promise.reject(new Error('not known')),
    trouble: () => null,
    failingChannels: async () => [],
  });
  await sonde.channel('phone');
  await sonde.channel('only-host-1', { filter: { hosts: { ids: [1] } } });
  const from = sonde.now();
  sonde.alerts.cutOff(true);
  await sonde.alerts.flush();
  await sonde.pass(1_740);
  expect(sonde.titles()).toEqual([]);
  const until = sonde.now();
  sonde.alerts.cutOff(false);
  await sonde.alerts.flush();
  await sonde.pass(600);
  expect(sonde.titles()).toEqual(['Was open, resolved: Sonde: Cut off from the network']);
  const [{ channel, message } = {}] = sonde.sent;
  expect(channel).toBe('phone');
  const said = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  expect(message?.lines).toEqual([
    expect.stringMatching(/hosts\. It was open for 29 minutes\.$/),
    `From ${said(from)} until ${said(until)}`,
  ]);
});
