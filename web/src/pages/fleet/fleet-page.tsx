import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { meQuery } from '../../api/queries.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { lazyPart } from '../../components/lazy-page.tsx';
import { useNow } from '../../components/now.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { Fleet } from '../../live/fleet.ts';
import { oldStepMs } from '../../live/old.ts';
import { useLive } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { fleetTexts } from '../../texts/fleet.ts';
import { arrange, type FleetItem } from './arrange/arrange.ts';
import { BulkBar } from './bulk/bulk-bar.tsx';
import { idsOf } from './bulk/select-all.tsx';
import { selection, useIsSelecting } from './bulk/selection.ts';
import { HostList, type Look } from './list/host-list.tsx';
import { HostTable } from './list/host-table.tsx';
import { type FleetPreferences, rememberSearch, usePreferences } from './preferences.ts';
import { type FleetSearch, isFiltered, withoutFilters } from './search.ts';
import { StartPanel } from './start-panel.tsx';
import { Toolbar } from './toolbar/toolbar.tsx';
import { useHeld } from './use-held.ts';

const HistoryAnnouncement = lazy(() =>
  import('./announcement.tsx').then(
    (loaded) => ({ default: loaded.HistoryAnnouncement }),
    // Without its code the fleet is whole.
    () => ({ default: () => null }),
  ),
);
const ChannelQuestion = lazy(() =>
  import('./channel-question.tsx').then(
    (loaded) => ({ default: loaded.ChannelQuestion }),
    () => ({ default: () => null }),
  ),
);
const FleetMap = lazyPart(async () => (await import('./map/fleet-map.tsx')).FleetMap);
const tiles: Look = { as: 'tiles' };

/** All hosts at a glance. */
export function FleetPage() {
  // Drawn when there is time for it: scrolling and typing come first.
  const fleet = useDeferredValue(useLive((state) => state.fleet));
  const isLoaded = useDeferredValue(useLive((state) => state.isLoaded));
  useTitle(fleetTexts.title);
  if (!isLoaded) return <Loading />;
  if (fleet.size === 0) return <StartPanel />;
  return <Hosts fleet={fleet} />;
}

function Hosts({ fleet }: { readonly fleet: Fleet }) {
  const search = useSearch({ from: '/app/' });
  const navigate = useNavigate({ from: '/' });
  const preferences = usePreferences();
  const { data: me } = useQuery(meQuery);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const folds = useMemo(() => ({ folded: new Set(preferences.folded), opened }), [preferences.folded, opened]);
  const now = useNow(oldStepMs);
  const fresh = useMemo(() => arrange(fleet.values(), search, folds, now), [fleet, search, folds, now]);
  const asked = JSON.stringify([search, preferences.folded, [...opened]]);
  const { items, isHeld, release, handlers } = useHeld(fresh, fleet, asked);
  const isSelecting = useIsSelecting();
  useEffect(() => selection.setOrder(idsOf(items)), [items]);
  const change = useCallback(
    (next: FleetSearch): void => {
      rememberSearch(next);
      void navigate({ search: next, replace: true });
    },
    [navigate],
  );
  const toggle = useCallback(
    (key: string): void =>
      setOpened((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key])),
    [],
  );
  return (
    <div data-wide className="flex flex-col gap-4">
      <h1 className="sr-only">{fleetTexts.title}</h1>
      {me?.is_admin ? (
        <Suspense>
          <HistoryAnnouncement />
        </Suspense>
      ) : null}
      <Suspense>
        <ChannelQuestion fleet={fleet} />
      </Suspense>
      <Toolbar fleet={fleet} search={search} preferences={preferences} onChange={change} />
      {items.length === 0 ? (
        <div className="flex flex-col items-center gap-3 rounded-xl border border-dashed border-line-strong py-14 text-muted">
          <p>{fleetTexts.nothing}</p>
          <ClearFilters search={search} className={buttonClass()} />
        </div>
      ) : (
        <div className="group/list flex flex-col gap-2" data-selecting={isSelecting || undefined} {...handlers}>
          {isFiltered(search) ? (
            <p role="status" className="numbers flex items-center gap-2 text-sm text-muted">
              {fleetTexts.shown(idsOf(fresh).length, fleet.size)}
              <ClearFilters search={search} className="rounded text-accent underline" />
            </p>
          ) : null}
          <Shown
            items={items}
            search={search}
            preferences={preferences}
            onChange={change}
            onToggle={toggle}
            held={isHeld ? release : null}
          />
        </div>
      )}
      <BulkBar fleet={fleet} items={items} />
    </div>
  );
}

/** Shows all hosts again, in the same order and layout. */
function ClearFilters({ search, className }: { readonly search: FleetSearch; readonly className: string }) {
  const next = withoutFilters(search);
  return (
    <Link to="/" search={next} replace onClick={() => rememberSearch(next)} className={className}>
      {fleetTexts.clear}
    </Link>
  );
}

function Shown({
  items,
  search,
  preferences,
  onChange,
  onToggle,
  held,
}: {
  readonly items: readonly FleetItem[];
  readonly search: FleetSearch;
  readonly preferences: FleetPreferences;
  readonly onChange: (search: FleetSearch) => void;
  readonly onToggle: (key: string) => void;
  /** Sorts anew, where the order is held. */
  readonly held: (() => void) | null;
}) {
  return (
    <>
      {search.layout === 'map' ? (
        <FleetMap items={items} />
      ) : search.layout === 'tiles' ? (
        <HostList items={items} look={tiles} onToggle={onToggle} />
      ) : (
        <HostTable
          items={items}
          search={search}
          columns={preferences.columns}
          density={preferences.density}
          onChange={onChange}
          onToggle={onToggle}
        />
      )}
      {held ? (
        <div className="pointer-events-none sticky bottom-3 z-20 flex justify-center">
          <p className="pointer-events-auto flex items-center gap-3 rounded-full border border-line bg-surface py-1 pl-4 pr-1 text-sm shadow-raised">
            {fleetTexts.orderHeld}
            <Button look="quiet" className="text-accent" onClick={held}>
              {fleetTexts.orderNow}
            </Button>
          </p>
        </div>
      ) : null}
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={texts.loading} className="flex animate-pulse flex-col gap-3">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((row) => (
        <div key={row} className="h-14 rounded-xl bg-sunken" />
      ))}
    </div>
  );
}
