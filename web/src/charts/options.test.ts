import { expect, test } from 'vitest';
import { dataOf, loneOf } from './options.ts';
import { sortedAt } from './tooltip.tsx';

const times = [1, 2];
const plain = { name: 'a', colour: '--series-1', values: [1, 2] };
const banded = { name: 'b', colour: '--series-2', values: [5, 6], band: { min: [4, 5], max: [7, null] } };

test('a line with a band is drawn with its edges below it', () => {
  expect(dataOf(times, [plain, banded], false)).toEqual([times, [1, 2], [7, null], [4, 5], [5, 6]]);
});

test('a value without a neighbour is a point, since no line goes through it', () => {
  expect(loneOf([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  expect(loneOf([null, 2, 3, null])).toBeNull();
  expect(loneOf([])).toBeNull();
});

test('stacked lines stand on each other, without bands', () => {
  expect(dataOf(times, [plain, banded], true)).toEqual([times, [1, 2], [6, 8]]);
});

test('at the cursor stand the lines that have a value, the highest first, with the span behind a mean', () => {
  const missing = { name: 'c', colour: '--series-3', values: [null, 9] };
  expect(sortedAt([plain, banded, missing], 0)).toEqual([
    { name: 'b', colour: '--series-2', value: 5, low: 4, high: 7, past: null },
    { name: 'a', colour: '--series-1', value: 1, low: null, high: null, past: null },
  ]);
  expect(sortedAt([plain, banded, missing], 1).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
});
