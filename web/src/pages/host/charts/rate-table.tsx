import { DataTable } from '../../../components/data-table.tsx';
import { SparkLine } from '../../../components/spark-line.tsx';
import * as format from '../../../format.ts';
import { tableTexts } from '../../../texts/tables.ts';
import { linesOf } from '../snapshot.ts';
import { useCharting } from './charting.tsx';

type Row = {
  readonly name: string;
  /** Whether it stands before the others, whatever its rates. */
  readonly isFirst: boolean;
  readonly first: number | null;
  readonly second: number | null;
};
type Rate = { readonly name: string; readonly metric: string };

/** The two rates of every interface or disk with a small line each, the busiest first. */
export function RateTable({
  label,
  by,
  rows,
  rates,
}: {
  readonly label: string;
  readonly by: string;
  readonly rows: readonly Row[];
  readonly rates: readonly [first: Rate, second: Rate];
}) {
  const { live: recent } = useCharting();
  const lines = rates.map(({ metric }) => linesOf(recent, metric, by));
  const total = ({ first, second }: Row): number => (first ?? 0) + (second ?? 0);
  const cell = (which: 0 | 1, { name, ...row }: Row) => (
    <span className="flex items-center justify-end gap-2">
      <SparkLine values={lines[which]?.get(name)?.values ?? []} size="h-4 w-12 shrink-0 @max-sm:hidden" />
      {format.bytesPerSecond(which === 0 ? row.first : row.second)}
    </span>
  );
  return (
    <DataTable
      label={label}
      rows={[...rows].sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || total(b) - total(a))}
      keyOf={({ name }) => name}
      first={6}
      columns={[
        {
          name: tableTexts.name,
          cell: ({ name }) => (
            <span className="block max-w-32 truncate" title={name}>
              {name}
            </span>
          ),
        },
        { name: rates[0].name, isNumber: true, cell: (row) => cell(0, row) },
        { name: rates[1].name, isNumber: true, cell: (row) => cell(1, row) },
      ]}
    />
  );
}
