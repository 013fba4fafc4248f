import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ChangeFilter } from '../../../api/changes.ts';
import { changesQuery } from '../../../api/changes.ts';
import { ChangeList, KindChoice } from '../../../components/alerts/change-list.tsx';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useLive } from '../../../live/use-live.ts';
import { changesTexts as words } from '../../../texts/alerts/changes.ts';
import { AlertsFrame } from '../alerts-frame.tsx';

const perPage = 50;

/** What changed on all hosts, or on one, and what happened to Sonde itself. */
export function ChangesPage() {
  const filter = useSearch({ from: '/app/alerts/changes' });
  const navigate = useNavigate({ from: '/alerts/changes' });
  const fleet = useLive((state) => state.fleet);
  const { host } = filter;
  const choose = (next: ChangeFilter): void => void navigate({ search: next, replace: true });
  return (
    <AlertsFrame part="changes">
      <div className="flex flex-wrap items-center gap-2">
        <KindChoice
          kind={filter.kind}
          onChange={(kind) => choose({ ...(host === undefined ? {} : { host }), ...(kind ? { kind } : {}) })}
        />
        {host === undefined ? null : (
          <Link
            to="/hosts/$id"
            params={{ id: host }}
            className="min-w-0 max-w-full truncate text-sm text-accent underline"
          >
            {fleet.get(host)?.host.name ?? words.host}
          </Link>
        )}
        {Object.keys(filter).length === 0 ? null : (
          <Link to="/alerts/changes" className="rounded px-1 text-sm text-accent underline">
            {words.clear}
          </Link>
        )}
      </div>
      <Changes key={JSON.stringify(filter)} filter={filter} />
    </AlertsFrame>
  );
}

function Changes({ filter }: { readonly filter: ChangeFilter }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    changesQuery(filter, perPage),
  );
  const fleet = useLive((state) => state.fleet);
  if (data === undefined)
    return error ? <Notice kind="bad">{error.message}</Notice> : <p role="status">{words.loading}</p>;
  const events = data.pages.flatMap((page) => page.events);
  if (events.length === 0)
    return (
      <p className="py-6 text-sm text-muted">{Object.keys(filter).length === 0 ? words.none : words.noneOfFilter}</p>
    );
  return (
    <div className="flex flex-col items-start gap-3">
      <div className="w-full rounded-xl border border-line bg-surface px-4 py-1">
        <ChangeList events={events} nameOf={(id) => fleet.get(id)?.host.name ?? null} />
      </div>
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      ) : null}
    </div>
  );
}
