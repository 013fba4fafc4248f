import { type ReactNode, useState } from 'react';
import { texts } from '../texts/common.ts';
import { Button } from './button.tsx';

export type Column<Row> = {
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand right. */
  readonly isNumber?: boolean;
  /** Left out where the table is narrow. */
  readonly isExtra?: boolean;
  /** Left out where the table is as narrow as a phone. */
  readonly isSecond?: boolean;
};

/** A plain table that scrolls within itself where it is wider than the screen, and shows the first rows until asked for all. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  first = 10,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly first?: number;
}) {
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? rows : rows.slice(0, first);
  const classOf = ({ isNumber, isExtra, isSecond }: Column<Row>): string =>
    `${isNumber ? 'numbers text-right' : 'text-left'} ${isExtra ? '@max-xl:hidden' : isSecond ? '@max-md:hidden' : ''}`;
  return (
    <div className="@container flex flex-col items-start gap-2">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div role="group" className="w-full overflow-x-auto" aria-label={label} tabIndex={0}>
        <table className="w-full border-collapse text-sm">
          <thead>
            <tr className="border-b border-line text-xs text-muted">
              {columns.map((column) => (
                <th key={column.name} scope="col" className={`py-1.5 pr-4 font-medium last:pr-0 ${classOf(column)}`}>
                  {column.name}
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
