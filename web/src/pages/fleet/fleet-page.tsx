import { Link, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { buttonClass } from '../../components/button.tsx';
import { useTitle } from '../../components/use-title.ts';
import { useLive } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { fleetTexts } from '../../texts/fleet.ts';
import { arrange } from './arrange.ts';
import { HostList } from './host-list.tsx';
import { HostTable } from './host-table.tsx';
import { StartPanel } from './start-panel.tsx';
import { Toolbar } from './toolbar.tsx';

/** All hosts at a glance. */
export function FleetPage() {
  const search = useSearch({ from: '/app/' });
  // Drawn when there is time for it: scrolling and typing come first.
  const fleet = useDeferredValue(useLive((state) => state.fleet));
  const isLoaded = useDeferredValue(useLive((state) => state.isLoaded));
  const items = useMemo(() => arrange(fleet.values(), search), [fleet, search]);
  useTitle(fleetTexts.title);
  if (!isLoaded) return <Loading />;
  if (fleet.size === 0) return <StartPanel />;
  return (
    <div className="flex flex-col gap-4">
      <h1 className="sr-only">{fleetTexts.title}</h1>
      <Toolbar fleet={fleet} search={search} />
      {items.length === 0 ? (
        <div className="flex flex-col items-center gap-3 rounded-xl border border-dashed border-line-strong py-14 text-muted">
          <p>{fleetTexts.nothing}</p>
          <Link to="/" search={{}} className={buttonClass()}>
            {fleetTexts.clear}
          </Link>
        </div>
      ) : search.layout === 'tiles' ? (
        <HostList items={items} tiles />
      ) : (
        <HostTable items={items} search={search} />
      )}
    </div>
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
