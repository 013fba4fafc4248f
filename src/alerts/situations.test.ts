/** What happens around alerts: clocks that jump, rules and hosts that go, people who may no longer look. */
import { expect, test } from 'vitest';
import { ann, hostOf, live, newWorld, repeat } from '../../test/support/alerts-world.ts';
import type { RuleSettings } from '../model/alerts/rule.ts';
import { defaultRules } from './judging/default-rules.ts';

const day = 86_400_000;

test.each([
  ['forward', day],
  ['back', -day],
])('a clock that is set %s by a day opens and closes nothing, and reminds nobody', async (_, jump) => {
  const world = await newWorld([hostOf(1), hostOf(2), hostOf(3)]);
  const sonde = await live(world);
  const { rules } = sonde.alerts;
  await rules.create('ann', 'host-down', { ...(defaultRules['host-down'] as RuleSettings), remindSeconds: 7_200 });
  const step = (): void => {
    sonde.down(1);
    sonde.sample(2, 0.95, 0.5);
    sonde.sample(3, 0.5, 0.5);
  };
  repeat(8, 30, sonde, step);
  const before = await sonde.incidents();
  expect(before.map(({ hostId, closedAt }) => [hostId, closedAt])).toEqual([[1, null]]);
  for (const skewMs of [jump, 0]) {
    world.skewMs = skewMs;
    await sonde.alerts.sweep();
    repeat(3, 30, sonde, step);
    await sonde.alerts.sweep();
    expect(await sonde.incidents()).toMatchObject([{ id: before[0]?.id, closedAt: null }]);
  }
  expect(sonde.told).toEqual(['open Host is down host 1']);
  // Time that really passed counts on: 14 samples until here, 21 until memory was nearly gone for 10 minutes.
  world.skewMs = jump;
  repeat(6, 30, sonde, step);
  expect(await sonde.incidents()).toHaveLength(1);
  repeat(1, 30, sonde, step);
  expect((await sonde.incidents()).map(({ hostId }) => hostId)).toEqual([2, 1]);
  sonde.up(1);
  const [closed] = await sonde.incidents('closed');
  expect(closed).toMatchObject({ hostId: 1, closeReason: 'recovered' });
  expect(closed?.closedAt).toBeGreaterThanOrEqual(closed?.openedAt ?? Number.POSITIVE_INFINITY);
});

test.each([
  ['forward', 365 * day],
  ['back', -day],
])(
  'a clock that is set %s while a host flickers neither ends the calm that is waited for nor makes another incident',
  async (_, jump) => {
    const world = await newWorld();
    const sonde = await live(world);
    const up = (): void => sonde.sample(1, 0.3);
    const flicker = (): void => {
      repeat(6, 30, sonde, sonde.down);
      repeat(4, 30, sonde, up);
    };
    for (let round = 0; round < 6; round += 1) flicker();
    await sonde.alerts.sweep();
    await sonde.alerts.flush();
    expect(sonde.told.at(-1)).toBe('flapping Host is down host 1');
    const before = [...sonde.told];
    world.skewMs = jump;
    flicker();
    await sonde.alerts.sweep();
    repeat(20, 60, sonde, up);
    await sonde.alerts.sweep();
    await sonde.alerts.flush();
    expect(sonde.told).toEqual(before);
    expect(await sonde.incidents()).toHaveLength(1);
    repeat(20, 60, sonde, up);
    await sonde.alerts.sweep();
    await sonde.alerts.flush();
    expect(sonde.told).toEqual([...before, 'close Host is down host 1']);
  },
);

test('a clock that is set a year ahead removes nothing of what is kept for a year', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  repeat(8, 30, sonde, sonde.down);
  sonde.up(1);
  await sonde.incidents();
  const silence = { userId: 'ann', matcher: {}, since: world.now, until: world.now + day, reason: '', by: 'ann' };
  await sonde.alerts.quiet.addSilence(silence);
  world.skewMs = 366 * day;
  // It is looked for what is old once an hour.
  for (let sweep = 0; sweep < 361; sweep += 1) await sonde.alerts.sweep();
  expect(await sonde.incidents('closed')).toHaveLength(1);
  expect(sonde.alerts.quiet.silencesOf('ann')).toHaveLength(1);
  world.skewMs = 0;
  world.now += 366 * day;
  for (let sweep = 0; sweep < 360; sweep += 1) await sonde.alerts.sweep();
  expect(await sonde.incidents('closed')).toHaveLength(0);
  expect(sonde.alerts.quiet.silencesOf('ann')).toHaveLength(0);
});

