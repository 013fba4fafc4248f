import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { EventView } from '../../../src/http/views/event.ts';
import type { EventKind } from '../../../src/model/alerts/event.ts';
import { request } from './http.ts';

export type { EventKind, EventView };

/** Which changes a list shows. */
export type ChangeFilter = { readonly host?: number; readonly kind?: EventKind };

type Page = { readonly events: readonly EventView[]; readonly next: number | null };

const everyMs = 30_000;

/** `GET /events`, a page at a time, the newest first. */
export const changesQuery = (filter: ChangeFilter, perPage: number) =>
  infiniteQueryOptions({
    queryKey: ['changes', filter, perPage],
    refetchInterval: everyMs,
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      request<Page>(
        'GET',
        `/events?${searchOf({ ...filter, limit: perPage, ...(pageParam === null ? {} : { before: pageParam }) })}`,
        undefined,
        signal,
      ),
    getNextPageParam: ({ next }: Page) => next,
  });

/** What changed on a host since a time, ms since the epoch; at most 200. */
export const changesSinceQuery = (host: number, from: number) =>
  queryOptions({
    queryKey: ['changes-since', host, from],
    refetchInterval: everyMs,
    queryFn: async ({ signal }) => {
      const asked = searchOf({ host, from: new Date(from).toISOString(), limit: 200 });
      return (await request<Page>('GET', `/events?${asked}`, undefined, signal)).events;
    },
  });

function searchOf(asked: Readonly<Record<string, string | number>>): URLSearchParams {
  return new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
}
