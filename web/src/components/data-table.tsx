import { type ReactNode, useState } from 'react';
import { texts } from '../texts/common.ts';
import { Button } from './button.tsx';
import { firstRows } from './layout/spread.ts';

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand right. */
  readonly isNumber?: boolean;
  /** Takes the room that the others leave. */
  readonly isWide?: boolean;
  /** Left out where the table is narrow. */
  readonly isExtra?: boolean;
  /** Left out where the table is as narrow as a phone. */
  readonly isSecond?: boolean;
  /** What rows are sorted by where the reader chooses this column. */
  readonly sortBy?: (row: Row) => number | string;
};

/** A column's name, and in which direction its rows stand. */
export type Sort = { readonly column: string; readonly isDescending: boolean };

/** The rows in the order of a column; as they are where it cannot be sorted by. Equal ones stay in their order. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort): readonly Row[] {
  const sortBy = columns.find(({ name }) => name === sort.column)?.sortBy;
  if (!sortBy) return rows;
  const direction = sort.isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, by: sortBy(row) }))
    .sort((a, b) => direction * compare(a.by, b.by))
    .map(({ row }) => row);
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

/** The sort after a click on a column: numbers begin with the highest, texts with A; the same column turns around. */
function nextSort({ name, isNumber = false }: Pick<Column<never>, 'name' | 'isNumber'>, sort: Sort): Sort {
  return { column: name, isDescending: sort.column === name ? !sort.isDescending : isNumber };
}

/** A plain table that scrolls within itself where it is wider than the screen, and shows the first rows until asked for all. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  first = firstRows,
  sort,
  onSort,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly first?: number;
  /** How rows stand, where columns have a `sortBy`. */
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
}) {
  const [showsAll, setShowsAll] = useState(false);
  const ordered = sort ? sorted(rows, columns, sort) : rows;
  const shown = showsAll ? ordered : ordered.slice(0, first);
  const classOf = ({ isNumber, isWide, isExtra, isSecond }: Column<Row>): string =>
    `${isWide ? 'w-full' : ''} ${isNumber ? 'numbers text-right' : 'text-left'} ${isExtra ? '@max-xl:hidden' : isSecond ? '@max-md:hidden' : ''}`;
  return (
    <div className="@container flex flex-col items-start gap-2">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div role="group" className="w-full overflow-x-auto" aria-label={label} tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b border-line text-xs text-muted">
              {columns.map((column) => (
                <th
                  key={column.name}
                  scope="col"
                  aria-sort={
                    sort?.column === column.name ? (sort.isDescending ? 'descending' : 'ascending') : undefined
                  }
                  className={`py-1.5 pr-4 font-medium last:pr-0 ${classOf(column)}`}
                >
                  {sort && onSort && column.sortBy ? (
                    <SortButton column={column} sort={sort} onSort={onSort} />
                  ) : (
                    column.name
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={keyOf(row, index)} className="border-b border-line last:border-0">
                {columns.map((column) => (
                  <td key={column.name} className={`py-1.5 pr-4 align-top last:pr-0 ${classOf(column)}`}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > first ? (
        <Button look="quiet" onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? texts.showLess : texts.showAll(rows.length)}
        </Button>
      ) : null}
    </div>
  );
}

function SortButton<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}) {
  const sign = sort.column !== column.name ? '' : sort.isDescending ? ' ↓' : ' ↑';
  return (
    <button
      type="button"
      className="-my-1 whitespace-nowrap py-1 font-medium hover:text-text"
      onClick={() => onSort(nextSort({ name: column.name, isNumber: column.isNumber ?? false }, sort))}
    >
      {column.name}
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
