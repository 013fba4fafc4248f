import { expect, test } from 'vitest';
import { gapsOf, stack, windowOf } from './lines.ts';

test('a gap lasts from the last value before it to the first one after it, of any line', () => {
  const times = [10, 20, 30, 40, 50, 60];
  const lines = [{ values: [1, null, null, 4, null, null] }, { values: [1, 2, null, null, null, null] }];
  expect(gapsOf(times, lines, 'away')).toEqual([
    { from: 20, to: 40, why: 'away' },
    { from: 40, to: 60, why: 'away' },
  ]);
  expect(gapsOf(times, [{ values: [1, 2, 3, 4, 5, 6] }], 'away')).toEqual([]);
  expect(gapsOf([], [], 'away')).toEqual([]);
});

test('stacked lines stand on those before them, and end where one below is not known', () => {
  expect(
    stack([
      [1, 2, null],
      [10, null, 30],
    ]),
  ).toEqual([
    [1, 2, null],
    [11, null, null],
  ]);
});

test('what is shown is what is kept, two minutes at least and fifteen at most', () => {
  expect(windowOf([990, 1_000], 1_000)).toEqual({ from: 880, to: 1_000 });
  expect(windowOf([0, 5_000], 5_010)).toEqual({ from: 4_110, to: 5_010 });
});
