import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { channelsQuery, type IncidentFilter } from '../../../api/alerts.ts';
import { buttonClass } from '../../../components/button.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Icon } from '../../../components/icon.tsx';
import { Notice } from '../../../components/notice.tsx';
import { incidentsTexts as words } from '../../../texts/alerts/incidents.ts';
import { texts } from '../../../texts/common.ts';
import { AlertsFrame } from '../alerts-frame.tsx';
import { useNames } from '../use-names.ts';
import { actOn } from './act.ts';
import { IncidentBar } from './incident-bar.tsx';
import { IncidentFilters } from './incident-filters.tsx';
import { IncidentList } from './incident-list.tsx';
import { useIncidents } from './use-incidents.ts';

const none: ReadonlySet<number> = new Set();

/** What is wrong and what was: the open incidents first. */
export function IncidentsPage() {
  const filter = useSearch({ from: '/app/alerts/incidents' });
  const navigate = useNavigate({ from: '/alerts/incidents' });
  return (
    <AlertsFrame part="incidents">
      <NobodyTold />
      <IncidentFilters filter={filter} onChange={(search) => void navigate({ search, replace: true })} />
      <Incidents key={JSON.stringify(filter)} filter={filter} />
    </AlertsFrame>
  );
}

function Incidents({ filter }: { readonly filter: IncidentFilter }) {
  const { items, isLoaded, error, isLoadingMore, more, reload } = useIncidents(filter);
  const names = useNames();
  const [chosen, setChosen] = useState(none);
  const open = useMemo(
    () =>
      items.flatMap((item) => (item.kind === 'incident' && item.incident.state === 'open' ? [item.incident.id] : [])),
    [items],
  );
  const selected = useMemo(() => new Set(open.filter((id) => chosen.has(id))), [open, chosen]);
  const select = useCallback(
    (id: number): void =>
      setChosen((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id])),
    [],
  );
  const { run: acknowledge, error: refused } = useAction(async (id: number) => {
    const { error: why } = await actOn([id], { what: 'acknowledge' });
    if (why !== null) throw new Error(why);
  });
  // Where no incident is open, the closed ones are the next page.
  useEffect(() => {
    if (items.length === 0) more?.();
  }, [items.length, more]);
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  if (!isLoaded) return <Loading />;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      {!isFiltered && open.length === 0 ? <AllWell /> : null}
      {reload ? (
        <Notice kind="info">
          {words.changed}{' '}
          <button type="button" onClick={reload} className="rounded text-accent underline">
            {words.reload}
          </button>
        </Notice>
      ) : null}
      {refused ? <Notice kind="bad">{refused}</Notice> : null}
      {items.length > 0 ? (
        <div className="flex flex-col gap-2">
          <IncidentList
            items={items}
            names={names}
            selected={selected}
            isFiltered={isFiltered}
            onSelect={select}
            onAcknowledge={(id) => void acknowledge(id)}
            onNearEnd={more}
          />
          <p role="status" className="min-h-5 text-xs text-muted">
            {isLoadingMore ? words.loadingMore : <span className="max-md:hidden">{words.hint}</span>}
          </p>
        </div>
      ) : isFiltered ? (
        <p className="rounded-xl border border-dashed border-line-strong py-14 text-center text-muted">
          {words.nothing}
        </p>
      ) : null}
      <IncidentBar ids={[...selected]} shown={open} onSelect={(ids) => setChosen(new Set(ids))} />
    </>
  );
}

function AllWell() {
  return (
    <section className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-surface px-4 py-4">
      <Icon name="check" className="size-6 text-good" />
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-semibold">{words.wellTitle}</h2>
        <p className="text-sm text-muted">{words.well}</p>
      </div>
      <Link to="/alerts/rules" className={buttonClass()}>
        {words.wellRules}
      </Link>
    </section>
  );
}

/** Without a channel nobody is told, which nobody may find out too late. */
function NobodyTold() {
  const { data: channels } = useQuery(channelsQuery);
  if (!channels || channels.some(({ enabled }) => enabled)) return null;
  return (
    <Notice kind="warn" title={words.noChannelTitle}>
      <p>{words.noChannel}</p>
      <p className="mt-2">
        <Link to="/alerts/channels" className={buttonClass('primary')}>
          {words.addChannel}
        </Link>
      </p>
    </Notice>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={texts.loading} className="flex animate-pulse flex-col gap-px">
      {['a', 'b', 'c', 'd', 'e', 'f'].map((row) => (
        <div key={row} className="h-14 rounded-lg bg-sunken" />
      ))}
    </div>
  );
}
