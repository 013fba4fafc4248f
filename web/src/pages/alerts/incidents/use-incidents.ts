import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { type IncidentFilter, incidentsQuery } from '../../../api/alerts.ts';
import { queryClient } from '../../../api/queries.ts';
import { useLive } from '../../../live/use-live.ts';
import { type IncidentItem, itemsOf } from './items.ts';

/** With more pages than this, the list is not read anew by itself: it says that it changed. */
const maxPagesAnew = 5;

/** The incidents that a filter leaves, as far as they were read. */
export type IncidentList = {
  readonly items: readonly IncidentItem[];
  readonly isLoaded: boolean;
  readonly error: Error | null;
  readonly isLoadingMore: boolean;
  /** Reads the next page; null: there is none, or it is being read. */
  readonly more: (() => void) | null;
  /** Begins the list anew, where it changed and was not read again by itself; null: it is as it is on the server. */
  readonly reload: (() => void) | null;
};

/** Reads incidents a page at a time, and again when the server says that something about them changed. */
export function useIncidents(filter: IncidentFilter): IncidentList {
  const options = incidentsQuery(filter);
  const { data, error, isFetching, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(options);
  const revision = useLive((state) => state.incidents?.revision);
  const known = useRef(revision);
  const pages = data?.pages;
  const isLong = (pages?.length ?? 0) > maxPagesAnew;
  const isOther = known.current !== revision;
  useEffect(() => {
    // What is being read may be from before the change: once it is there, it is read again.
    if (isFetching || isLong || known.current === revision) return;
    known.current = revision;
    void refetch();
  }, [revision, isFetching, isLong, refetch]);
  const items = useMemo(() => itemsOf(pages ?? [], filter.state === undefined), [pages, filter.state]);
  return {
    items,
    isLoaded: pages !== undefined,
    error: pages === undefined ? error : null,
    isLoadingMore: isFetchingNextPage,
    more: hasNextPage && !isFetching ? () => void fetchNextPage() : null,
    reload:
      isOther && isLong
        ? () => {
            known.current = revision;
            queryClient.setQueryData<InfiniteData<unknown, unknown>>(options.queryKey, (before) => firstPageOf(before));
            void refetch();
          }
        : null,
  };
}

function firstPageOf(data: InfiniteData<unknown, unknown> | undefined): InfiniteData<unknown, unknown> | undefined {
  return data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) };
}
