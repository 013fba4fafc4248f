/** What is behind a host that is down: recorded, not told, and counted. */
import { expect, test } from 'vitest';
import { hostOf, live, newWorld, repeat } from '../../../test/support/alerts-world.ts';
import type { RuleSettings } from '../../model/alerts/rule.ts';
import { defaultRules } from '../judging/default-rules.ts';

const atOnce = { ...(defaultRules['host-down'] as RuleSettings), forSeconds: 0 };
const children = Array.from({ length: 200 }, (_, index) => index + 2);

/** Host 1 is a jump host or a switch, with 200 hosts behind it. */
async function site() {
  const world = await newWorld([hostOf(1), ...children.map((id) => hostOf(id, { parents: [1] }))]);
  const sonde = await live(world);
  sonde.up(1);
  for (const id of children) sonde.sample(id, 0.1);
  return sonde;
}

test('a jump host that is down is told once, with how many hosts are behind it; what is behind it is recorded, not told', async () => {
  const sonde = await site();
  repeat(40, 30, sonde, () => {
    for (const id of children) sonde.behind(id, 1);
    sonde.down(1);
  });
  await sonde.alerts.sweep();
  const open = await sonde.incidents('open');
  expect(open.filter(({ mutedBy }) => mutedBy === null)).toMatchObject([{ hostId: 1, behind: 200 }]);
  const muted = open.filter(({ mutedBy }) => mutedBy === 'parent:1');
  expect(muted).toHaveLength(200);
  expect(new Set(muted.map(({ rule }) => rule.name))).toEqual(new Set(['Cannot be sampled']));
  expect(sonde.told).toEqual(['open Host is down host 1 and 200 behind it']);
  sonde.up(1);
  for (const id of children) sonde.sample(id, 0.1);
  await sonde.alerts.sweep();
  expect(await sonde.incidents('open')).toEqual([]);
  expect(sonde.told).toEqual(['open Host is down host 1 and 200 behind it', 'close Host is down host 1']);
});

test('what falls with a host that it depends on is not told, even where it fires first; what is still down when that is back is told then, once', async () => {
  const sonde = await site();
  repeat(6, 30, sonde, () => {
    for (const id of [2, 3]) sonde.down(id);
    sonde.down(1);
    // The others have another way.
    for (const id of children.slice(2)) sonde.up(id);
  });
  const muted = (await sonde.incidents('open')).map(({ hostId, mutedBy }) => `${hostId} ${mutedBy}`);
  expect(new Set(muted)).toEqual(new Set(['1 null', '2 parent:1', '3 parent:1']));
  sonde.up(1);
  sonde.up(2);
  await sonde.alerts.sweep();
  sonde.pass(10);
  await sonde.alerts.sweep();
  const told = ['open Host is down host 1 and 2 behind it', 'close Host is down host 1'];
  await sonde.alerts.flush();
  expect(sonde.told).toEqual(told);
  repeat(6, 30, sonde, () => sonde.down(3));
  await sonde.alerts.sweep();
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told).toEqual([...told, 'open Host is down host 3']);
});

/** Hosts that are only checked: 2 is behind the host 1, and 3 behind a proxy. */
async function checkedOnly() {
  const only = { metricsEnabled: false };
  const world = await newWorld([hostOf(1), hostOf(2, { ...only, parents: [1] }), hostOf(3, only)]);
  const sonde = await live(world);
  sonde.sample(1, 0.1);
  for (const id of [2, 3]) sonde.up(id);
  const failure = { stage: 'proxy', reason: 'refused', message: 'The proxy refuses the connection', hint: '' } as const;
  const noProxy = () =>
    sonde.bus.publish({ hostId: 3, at: sonde.now(), alive: null, probe: null, sample: null, failure });
  return { sonde, noProxy };
}

test('a host that is only checked is told once its proxy has kept it from being checked for ten minutes, with what is wrong', async () => {
  const { sonde, noProxy } = await checkedOnly();
  repeat(20, 30, sonde, noProxy);
  expect(await sonde.incidents()).toEqual([]);
  repeat(2, 30, sonde, noProxy);
  expect(await sonde.incidents('open')).toMatchObject([
    {
      hostId: 3,
      rule: { name: 'Cannot be checked', base: 'not-sampled' },
      summary: 'The proxy refuses the connection',
    },
  ]);
  // Sonde has no network: nothing is known, and it stays as it is.
  repeat(10, 30, sonde, () => sonde.cutOff(3));
  sonde.down(3);
  expect(await sonde.incidents('closed')).toMatchObject([{ hostId: 3, closeReason: 'recovered' }]);
  expect(sonde.told).toEqual(['open Cannot be checked host 3', 'close Cannot be checked host 3']);
});

test('one behind a jump host that is down is recorded and counted with it; where the jump host is up and lets nothing through, it is told', async () => {
  const { sonde } = await checkedOnly();
  repeat(25, 30, sonde, () => {
    sonde.behind(2, 1);
    sonde.down(1);
  });
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told).toEqual(['open Host is down host 1 and 1 behind it']);
  expect(await sonde.incidents('open')).toMatchObject([{ hostId: 2, mutedBy: 'parent:1' }, { hostId: 1 }]);
  sonde.sample(1, 0.1);
  sonde.up(2);
  await sonde.alerts.sweep();
  repeat(25, 30, sonde, () => {
    sonde.sample(1, 0.1);
    sonde.behind(2, 1);
  });
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told.slice(1)).toEqual(['close Host is down host 1', 'open Cannot be checked host 2']);
});

test('when a host falls, what it is behind is checked before anything is said of it', async () => {
  const sonde = await site();
  await sonde.alerts.rules.create('ann', 'host-down', atOnce);
  sonde.pass(30);
  sonde.down(2);
  for (const id of [3, 4, 5]) sonde.down(id);
  expect(sonde.asked).toEqual([1]);
  expect(await sonde.incidents('open')).toEqual([]);
  sonde.down(1);
  const open = await sonde.incidents('open');
  expect(new Set(open.map(({ hostId, mutedBy }) => `${hostId} ${mutedBy}`))).toEqual(
    new Set(['1 null', '2 parent:1', '3 parent:1', '4 parent:1', '5 parent:1']),
  );
  expect(sonde.told).toEqual(['open Host is down host 1 and 200 behind it']);
});

test('a host whose parent is well is told as soon as that is known, or when the parent was not heard of for half a minute', async () => {
  const sonde = await site();
  await sonde.alerts.rules.create('ann', 'host-down', atOnce);
  sonde.pass(30);
  sonde.down(2);
  sonde.up(1);
  await sonde.alerts.flush();
  expect(sonde.told).toEqual(['open Host is down host 2']);
  sonde.pass(30);
  sonde.down(3);
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told).toHaveLength(1);
  sonde.pass(31);
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
  expect(sonde.told).toEqual(['open Host is down host 2', 'open Host is down host 3']);
});

test("another user's jump host mutes nothing: nobody would be told", async () => {
  const world = await newWorld([hostOf(1, { ownerId: 'ben' }), hostOf(2, { parents: [1] })]);
  const sonde = await live(world);
  sonde.up(1);
  sonde.up(2);
  repeat(8, 30, sonde, () => {
    sonde.down(1);
    sonde.down(2);
  });
  expect(await sonde.incidents('open')).toMatchObject([{ hostId: 2, mutedBy: null, told: true }]);
});
