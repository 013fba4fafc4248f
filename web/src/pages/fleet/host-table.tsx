import { useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { fleetTexts } from '../../texts/fleet.ts';
import type { FleetItem } from './arrange.ts';
import { HostList } from './host-list.tsx';
import { columns } from './host-row.tsx';
import type { FleetSearch, Sort } from './search.ts';

const heads = [
  ['name', ''],
  ['cpu', 'max-md:hidden'],
  ['memory', 'max-md:hidden'],
  ['disk', 'max-md:hidden'],
  ['network', 'max-xl:hidden'],
  ['load', 'max-xl:hidden'],
  ['uptime', 'max-xl:hidden'],
] as const satisfies readonly (readonly [Exclude<Sort, 'worst'>, string])[];

/** The fleet as a table whose heads sort it. */
export const HostTable = memo(function HostTable({
  items,
  search,
}: {
  readonly items: readonly FleetItem[];
  readonly search: FleetSearch;
}) {
  const navigate = useNavigate({ from: '/' });
  /** First as it begins, then the other way round, then worst first again. */
  const sortBy = (sort: Exclude<Sort, 'worst'>): void => {
    const { sort: before, reverse, ...rest } = search;
    const next: FleetSearch = before !== sort ? { ...rest, sort } : reverse ? rest : { ...rest, sort, reverse: true };
    void navigate({ search: next, replace: true });
  };
  return (
    <div
      role="table"
      aria-label={fleetTexts.list}
      aria-rowcount={items.length}
      className="rounded-xl border border-line bg-surface"
    >
      <div role="rowgroup" className="sticky top-14 z-10 rounded-t-xl border-b border-line bg-surface max-md:hidden">
        <div role="row" className={`h-10 ${columns}`}>
          {heads.map(([sort, hidden]) => {
            const isSorted = search.sort === sort;
            const isDown = (sort === 'name') === (search.reverse === true);
            return (
              <span
                key={sort}
                role="columnheader"
                aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : 'none'}
                className={`${sort === 'name' ? '' : 'text-right'} ${hidden}`}
              >
                <button
                  type="button"
                  onClick={() => sortBy(sort)}
                  className={`text-xs font-medium hover:text-text ${isSorted ? 'text-text' : 'text-muted'}`}
                >
                  {fleetTexts.columns[sort]}
                  <span aria-hidden="true">{isSorted ? (isDown ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </span>
            );
          })}
        </div>
      </div>
      <HostList items={items} tiles={false} />
    </div>
  );
});
