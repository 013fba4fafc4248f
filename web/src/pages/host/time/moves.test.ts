import { expect, test } from 'vitest';
import { moved, ofField, toField } from './moves.ts';

const span = { from: 1_000, to: 2_000 };

test.each([
  ['earlier', 5_000, { from: 500, to: 1_500 }],
  ['later', 5_000, { from: 1_500, to: 2_500 }],
  ['later', 2_100, { from: 1_100, to: 2_100 }],
  ['closer', 5_000, { from: 1_250, to: 1_750 }],
  ['wider', 5_000, { from: 500, to: 2_500 }],
  ['wider', 2_000, { from: 0, to: 2_000 }],
] as const)('%s, never beyond now (%i)', (move, now, expected) => {
  expect(moved(span, move, now)).toEqual(expected);
});

test('nobody zooms closer than 30 seconds', () => {
  expect(moved({ from: 100, to: 140 }, 'closer', 5_000)).toEqual({ from: 105, to: 135 });
});

test('a time comes back from its field to the minute', () => {
  const seconds = Date.UTC(2026, 10, 29, 12, 34) / 1000;
  expect(ofField(toField(seconds + 59))).toBe(seconds);
  expect(ofField('')).toBeNull();
});
