import { expect, test } from 'vitest';
import { chosenColumns, columns, fittingColumns, gridOf } from './columns.tsx';

const keys = (shown: readonly { readonly key: string }[]) => shown.map(({ key }) => key);

test('columns stand in their own order, whoever chose them and when; what is not known is passed over', () => {
  expect(keys(chosenColumns(null))).toEqual(['cpu', 'memory', 'disk', 'network', 'load', 'uptime']);
  expect(keys(chosenColumns(['tags', 'history-of-2030', 'cpu']))).toEqual(['cpu', 'tags']);
  expect(chosenColumns([])).toEqual([]);
});

test('what does not fit is left out from the end', () => {
  expect(keys(fittingColumns(columns, 52))).toEqual(['cpu', 'memory', 'disk']);
  expect(fittingColumns(columns, 20)).toEqual([]);
  expect(fittingColumns(columns, 500)).toEqual(columns);
});

test('a table without columns has a place for the numbers of a phone', () => {
  expect(gridOf([])).toBe('minmax(0, 1fr) auto');
  expect(gridOf(chosenColumns(['cpu', 'uptime']))).toBe('minmax(12rem, 4fr) minmax(8.5rem, 1fr) minmax(5rem, 1fr)');
});
