import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import type { Sort } from '../search.ts';
import { DiskCell, IncidentsCell, LoadCell, NetworkCell, PercentCell, Tags, TextCell } from './cells.tsx';

const DayCell = lazy<ComponentType<{ readonly id: number }>>(() =>
  import('../day/day-cell.tsx').then(
    (loaded) => ({ default: loaded.DayCell }),
    () => ({ default: () => null }),
  ),
);

type Vitals = NonNullable<FleetHost['vitals']>;

/** What a cell is drawn from. */
export type CellOf = { readonly entry: FleetHost; readonly vitals: Vitals; readonly isDense: boolean };

/** A column of the table beside the host's name. */
type ColumnShape = {
  readonly key: string;
  /** In rem. Columns that do not fit are left out from the end of the list. */
  readonly width: number;
  /** Whether it is there before anybody chooses. */
  readonly isDefault: boolean;
  readonly sort?: Exclude<Sort, 'worst' | 'name'>;
  readonly align?: 'left';
} & (
  | { readonly of: 'vitals'; readonly cell: (of: CellOf) => ReactNode }
  /** Drawn also of a host that was never sampled. */
  | { readonly of: 'host'; readonly cell: (of: Omit<CellOf, 'vitals'>) => ReactNode }
);

/** All columns in their order. Another one is another entry here and its name in `fleetTexts.columns`. */
export const columns = [
  {
    key: 'cpu',
    width: 8.5,
    isDefault: true,
    sort: 'cpu',
    of: 'vitals',
    cell: ({ vitals }) => <PercentCell percent={vitals.cpuPercent} line={vitals.lines.cpuPercent} />,
  },
  {
    key: 'memory',
    width: 8.5,
    isDefault: true,
    sort: 'memory',
    of: 'vitals',
    cell: ({ vitals }) => <PercentCell percent={vitals.memoryPercent} line={vitals.lines.memoryPercent} />,
  },
  {
    key: 'disk',
    width: 10.5,
    isDefault: true,
    sort: 'disk',
    of: 'vitals',
    cell: ({ vitals, isDense }) => <DiskCell disk={vitals.disk} isDense={isDense} />,
  },
  {
    key: 'network',
    width: 12,
    isDefault: true,
    sort: 'network',
    of: 'vitals',
    cell: ({ vitals, isDense }) => <NetworkCell vitals={vitals} isDense={isDense} />,
  },
  {
    key: 'load',
    width: 8,
    isDefault: true,
    sort: 'load',
    of: 'vitals',
    cell: ({ vitals }) => <LoadCell vitals={vitals} />,
  },
  {
    key: 'uptime',
    width: 5,
    isDefault: true,
    sort: 'uptime',
    of: 'vitals',
    cell: ({ vitals }) => (
      <span className="numbers block text-right text-sm">{format.shortDuration(vitals.uptimeSeconds)}</span>
    ),
  },
  {
    key: 'day',
    width: 11,
    isDefault: false,
    of: 'host',
    cell: ({ entry }) => (
      <Suspense>
        <DayCell id={entry.host.id} />
      </Suspense>
    ),
  },
  {
    key: 'incidents',
    width: 6,
    isDefault: false,
    of: 'host',
    cell: ({ entry }) => <IncidentsCell entry={entry} />,
  },
  {
    key: 'os',
    width: 13,
    isDefault: false,
    align: 'left',
    of: 'vitals',
    cell: ({ vitals }) => <TextCell text={vitals.os} />,
  },
  {
    key: 'address',
    width: 11,
    isDefault: false,
    align: 'left',
    of: 'host',
    cell: ({ entry: { host } }) => <TextCell text={host.connectionType === 'local' ? null : host.ip} />,
  },
  {
    key: 'folder',
    width: 9,
    isDefault: false,
    align: 'left',
    of: 'host',
    cell: ({ entry }) => <TextCell text={entry.host.folder || null} />,
  },
  {
    key: 'tags',
    width: 12,
    isDefault: false,
    align: 'left',
    of: 'host',
    cell: ({ entry }) => <Tags tags={entry.host.tags} />,
  },
  {
    key: 'owner',
    width: 8,
    isDefault: false,
    align: 'left',
    of: 'host',
    cell: ({ entry }) => <TextCell text={entry.host.owner} />,
  },
] as const satisfies readonly ColumnShape[];

export type ColumnKey = (typeof columns)[number]['key'];
export type Column = ColumnShape & { readonly key: ColumnKey };

const nameRem = 13;
const gapRem = 1;
const edgeRem = 1.5;

/** The columns that somebody chose, in their order; null: those that are there at first. */
export function chosenColumns(keys: readonly string[] | null): readonly Column[] {
  return columns.filter((column) => (keys === null ? column.isDefault : keys.includes(column.key)));
}

/** Those of the chosen columns for which there is room, in a list that is so many rem wide. */
export function fittingColumns(chosen: readonly Column[], widthRem: number): readonly Column[] {
  let left = widthRem - nameRem - edgeRem;
  const fitting = chosen.findIndex(({ width }) => {
    left -= width + gapRem;
    return left < 0;
  });
  return fitting < 0 ? chosen : chosen.slice(0, fitting);
}

/** The widths of a table with these columns, for CSS grid. */
export function gridOf(shown: readonly Column[]): string {
  if (shown.length === 0) return 'minmax(0, 1fr) auto';
  // On wide screens the numbers come along, so that they are not far from the name.
  return [`minmax(${nameRem - 1}rem, 4fr)`, ...shown.map(({ width }) => `minmax(${width}rem, 1fr)`)].join(' ');
}
