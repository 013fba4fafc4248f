import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { SectionText } from '../../../src/http/views/sections.ts';
import type { SessionEnd } from '../../../src/model/people/session-end.ts';
import { ApiError, request } from './http.ts';
import type {
  Allowed,
  ApiKey,
  AuditPage,
  Credential,
  Hold,
  Host,
  HostKey,
  HostKeys,
  KnownHostsLine,
  LogEntry,
  Me,
  PendingKey,
  Process,
  Session,
  Settings,
  SetupRequired,
  Share,
  Sudoers,
  User,
} from './types.ts';

/** What is asked for and kept: everything that the live stream does not carry. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // Sonde may be on this device or in its network: only a request shows whether it can be reached, and says why not.
      networkMode: 'always',
      refetchOnReconnect: true,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const get = <Answer>(path: string) => ({ queryKey: [path], queryFn: () => request<Answer>('GET', path) });

let lastEnd: SessionEnd | null = null;

/** Why nobody is logged in, if a session has ended; null otherwise. */
export function lastSessionEnd(): SessionEnd | null {
  return lastEnd;
}

/** Who is logged in; null for nobody. */
export const meQuery = queryOptions({
  queryKey: ['/users/me'],
  staleTime: 60_000,
  queryFn: async () => {
    try {
      const me = await request<Me>('GET', '/users/me');
      lastEnd = null;
      return me;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      lastEnd = error.sessionEnd;
      return null;
    }
  },
});

export const setupQuery = queryOptions({
  ...get<SetupRequired>('/users/setup-required'),
  staleTime: 0,
});
export const registrationQuery = queryOptions(get<Allowed>('/users/registration-allowed'));
export const settingsQuery = queryOptions(get<Settings>('/global-settings'));
export const credentialsQuery = queryOptions(get<readonly Credential[]>('/credentials'));
export const sessionsQuery = queryOptions(get<{ readonly sessions: readonly Session[] }>('/users/sessions'));
export const apiKeysQuery = queryOptions(get<{ readonly apiKeys: readonly ApiKey[] }>('/users/api-keys'));
export const usersQuery = queryOptions(get<{ readonly users: readonly User[] }>('/users/list'));
export const hostKeysQuery = queryOptions(get<readonly HostKey[]>('/host-keys'));
/** What happened at the last try to connect; asked for anew when the failure is another. */
export const connectionLogQuery = (id: number, failure: string) =>
  queryOptions({
    ...get<{ readonly connectionLogs: readonly LogEntry[] }>(`/metrics/${id}/connection-log`),
    queryKey: ['connection-log', id, failure],
  });
/** What is held back at a host; asked for anew when its failure is another. */
export const holdsQuery = (id: number, failure: string) =>
  queryOptions({
    ...get<{ readonly holds: readonly Hold[] }>(`/hosts/${id}/holds`),
    queryKey: ['holds', id, failure],
  });
export const sharesQuery = (id: number) => queryOptions(get<readonly Share[]>(`/shares/${id}`));
export const otherUsersQuery = queryOptions(get<readonly Pick<Share, 'userId' | 'username'>[]>('/shares/users'));
export const auditQuery = (search: string) => queryOptions(get<AuditPage>(`/audit${search}`));
export const pendingKeysQuery = queryOptions(get<readonly PendingKey[]>('/host-keys/pending'));
export const knownHostsQuery = queryOptions(get<readonly KnownHostsLine[]>('/known-hosts'));
/** A process that a snapshot lists, with its whole command line. */
export const processQuery = (id: number, pid: string) => queryOptions(get<Process>(`/metrics/${id}/processes/${pid}`));
/** The sudoers file for a host's login, and whether Sonde uses sudo there. For who manages the host. */
export const sudoersQuery = (id: number) => queryOptions(get<Sudoers>(`/hosts/${id}/sudoers`));
/** What the sections of a host are called; it changes only with the version. */
export const sectionsQuery = queryOptions({ ...get<readonly SectionText[]>('/sections'), staleTime: Infinity });
export const versionQuery = queryOptions({
  ...get<{ readonly localVersion: string }>('/version'),
  staleTime: Infinity,
});

/** A host's record, as its form shows it. */
export function hostQuery(id: number) {
  return queryOptions(get<Host>(`/host/db/host/${id}`));
}

/** A host's keys, the one that waits, and what happened to them. */
export function keysOfHostQuery(id: number) {
  return queryOptions(get<HostKeys>(`/host-keys/${id}`));
}

/** Reads anew what a change may have touched. */
export function refresh(...queries: { readonly queryKey: readonly unknown[] }[]): Promise<unknown> {
  return Promise.all(queries.map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })));
}
