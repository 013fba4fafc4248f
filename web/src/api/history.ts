import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './http.ts';

type Labels = Readonly<Record<string, string>>;
type Numbers = readonly (number | null)[];

/** Why there are no numbers of a time, as the server names it (docs/history.md). Times in ms since the epoch. */
export type HistoryGap = {
  readonly from: number;
  readonly to: number;
  readonly why: 'offline' | 'not-sampled' | 'sonde-away' | 'clock' | 'damaged' | 'dropped';
  readonly cause: { readonly stage: string; readonly reason: string } | null;
};

/** One line: of samples as they came the values alone, else the mean with lowest and highest. */
export type HistorySeries = {
  readonly metric: string;
  readonly labels: Labels;
  readonly unit: string;
  readonly mean: Numbers;
  readonly min?: Numbers;
  readonly max?: Numbers;
};

type Used = readonly { readonly name: string; readonly value: number }[];

/** The processes that used most at a time (ms): CPU of one processor, bytes of memory. */
export type TopAt = { readonly at: number; readonly cpu: Used; readonly memory: Used };

/** `GET /hosts/:id/history`. Times in ms since the epoch; `resolution` 0: samples as they came. */
export type HostHistory = {
  readonly enabled: boolean;
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
  readonly truncated: number;
  readonly gaps: readonly HistoryGap[];
  readonly top: readonly TopAt[];
  readonly times: readonly number[];
  readonly series: readonly HistorySeries[];
};

/** `GET /history`: one metric of several hosts. */
export type Comparison = {
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
  readonly leftOut: number;
  readonly times: readonly number[];
  readonly series: readonly (Omit<HistorySeries, 'metric'> & {
    readonly hostId: number;
    readonly name: string;
    readonly average: number | null;
    readonly highest: number | null;
  })[];
};

export type AvailableDay = {
  readonly day: string;
  readonly upSeconds: number;
  readonly downSeconds: number;
  readonly plannedSeconds: number;
  readonly unknownSeconds: number;
  readonly ratio: number | null;
};

export type HistorySettings = {
  readonly enabled: boolean;
  readonly rawDays: number;
  readonly fiveMinuteDays: number;
  readonly hourlyDays: number;
  readonly maxBytes: number | null;
  readonly announced: boolean;
};

/** `GET /history/storage`, as far as the page reads it. */
export type HistoryStorage = {
  readonly enabled: boolean;
  readonly status: 'off' | 'reading' | 'on' | 'ended';
  readonly trouble: { readonly reason: string; readonly message: string } | null;
  readonly tiers: readonly {
    readonly tier: Tier;
    readonly bytes: number;
    readonly from: number | null;
    readonly to: number | null;
  }[];
  readonly journalBytes: number;
  readonly bytes: number;
  readonly maxBytes: number | null;
  readonly freeBytes: number | null;
  readonly dropped: number;
  readonly lastError: { readonly at: number; readonly message: string } | null;
  readonly damaged: readonly string[];
  readonly estimate: {
    readonly hosts: number;
    readonly bytesPerHostDay: Readonly<Record<Tier, number>>;
    readonly isMeasured: boolean;
    readonly bytes: number;
  };
};
export type Tier = 'raw' | '5m' | '1h';

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
    queryFn: () =>
      request<{ readonly ratio: number | null; readonly days: readonly AvailableDay[] }>(
        'GET',
        `/hosts/${id}/availability?days=${days}`,
      ),
  });

export const historySettingsQuery = queryOptions({
  queryKey: ['history-settings'],
  queryFn: () => request<HistorySettings>('GET', '/global-settings/history'),
});

export const historyStorageQuery = queryOptions({
  queryKey: ['history-storage'],
  queryFn: () => request<HistoryStorage>('GET', '/history/storage'),
});
