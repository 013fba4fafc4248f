import { expect, test } from 'vitest';
import { readHostSearch, searchOf, spanOf } from './search.ts';

test('a zoomed span comes back from the address as it went in, in whole seconds', () => {
  const search = searchOf({ from: 1_000.7, to: 1_100.2 });
  expect(search).toEqual({ from: 1_000, to: 1_101 });
  expect(spanOf(readHostSearch(search))).toEqual({ from: 1_000, to: 1_101 });
});

test('a span of less than a second is one second long', () => {
  expect(searchOf({ from: 1_000, to: 1_000 })).toEqual({ from: 1_000, to: 1_001 });
});

test('the whole needs no address', () => {
  expect(searchOf(null)).toEqual({});
  expect(spanOf({})).toBeNull();
});

test.each([
  { from: 5 },
  { from: 10, to: 10 },
  { from: 20, to: 10 },
  { from: 'x', to: 10 },
  { from: -1, to: 10 },
  { from: 0.5, to: 10 },
  { from: 0, to: 1e15 },
  { from: 0, to: Number.NaN },
])('an address that names no span shows the whole: %j', (search) => {
  expect(readHostSearch(search)).toEqual({});
});
