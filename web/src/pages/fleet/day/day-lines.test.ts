import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Comparison } from '../../../api/history.ts';
import { DayLines } from './day-lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function comparison(ids: readonly number[]): Comparison {
  const line = { labels: {}, unit: 'ratio', average: 1, highest: 1, mean: [1], min: [0], max: [2] };
  const series = ids.map((hostId) => ({ ...line, hostId, name: '' }));
  return { from: 0, to: 1, resolution: 1, leftOut: 0, times: [0], series };
}

test('hosts on the screen are asked for in batches of 50, one after another, and again after five minutes', async () => {
  const asked: number[][] = [];
  const lines = new DayLines(async (ids) => {
    asked.push([...ids]);
    return comparison(ids);
  });
  const leave = Array.from({ length: 70 }, (_, index) => lines.want(index + 1));
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked.map((ids) => ids.length)).toEqual([50, 20]);
  expect(lines.of(70)).toEqual({ mean: [1], min: [0], max: [2] });
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  expect(asked).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2 * 60_000);
  expect(asked).toHaveLength(4);
  for (const end of leave) end();
  await vi.advanceTimersByTimeAsync(30 * 60_000);
  expect(asked).toHaveLength(4);
});

test('a refusal is not asked again at once, and what was known stays', async () => {
  let count = 0;
  const lines = new DayLines(async (ids) => {
    count += 1;
    if (count > 1) throw new Error('busy');
    return comparison(ids);
  });
  lines.want(7);
  await vi.advanceTimersByTimeAsync(6 * 60_000);
  expect(count).toBe(2);
  expect(lines.of(7)?.mean).toEqual([1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(count).toBe(2);
});
