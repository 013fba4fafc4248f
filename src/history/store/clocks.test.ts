import { afterEach, expect, test } from 'vitest';
import { countOf, day, hour, minute, noon, openRig, removeFolders } from '../../../test/support/history-engine.ts';

afterEach(removeFolders);

test('a clock that is set back a day overwrites nothing, and of times that come again the newest are right', async () => {
  const rig = openRig();
  rig.run(day + 2 * hour, { value: () => 0.25 });
  rig.clock.wall -= day;
  const again = rig.clock.wall;
  rig.run(90 * minute, { value: () => 0.75 });
  const { hosts } = await rig.query({
    metrics: [{ metric: 'cpu_ratio' }],
    from: noon + hour,
    to: noon + 5 * hour,
    points: 4_000,
  });
  const [line] = hosts[0]?.series ?? [];
  const at = (time: number) => line?.mean[(time - noon - hour) / 30_000];
  expect([at(noon + 90 * minute), at(again), at(again + 89 * minute), at(again + 91 * minute)]).toEqual([
    0.25, 0.75, 0.75, 0.25,
  ]);
  expect(line?.count.every((count) => count === 1)).toBe(true);
  // The day after is as it was.
  expect(await countOf(rig, noon + day - hour, noon + day + 2 * hour)).toBe(360);
  rig.restart();
  expect(await countOf(rig, noon, noon + day + 2 * hour)).toBe(((day + 2 * hour) / minute) * 2);
});

test('a clock that goes a year ahead and comes back loses nothing, and the jump is a gap with this reason', async () => {
  const rig = openRig();
  rig.run(10 * hour);
  rig.clock.wall += 365 * day;
  rig.run(3 * hour);
  rig.clock.wall -= 365 * day;
  rig.run(3 * hour);
  rig.engine.rollAll();
  expect(await countOf(rig, noon, noon + 10 * hour)).toBe(1_200);
  expect(await countOf(rig, noon + 13 * hour, noon + 16 * hour)).toBe(360);
  const { hosts } = await rig.query({ from: noon + 9 * hour, to: noon + 365 * day + 11 * hour, points: 100 });
  expect(hosts[0]?.gaps.map(({ why }) => why)).toContain('clock');
  expect(await countOf(rig, noon + 365 * day + 10 * hour, noon + 365 * day + 13 * hour)).toBe(360);
});

test('after the clock was a year ahead for most of a day and came back, the days that follow are summarised', async () => {
  const rig = openRig();
  rig.run(10 * hour, { every: 5 * minute });
  rig.clock.wall += 365 * day;
  rig.run(20 * hour, { every: 5 * minute });
  rig.engine.rollAll();
  rig.clock.wall -= 365 * day + 20 * hour;
  rig.run(60 * hour, { every: 5 * minute });
  rig.engine.rollAll();
  const of = (from: number, to: number) => rig.query({ from, to, points: 144, metrics: [{ metric: 'load1' }] });
  const { parts, hosts } = await of(noon + 12 * hour, noon + 36 * hour);
  expect(parts).toMatchObject([{ tier: '5m' }]);
  expect(hosts[0]?.series[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(24 * 12);
  // The day in which it came back was summarised before, and is again.
  const first = await of(noon - 12 * hour, noon + 12 * hour);
  expect(first.parts.at(-1)).toMatchObject({ tier: '5m' });
  expect(first.hosts[0]?.series[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(12 * 12);
});

test('samples of the hour before midnight that come again, as the clock was set back, are in the summary of their day', async () => {
  const rig = openRig();
  rig.run(12 * hour - 5 * minute);
  // Each time is another chunk of the hour, and those after the first are numbered as of the next day.
  for (let round = 0; round < 59; round += 1) {
    rig.run(2 * minute);
    rig.clock.wall -= 2 * minute;
  }
  rig.run(36 * hour, { value: () => 0.5 });
  rig.engine.rollAll();
  const before = await rig.query({
    from: noon + 11.75 * hour,
    to: noon + 12 * hour,
    metrics: [{ metric: 'cpu_ratio' }],
  });
  const of5m = await rig.query({
    from: noon + 11.75 * hour,
    to: noon + 12 * hour,
    points: 3,
    metrics: [{ metric: 'cpu_ratio' }],
  });
  expect(before.parts).toMatchObject([{ tier: 'raw' }]);
  expect(of5m.parts).toMatchObject([{ tier: '5m' }]);
  const sum = (counts: readonly number[] = []) => counts.reduce((all, count) => all + count, 0);
  expect(sum(of5m.hosts[0]?.series[0]?.count)).toBe(sum(before.hosts[0]?.series[0]?.count));
  expect(of5m.hosts[0]?.series[0]?.mean.at(-1)).toBe(0.5);
});
