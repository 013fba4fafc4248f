import { expect, test } from 'vitest';
import { day, hour, noon } from '../../../test/support/history-engine.ts';
import { gapsOf, joinGaps } from './gaps.ts';

const midnight = noon - 12 * hour;

test('a gap that the part before ends with goes on until the first sample, at whatever time of the day that comes', () => {
  // Every eight hours: a day without a sample is no gap by itself.
  const span = { from: midnight, to: midnight + 3 * day };
  for (const late of [1, 9, 23]) {
    const first = midnight + late * hour;
    const times = Array.from({ length: 7 }, (_, index) => first + index * 8 * hour);
    const before = { from: midnight - 5 * hour, to: midnight, why: 'unknown' } as const;
    const gaps = [before, ...gapsOf(times, span, span.to, [], hour, true)];
    expect(joinGaps(gaps)).toEqual([{ from: before.from, to: first, why: 'unknown' }]);
    expect(gapsOf(times, span, span.to, [], hour)).toEqual([]);
  }
});

test('a part that begins with a sample ends the gap before it, and one without samples continues it', () => {
  const span = { from: midnight, to: midnight + 2 * hour };
  expect(gapsOf([midnight, midnight + hour], span, span.to, [], hour, true)).toEqual([]);
  expect(gapsOf([], span, span.to, [], hour, true)).toEqual([{ ...span, why: 'unknown' }]);
});
