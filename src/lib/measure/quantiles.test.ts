import { afterEach, expect, test, vi } from 'vitest';
import { EventLoopLag, RecentDurations } from './quantiles.ts';

afterEach(() => void vi.useRealTimers());

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

test('how late the event loop was is told to each reader alike, for one to two minutes', () => {
  vi.useFakeTimers();
  let now = 0;
  const lag = new EventLoopLag(() => now);
  /** So much time passes, and then the timer gets its turn. */
  const turn = (ms: number): void => {
    now += ms;
    vi.advanceTimersByTime(100);
  };
  const longest = (): number | undefined => lag.read().at(-1)?.seconds;
  expect(lag.read()).toEqual([]);
  turn(100);
  turn(900);
  turn(100);
  expect([longest(), longest()]).toEqual([expect.closeTo(0.8, 2), expect.closeTo(0.8, 2)]);
  while (now < 59_000) turn(100);
  for (let reader = 0; reader < 3; reader += 1) {
    turn(1_000);
    expect(longest()).toBeCloseTo(0.9, 2);
  }
  while (now < 119_000) turn(100);
  expect(longest()).toBeCloseTo(0.9, 2);
  while (now < 190_000) turn(100);
  expect(longest()).toBeLessThan(0.01);
  lag.close();
  turn(5_000);
  expect(longest()).toBeLessThan(0.01);
});
