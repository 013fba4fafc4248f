import { queryOptions, useQuery } from '@tanstack/react-query';
import { request } from '../../api/http.ts';
import { queryClient } from '../../api/queries.ts';
import { type FleetSearch, readFleetSearch } from './search.ts';

export type Density = 'comfortable' | 'compact';

/** A view that somebody saved under a name. */
export type SavedView = {
  readonly name: string;
  readonly search: FleetSearch;
  readonly columns: readonly string[] | null;
  readonly density: Density;
};

/** What is remembered of a user on the server, so that it is the same on every machine of theirs. */
export type FleetPreferences = {
  /** The search that was used last, without its words. */
  readonly search: FleetSearch;
  /** The keys of the columns that were chosen; null: those that are there at first. */
  readonly columns: readonly string[] | null;
  readonly density: Density;
  /** The names of the groups that are folded. */
  readonly folded: readonly string[];
  readonly views: readonly SavedView[];
};

const nothing: FleetPreferences = { search: {}, columns: null, density: 'comfortable', folded: [], views: [] };
const path = '/users/preferences';
const maxFolded = 200;
export const maxViews = 30;

/** Reads what was remembered, maybe by another version; what it does not know is left out. */
export function readPreferences(value: unknown): FleetPreferences {
  const sent = objectOf(value);
  return {
    search: readFleetSearch(objectOf(sent.search)),
    columns: textsOf(sent.columns),
    density: sent.density === 'compact' ? 'compact' : 'comfortable',
    folded: textsOf(sent.folded)?.slice(0, maxFolded) ?? [],
    views: (Array.isArray(sent.views) ? sent.views : []).slice(0, maxViews).flatMap((view) => {
      const { name, search, columns, density } = objectOf(view);
      if (typeof name !== 'string' || name === '') return [];
      return [
        {
          name,
          search: readFleetSearch(objectOf(search)),
          columns: textsOf(columns),
          density: density === 'compact' ? ('compact' as const) : ('comfortable' as const),
        },
      ];
    }),
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null;
}

const preferencesQuery = queryOptions({
  queryKey: [path],
  staleTime: Infinity,
  queryFn: read,
});

async function read(): Promise<FleetPreferences> {
  const { fleet } = await request<{ readonly fleet?: unknown }>('GET', path);
  return readPreferences(fleet);
}

/** The search of this tab, with its words: where a link to the fleet leads back to. */
let lastSearch: FleetSearch | null = null;

/** What a bare link to the fleet means: what was looked at last in this tab, else on any machine. */
export async function searchToOpen(): Promise<FleetSearch> {
  if (lastSearch !== null) return lastSearch;
  const { search } = await queryClient.ensureQueryData(preferencesQuery).catch(() => nothing);
  return search;
}

/** Remembers a search that a person chose; not one that a link led to. */
export function rememberSearch(search: FleetSearch): void {
  lastSearch = search;
  const { q: _, ...rest } = search;
  if (JSON.stringify(rest) !== JSON.stringify(current().search)) changePreferences(() => ({ search: rest }));
}

export function usePreferences(): FleetPreferences {
  return useQuery(preferencesQuery).data ?? nothing;
}

function current(): FleetPreferences {
  return queryClient.getQueryData(preferencesQuery.queryKey) ?? nothing;
}

let saving: Promise<void> = Promise.resolve();

/**
 * Changes what is remembered: at once here, and soon on the server, from what is there by then, so that another tab's views
 * are not lost. What cannot be saved holds for this tab.
 */
export function changePreferences(change: (before: FleetPreferences) => Partial<FleetPreferences>): void {
  const apply = (before: FleetPreferences): FleetPreferences => ({ ...before, ...change(before) });
  queryClient.setQueryData(preferencesQuery.queryKey, apply(current()));
  saving = saving
    .then(async () => request('PUT', `${path}/fleet`, { value: apply(await read()) }))
    .then(
      () => {},
      () => {},
    );
}

/** Folds a group, or opens it. */
export function toggleFolded(name: string): void {
  changePreferences(({ folded }) => ({
    folded: folded.includes(name) ? folded.filter((one) => one !== name) : [...folded, name].slice(-maxFolded),
  }));
}