test('a rule that is removed closes its incidents, and tells those of whom it told the opening', async () => {
  const sonde = await live(await newWorld());
  const { rules } = sonde.alerts;
  const settings = { ...(defaultRules['memory-gone'] as RuleSettings), name: 'Mine', forSeconds: 0 };
  const own = await rules.create('ann', null, settings);
  repeat(2, 30, sonde, () => sonde.sample(1, 0.98));
  expect(await sonde.incidents('open')).toMatchObject([{ rule: { name: 'Mine' } }]);
  await rules.remove('ann', own.id ?? 0);
  expect(await sonde.incidents('closed')).toMatchObject([{ rule: { name: 'Mine' }, closeReason: 'rule-removed' }]);
  expect(sonde.told).toEqual(['open Mine host 1', 'close Mine host 1']);
});

test('a host that goes to another owner ends the incidents of the one before, who alone keeps seeing them', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  repeat(8, 30, sonde, sonde.down);
  const [incident] = await sonde.incidents('open');
  world.hosts = [hostOf(1, { ownerId: 'ben' })];
  sonde.change(1);
  expect(await sonde.incidents('closed')).toMatchObject([{ id: incident?.id, closeReason: 'host-removed' }]);
  repeat(8, 30, sonde, sonde.down);
  const ben = { id: 'ben', username: 'ben' };
  const own = await sonde.incidents();
  expect(own).toHaveLength(1);
  await sonde.alerts.flush();
  expect(await sonde.alerts.incidents.list(ben, { limit: 10, state: 'open' })).toMatchObject([{ userId: 'ben' }]);
  await expect(sonde.alerts.incidents.get(ben, incident?.id ?? 0)).rejects.toMatchObject({ statusCode: 404 });
  expect(await sonde.alerts.incidents.get(ann, incident?.id ?? 0)).toMatchObject({ userId: 'ann' });
});

test('values of series that are too old, or whose part failed, are not taken for what is', async () => {
  const sonde = await live(await newWorld());
  repeat(12, 30, sonde, () => sonde.sample(1, 0.5, 0.98));
  expect(await sonde.incidents('open')).toHaveLength(2);
  // The part that has the disks comes no more: what is open stays, and nothing says that it is over.
  repeat(40, 30, sonde, () => sonde.failing(1, 'disk'));
  expect(await sonde.incidents('open')).toHaveLength(2);
});

test('a number that is missing for a while is not known: what is open about it stays', async () => {
  const sonde = await live(await newWorld());
  repeat(25, 30, sonde, () => sonde.sample(1, 0.95));
  expect(await sonde.incidents('open')).toMatchObject([{ rule: { name: 'Memory nearly gone' } }]);
  repeat(40, 30, sonde, () => sonde.sample(1, null));
  expect(await sonde.incidents()).toMatchObject([{ closedAt: null, flips: 0 }]);
  repeat(6, 30, sonde, () => sonde.sample(1, 0.3));
  expect(await sonde.incidents('closed')).toHaveLength(1);
});

test.each([
  ['tells nothing any more', false],
  ['has told nothing over a new connection', true],
])('a full disk stays open while df %s, although the counters of disks come with every sample', async (_, isNew) => {
  const sonde = await live(await newWorld());
  repeat(30, 30, sonde, () => sonde.sample(1, 0.5, 0.98));
  const before = await sonde.incidents('open');
  expect(before.length).toBeGreaterThan(0);
  const heardAt = isNew ? 0 : sonde.now() - 30_000;
  if (!isNew) sonde.pass(375);
  repeat(40, 30, sonde, () => {
    const at = sonde.now();
    const facts = { filesystems: [], devices: [], pressure: null };
    const parts = { devices: at, filesystems: heardAt };
    const section = { name: 'disk', facts, source: 'df', error: null, collectedAt: heardAt || at, parts };
    const sample = { sections: [section], bootId: 'b', readAt: at };
    sonde.bus.publish({ hostId: 1, at, alive: true, probe: null, failure: null, sample });
  });
  expect((await sonde.incidents('open')).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test('a rule that looks at another span, or another metric, begins anew', async () => {
  const sonde = await live(await newWorld());
  const { rules } = sonde.alerts;
  const condition = {
    kind: 'metric',
    metric: 'memory_used_ratio',
    over: 'each',
    stat: 'mean',
    windowSeconds: 300,
    op: '>',
    fire: 0.9,
  } as const;
  const settings = { ...(defaultRules['memory-gone'] as RuleSettings), name: 'Mine', forSeconds: 0, condition };
  const { id } = await rules.create('ann', null, { ...settings, condition: { ...condition, fire: 0.97 } });
  repeat(20, 30, sonde, () => sonde.sample(1, 0.95));
  expect(await sonde.incidents('open')).toEqual([]);
  await rules.change('ann', id ?? 0, { ...settings, condition: { ...condition, windowSeconds: 900 } });
  await sonde.alerts.flush();
  // Nothing is known of its 15 minutes before 12 of them have passed.
  repeat(20, 30, sonde, () => sonde.sample(1, 0.91));
  expect(await sonde.incidents('open')).toEqual([]);
  repeat(10, 30, sonde, () => sonde.sample(1, 0.91));
  expect(await sonde.incidents('open')).toMatchObject([{ rule: { name: 'Mine' } }]);
});
