import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type {
  AvailabilityAnswer,
  ComparisonAnswer,
  HistoryAnswer,
  HistorySettingsAnswer,
  HistoryStorageAnswer,
} from '../../../src/http/views/answers.ts';
import { request } from './http.ts';

/** `GET /hosts/:id/history`. Times in ms since the epoch; `resolution` 0: samples as they came. */
export type HostHistory = HistoryAnswer;
/** Why there are no numbers of a time (docs/history.md). Times in ms since the epoch. */
export type HistoryGap = HostHistory['gaps'][number];
/** One line: of samples as they came the values alone, else the mean with lowest and highest. */
export type HistorySeries = HostHistory['series'][number];
/** The processes that used most at a time (ms): CPU of one processor, bytes of memory. */
export type TopAt = HostHistory['top'][number];

/** `GET /history`: one metric of several hosts. */
export type Comparison = ComparisonAnswer;
export type AvailableDay = AvailabilityAnswer['days'][number];
export type HistorySettings = HistorySettingsAnswer;
/** `GET /history/storage`. */
export type HistoryStorage = HistoryStorageAnswer;
export type Tier = HistoryStorage['tiers'][number]['tier'];

/** What is asked of a host's history, as the address of the answer. */
export function historyPath(id: number, asked: Readonly<Record<string, string>>): string {
  return `/hosts/${id}/history?${new URLSearchParams(asked)}`;
}

/** A host's history; what was shown before stays until it is there. `everyMs`: how soon it is asked for again. */
export const historyQuery = (path: string | null, everyMs: number | null) =>
  queryOptions({
    queryKey: ['history', path],
    enabled: path !== null,
    staleTime: everyMs ?? Number.POSITIVE_INFINITY,
    refetchInterval: everyMs ?? false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => request<HostHistory>('GET', path ?? '', undefined, signal),
  });

export const comparisonQuery = (asked: Readonly<Record<string, string>>) =>
  queryOptions({
    queryKey: ['comparison', asked],
    staleTime: 60_000,
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => request<Comparison>('GET', `/history?${new URLSearchParams(asked)}`, undefined, signal),
  });

export const availabilityQuery = (id: number, days: number) =>
  queryOptions({
    queryKey: ['availability', id, days],
    staleTime: 60_000,
    refetchInterval: 300_000,
    queryFn: () => request<AvailabilityAnswer>('GET', `/hosts/${id}/availability?days=${days}`),
  });

export const historySettingsQuery = queryOptions({
  queryKey: ['history-settings'],
  queryFn: () => request<HistorySettings>('GET', '/global-settings/history'),
});

export const historyStorageQuery = queryOptions({
  queryKey: ['history-storage'],
  queryFn: () => request<HistoryStorage>('GET', '/history/storage'),
});
