import { expect, test } from 'vitest';
import { type ForecastCondition, forecast } from './forecast.ts';
import { Trend } from './trend.ts';

const [minute, hour] = [60_000, 3_600_000];
const day: ForecastCondition = {
  kind: 'forecast',
  metric: 'filesystem_used_ratio',
  limit: 1,
  withinSeconds: 24 * 3_600,
  windowSeconds: 6 * 3_600,
};
const soon: ForecastCondition = { ...day, withinSeconds: 4 * 3_600, windowSeconds: 3_600 };

/** What is forecast after values every minute for so many hours. `valueAt`: by hours. */
function after(hours: number, valueAt: (hours: number) => number | null, condition = day, trend = new Trend()) {
  let last = 0;
  for (let now = 0; now <= hours * hour; now += minute) {
    const value = valueAt(now / hour);
    if (value === null) continue;
    last = value;
    trend.add(value, now, 1);
  }
  return forecast(condition, trend, last);
}

test('what fills steadily is full when a line through it says so', () => {
  const { verdict, leftMs } = after(8, (at) => 0.7 + 0.02 * at);
  expect(verdict).toBe('over');
  expect((leftMs ?? 0) / hour).toBeCloseTo((1 - 0.86) / 0.02, 1);
  expect(after(8, (at) => 0.7 + 0.005 * at)).toMatchObject({ verdict: 'under' });
  // Between the time and one and a half of it, it neither begins nor ends.
  expect(after(8, (at) => 0.7 + 0.007 * at)).toMatchObject({ verdict: 'between' });
});

test('what is as full as ever, gets emptier or is full already fills no more', () => {
  expect(after(8, () => 0.95).verdict).toBe('under');
  expect(after(8, (at) => 0.95 - 0.001 * at).verdict).toBe('under');
  expect(after(8, (at) => Math.min(1, 0.7 + 0.04 * at)).verdict).toBe('between');
});

test('what goes up and down without a course is no trend', () => {
  let seed = 3;
  const noise = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  expect(after(8, () => 0.8 + 0.04 * noise()).verdict).toBe('under');
});

test('nothing is known before most of the window is, nor after a long pause', () => {
  expect(after(4.7, (at) => 0.7 + 0.02 * at).verdict).toBe('unknown');
  expect(after(5, (at) => 0.7 + 0.02 * at).verdict).toBe('over');
  expect(after(0.8, (at) => 0.7 + 0.1 * at, soon).verdict).toBe('unknown');
  expect(after(1, (at) => 0.7 + 0.1 * at, soon).verdict).toBe('over');
  expect(after(16, (at) => (at > 6 && at < 14 ? null : 0.5 + 0.02 * at)).verdict).toBe('unknown');
});

test('a fall of more than a twentieth begins anew, and says that it is not about to fill', () => {
  const rotated = (at: number): number => (at < 8 ? 0.7 + 0.02 * at : 0.5 + 0.05 * (at - 8));
  expect(after(7.9, rotated).verdict).toBe('over');
  expect(after(9, rotated).verdict).toBe('under');
  expect(after(12.5, rotated).verdict).toBe('under');
  expect(after(13.2, rotated)).toMatchObject({ verdict: 'over' });
  // What follows a long pause has nothing to do with the fall.
  expect(after(16, (at) => (at > 9 && at < 15 ? null : rotated(at))).verdict).toBe('unknown');
});

test('what was before a start is taken as if it had been seen, with its falls; what was seen counts more', () => {
  const seen = new Trend();
  const points = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at / 600);
  seen.add(0.82, 72 * 5 * minute, 1);
  seen.fill(5 * minute, points(0.7, 71), 1);
  expect(forecast(day, seen, 0.82)).toMatchObject({ verdict: 'over' });
  const rotated = new Trend();
  rotated.fill(0, [...points(0.7, 40), ...points(0.4, 32)], 1);
  rotated.add(0.46, 72 * 5 * minute, 1);
  expect(forecast(day, rotated, 0.46).verdict).toBe('unknown');
  const fresh = new Trend();
  fresh.add(0.5, 71 * 5 * minute, 1);
  fresh.fill(0, points(0.7, 72), 1);
  fresh.add(0.51, 72 * 5 * minute, 1);
  expect(forecast(day, fresh, 0.51).verdict).toBe('unknown');
});
