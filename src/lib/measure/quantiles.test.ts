import { expect, test } from 'vitest';
import { RecentDurations } from './quantiles.ts';

test('durations are known for one to two minutes', () => {
  let now = 0;
  const durations = new RecentDurations(() => now);
  expect(durations.read()).toEqual([]);
  for (let ms = 1; ms <= 100; ms += 1) durations.record(ms);
  const [half, , most, all] = durations.read();
  expect(half?.seconds).toBeCloseTo(0.05, 3);
  expect(most?.seconds).toBeCloseTo(0.099, 3);
  expect(all?.seconds).toBeCloseTo(0.1, 3);
  now = 61_000;
  durations.record(2_000);
  expect(durations.read().at(-1)?.seconds).toBeCloseTo(2, 2);
  expect(durations.read()[0]?.seconds).toBeCloseTo(0.05, 2);
  now = 122_000;
  expect(durations.read()[0]?.seconds).toBeCloseTo(2, 2);
  now = 400_000;
  expect(durations.read()).toEqual([]);
});
