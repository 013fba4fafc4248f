import { expect, test } from 'vitest';
import { askedOf, readCompareSearch } from './search.ts';

test('an address says what is compared; what it does not know is left out', () => {
  expect(readCompareSearch({ metric: 'load1', tag: 'web', folder: 'x', range: '7d', by: 'max' })).toEqual({
    metric: 'load1',
    tag: 'web',
    range: '7d',
    by: 'max',
  });
  expect(readCompareSearch({ metric: 'a{b}', tag: '', folder: 3, range: '2h', by: 'sum' })).toEqual({});
});

test('the CPU of the last day is compared unless something else is chosen', () => {
  expect(askedOf({})).toEqual({ metric: 'cpu_ratio', range: '24h', points: '200', top: '50' });
  expect(askedOf({ range: '1h', folder: 'dc1', by: 'max' })).toMatchObject({
    range: '1h',
    points: '60',
    folder: 'dc1',
    by: 'max',
  });
});

test('a part of the time that is zoomed to is asked for by its ends, with as many times as its length deserves', () => {
  const zoomed = readCompareSearch({ range: '7d', from: 1_000, to: 1_000 + 3_600 });
  expect(zoomed).toEqual({ range: '7d', from: 1_000, to: 4_600 });
  expect(askedOf(zoomed)).toEqual({ metric: 'cpu_ratio', from: '1000000', to: '4600000', points: '60', top: '50' });
  expect(readCompareSearch({ from: 5, to: 5 })).toEqual({});
});
