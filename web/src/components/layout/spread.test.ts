import { expect, test } from 'vitest';
import { leavesRoom, spread } from './spread.ts';

const parts = [6, 2, 3, 1, 4].map((height, index) => ({ key: String(index), height }));
const keysOf = (count: number) => spread(parts, count).map((column) => column.map(({ key }) => key).join(''));

test('parts stand in columns of about the same height, in their order within each', () => {
  expect(keysOf(1)).toEqual(['01234']);
  expect(keysOf(2)).toEqual(['04', '123']);
  expect(keysOf(3)).toEqual(['0', '134', '2']);
  expect(keysOf(7)).toEqual(['0', '1', '2', '3', '4', '', '']);
});

test('a chart stands below a table that is much shorter than the one beside it, as far as they are shown', () => {
  expect(leavesRoom(200, 2)).toBe(true);
  expect(leavesRoom(200, 5)).toBe(false);
  expect(leavesRoom(6, 2)).toBe(false);
  expect(leavesRoom(2, 200)).toBe(false);
});
