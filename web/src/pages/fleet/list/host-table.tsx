import { memo, useMemo, useRef } from 'react';
import { useWidthRem } from '../../../components/layout/use-width.ts';
import { fleetTexts } from '../../../texts/fleet.ts';
import type { FleetItem } from '../arrange/arrange.ts';
import { SelectAll } from '../bulk/select-all.tsx';
import type { Density } from '../preferences.ts';
import { changed, type FleetSearch, type SearchChange, type Sort } from '../search.ts';
import { chosenColumns, fittingColumns, gridOf } from './columns.tsx';
import { HostList, type Look } from './host-list.tsx';
import { rowGrid } from './host-row.tsx';

/** Below this there are no columns: a phone. */
const narrowRem = 44;

/** The fleet as a table whose heads sort it. */
export const HostTable = memo(function HostTable({
  items,
  search,
  columns: keys,
  density,
  onChange,
  onToggle,
}: {
  readonly items: readonly FleetItem[];
  readonly search: FleetSearch;
  /** The keys of the columns that were chosen; null: those that are there at first. */
  readonly columns: readonly string[] | null;
  readonly density: Density;
  readonly onChange: (search: FleetSearch) => void;
  readonly onToggle: (key: string) => void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidthRem(ref);
  const look: Look = useMemo(() => {
    const columns = width < narrowRem ? [] : fittingColumns(chosenColumns(keys), width);
    return { as: 'rows', columns, isDense: density === 'compact' };
  }, [keys, width, density]);
  const columns = look.as === 'rows' ? look.columns : [];
  /** First as it begins, then the other way round, then worst first again. */
  const sortBy = (sort: Exclude<Sort, 'worst'>): void => {
    const next: SearchChange =
      search.sort !== sort
        ? { sort, reverse: undefined }
        : search.reverse
          ? { sort: undefined, reverse: undefined }
          : { reverse: true };
    onChange(changed(search, next));
  };
  return (
    <div
      ref={ref}
      role="table"
      aria-label={fleetTexts.list}
      aria-rowcount={items.length}
      data-columns={columns.map(({ key }) => key).join(' ')}
      className="rounded-xl border border-line bg-surface"
      // A custom property is no field of React's types.
      style={{ ['--columns' as string]: gridOf(columns) }}
    >
      <div role="rowgroup" className="sticky top-14 z-10 rounded-t-xl border-b border-line bg-surface max-md:hidden">
        <div role="row" className={`h-10 ${rowGrid}`}>
          <span role="columnheader" aria-sort={ariaSort(search, 'name')} className="flex min-w-0 items-center gap-3">
            <SelectAll items={items} />
            <SortButton search={search} sort="name" onSort={sortBy} />
          </span>
          {columns.map(({ key, sort, align }) => (
            <span
              key={key}
              role="columnheader"
              aria-sort={sort ? ariaSort(search, sort) : undefined}
              className={`min-w-0 text-xs font-medium text-muted ${align === 'left' ? '' : 'text-right'}`}
            >
              {sort ? <SortButton search={search} sort={sort} onSort={sortBy} /> : fleetTexts.columns[key]}
            </span>
          ))}
        </div>
      </div>
      {width > 0 ? <HostList items={items} look={look} onToggle={onToggle} /> : null}
    </div>
  );
});

function isDown({ reverse }: FleetSearch, sort: Sort): boolean {
  return (sort === 'name') === (reverse === true);
}

function ariaSort(search: FleetSearch, sort: Sort): 'ascending' | 'descending' | 'none' {
  return search.sort !== sort ? 'none' : isDown(search, sort) ? 'descending' : 'ascending';
}

function SortButton({
  search,
  sort,
  onSort,
}: {
  readonly search: FleetSearch;
  readonly sort: Exclude<Sort, 'worst'>;
  readonly onSort: (sort: Exclude<Sort, 'worst'>) => void;
}) {
  const isSorted = search.sort === sort;
  return (
    <button
      type="button"
      onClick={() => onSort(sort)}
      className={`text-xs font-medium hover:text-text ${isSorted ? 'text-text' : 'text-muted'}`}
    >
      {fleetTexts.columns[sort]}
      <span aria-hidden="true">{isSorted ? (isDown(search, sort) ? ' ↓' : ' ↑') : ''}</span>
    </button>
  );
}
