import { memo } from 'react';
import type { FleetHost } from '../../../live/fleet.ts';
import { useIsOld } from '../../../live/old.ts';
import { texts } from '../../../texts/common.ts';
import { fleetTexts } from '../../../texts/fleet.ts';
import type { Column } from './columns.tsx';
import { useFilled } from './fill.ts';
import { NameCell } from './name-cell.tsx';
import { NarrowNumbers } from './narrow-numbers.tsx';

/** How cells stand in a row; `--columns` is set by the table, see `gridOf`. */
export const rowGrid = 'grid grid-cols-(--columns) items-center gap-x-4 px-3 max-sm:gap-x-2';

/** One host as a row; the whole of it leads to the host. Without columns it is as on a phone. */
export const HostRow = memo(function HostRow({
  entry,
  itemKey,
  columns,
  isDense,
}: {
  readonly entry: FleetHost;
  readonly itemKey: string;
  readonly columns: readonly Column[];
  readonly isDense: boolean;
}) {
  const isFilled = useFilled();
  return (
    <div
      role="row"
      className={`group/row relative border-b border-line contain-strict hover:bg-sunken/60 ${isDense ? 'h-[36px]' : 'h-[64px]'} ${rowGrid}`}
    >
      <NameCell entry={entry} itemKey={itemKey} isDense={isDense} />
      {!isFilled ? null : columns.length === 0 ? (
        <NarrowNumbers entry={entry} isDense={isDense} />
      ) : (
        <Cells entry={entry} columns={columns} isDense={isDense} />
      )}
    </div>
  );
});

function Cells({
  entry,
  columns,
  isDense,
}: {
  readonly entry: FleetHost;
  readonly columns: readonly Column[];
  readonly isDense: boolean;
}) {
  const { host, vitals } = entry;
  const old = useIsOld(entry) ? 'old' : '';
  const first = columns.find((column) => column.of === 'vitals');
  return columns.map((column) => {
    if (column.of === 'host') {
      return (
        <span key={column.key} role="cell" className="min-w-0">
          {column.cell({ entry, isDense })}
        </span>
      );
    }
    if (vitals) {
      return (
        <span key={column.key} role="cell" className={`min-w-0 ${old}`}>
          {column.cell({ entry, vitals, isDense })}
        </span>
      );
    }
    const words = host.metricsEnabled ? fleetTexts.notSampled : fleetTexts.metricsOff;
    return (
      <span
        key={column.key}
        role="cell"
        className={`whitespace-nowrap text-sm text-faint ${column.align === 'left' ? '' : 'text-right'}`}
      >
        {column === first ? words : texts.dash}
      </span>
    );
  });
}
