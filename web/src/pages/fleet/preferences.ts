import { useEffect, useSyncExternalStore } from 'react';
import { ApiError, request } from '../../api/http.ts';
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

type Change = (before: FleetPreferences) => Partial<FleetPreferences>;

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

/** What is remembered, once for the page. Those who show it are told of a change at once. */
class Preferences {
  #value: FleetPreferences | null = null;
  #loading: Promise<FleetPreferences> | null = null;
  #saving: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly get = (): FleetPreferences => this.#value ?? nothing;

  /** Reads it from the server, once; what cannot be read is as if nothing were remembered. */
  async load(): Promise<FleetPreferences> {
    this.#loading ??= read();
    try {
      const loaded = await this.#loading;
      if (this.#value === null) this.#set(loaded);
    } catch {
      this.#loading = null;
    }
    return this.get();
  }

  /**
   * Changes it at once here, and soon on the server, from what is there by then, so that another tab's views are not lost. What
   * the server refuses is undone here; what cannot reach it holds for this tab. Throws {@link ApiError} in both cases.
   */
  async change(change: Change): Promise<void> {
    const apply = (before: FleetPreferences): FleetPreferences => ({ ...before, ...change(before) });
    this.#set(apply(this.get()));
    const saved = this.#saving.then(async () => request('PUT', `${path}/fleet`, { value: apply(await read()) }));
    this.#saving = saved.then(
      () => {},
      () => {},
    );
    try {
      await saved;
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) this.#set(await read());
      throw error;
    }
  }

  #set(value: FleetPreferences): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}

async function read(): Promise<FleetPreferences> {
  const { fleet } = await request<{ readonly fleet?: unknown }>('GET', path);
  return readPreferences(fleet);
}

const preferences = new Preferences();

export function usePreferences(): FleetPreferences {
  useEffect(() => void preferences.load(), []);
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}

/** Changes it for this tab, and on the server if that can be. */
export function changePreferences(change: Change): void {
  savePreferences(change).catch(() => {});
}

/** See {@link Preferences.change}. */
export function savePreferences(change: Change): Promise<void> {
  return preferences.change(change);
}

/** The search of this tab, with its words: where a link to the fleet leads back to. */
let lastSearch: FleetSearch | null = null;

/** What a bare link to the fleet means: what was looked at last in this tab, else on any machine. */
export async function searchToOpen(): Promise<FleetSearch> {
  return lastSearch ?? (await preferences.load()).search;
}

/** Remembers a search that a person chose; not one that a link led to. */
export function rememberSearch(search: FleetSearch): void {
  lastSearch = search;
  const { q: _, ...rest } = search;
  if (JSON.stringify(rest) !== JSON.stringify(preferences.get().search)) changePreferences(() => ({ search: rest }));
}

/** Folds a group, or opens it. */
export function toggleFolded(name: string): void {
  changePreferences(({ folded }) => ({
    folded: folded.includes(name) ? folded.filter((one) => one !== name) : [...folded, name].slice(-maxFolded),
  }));
}
