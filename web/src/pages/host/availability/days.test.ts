import { expect, test } from 'vitest';
import { exactPercent, partsOf } from './days.ts';

const day = { day: '2026-11-29', upSeconds: 0, downSeconds: 0, plannedSeconds: 0, unknownSeconds: 0, ratio: null };

test('a day is as high as its parts, and downtime of a second is seen', () => {
  expect(partsOf({ ...day, upSeconds: 86_400 })).toEqual([{ what: 'up', height: 1 }]);
  const parts = partsOf({ ...day, upSeconds: 43_199, unknownSeconds: 43_200, downSeconds: 1 });
  expect(parts.map(({ what }) => what)).toEqual(['up', 'unknown', 'down']);
  expect(parts[2]?.height).toBe(0.12);
  expect(parts.reduce((sum, { height }) => sum + height, 0)).toBeCloseTo(1, 9);
  expect(partsOf({ ...day, downSeconds: 10 })).toEqual([{ what: 'down', height: 1 }]);
});

test('a day of which nothing is known is that, and no downtime', () => {
  expect(partsOf(day)).toEqual([{ what: 'unknown', height: 1 }]);
  expect(partsOf({ ...day, plannedSeconds: 100 })).toEqual([{ what: 'planned', height: 1 }]);
});

test('only what was up all the time is 100 %', () => {
  expect(exactPercent(1)).toBe('100\u00a0%');
  expect(exactPercent(0.999_999)).toBe('99.99\u00a0%');
  expect(exactPercent(null)).toBe('–');
});
