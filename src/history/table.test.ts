import { expect, test } from 'vitest';
import { Table } from './table.ts';

/** As many columns as are asked for, each filled with its own number. */
function filled(columns: number, rows: number) {
  const table = new Table(rows);
  const opened = Array.from({ length: columns }, () => table.open());
  for (const column of opened) table.column(column).fill(column);
  return { table, opened };
}

test('columns keep their values while others are opened and all become longer', () => {
  const { table, opened } = filled(30, 2);
  table.lengthen(3);
  expect(opened.map((column) => [...table.column(column)])).toEqual(opened.map((one) => [one, one, Number.NaN]));
  table.set(29, 2, 7);
  expect([table.get(29, 2), table.get(28, 2)]).toEqual([7, Number.NaN]);
});

test('a column in the place of one that was closed begins empty', () => {
  const { table } = filled(3, 2);
  table.close(1);
  expect(table.open()).toBe(1);
  expect([0, 1, 2].map((column) => table.get(column, 1))).toEqual([0, Number.NaN, 2]);
  expect(table.open()).toBe(3);
});
