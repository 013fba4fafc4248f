import { queryOptions, useQuery } from '@tanstack/react-query';
import { request } from '../../../api/http.ts';
import { queryClient } from '../../../api/queries.ts';
import type { Sort } from '../../../components/data-table.tsx';
import { tableTexts } from '../../../texts/tables.ts';
import type { Share } from './process-rows.ts';

/** How a user likes the table of processes; the same for all hosts and on every machine. */
export type ProcessPreferences = { readonly share: Share; readonly sort: Sort };

const first: ProcessPreferences = { share: 'core', sort: { column: tableTexts.cpu, isDescending: true } };
const path = '/users/preferences';

/** Reads what was remembered, maybe by another version. */
export function readProcessPreferences(value: unknown): ProcessPreferences {
  const { share, sort } = objectOf(value);
  const { column, isDescending } = objectOf(sort);
  return {
    share: share === 'all' ? 'all' : first.share,
    sort: typeof column === 'string' ? { column, isDescending: isDescending === true } : first.sort,
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const query = queryOptions({
  queryKey: [path, 'processes'],
  staleTime: Infinity,
  queryFn: async () => readProcessPreferences((await request<{ readonly processes?: unknown }>('GET', path)).processes),
});

/** What is remembered, and what changes it: at once here, and soon on the server. What cannot be saved holds for this tab. */
export function useProcessPreferences() {
  const value = useQuery(query).data ?? first;
  const change = (part: Partial<ProcessPreferences>): void => {
    const next = { ...value, ...part };
    queryClient.setQueryData(query.queryKey, next);
    request('PUT', `${path}/processes`, { value: next }).catch(() => {});
  };
  return { ...value, change };
}
