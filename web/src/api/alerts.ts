import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { DeliveryAnswer, IncidentDetailAnswer } from '../../../src/http/views/answers.ts';
import type { IncidentView, ListedIncident } from '../../../src/http/views/incident.ts';
import type { Channel } from '../../../src/model/alerts/channel.ts';
import type { IncidentLogEntry } from '../../../src/model/alerts/incident.ts';
import type { Preview, PreviewIncident } from '../../../src/model/alerts/preview.ts';
import type { Maintenance, MaintenanceTime, Silence } from '../../../src/model/alerts/quiet.ts';
import type { Rule, RuleSettings } from '../../../src/model/alerts/rule.ts';
import type { Severity } from '../../../src/model/alerts/severity.ts';
import { request } from './http.ts';

/** What the API answers about alerts. Times are ISO 8601 UTC. */

export type { IncidentView, ListedIncident };

/** `GET /incidents/:id`. */
export type IncidentDetail = ListedIncident &
  IncidentDetailAnswer & {
    readonly log: readonly (Omit<IncidentLogEntry, 'at'> & { readonly at: string })[];
  };

export type SilenceView = Pick<Silence, 'id' | 'matcher' | 'reason' | 'by'> & {
  readonly from: string;
  readonly until: string;
};

export type WhenView =
  | { readonly kind: 'once'; readonly from: string; readonly until: string }
  | Extract<MaintenanceTime, { readonly kind: 'weekly' }>;
export type MaintenanceView = Omit<Maintenance, 'userId' | 'time'> & {
  readonly time: WhenView;
  /** Whether it is that time now. */
  readonly active: boolean;
};

/** `config` is by kind, with secrets as ••••; null: it cannot be opened. */
export type ChannelView = Omit<Channel, 'userId' | 'stateAt'> & {
  readonly stateAt: string;
  readonly createdAt: string;
  readonly config: Readonly<Record<string, unknown>> | null;
};

/** Which incidents a list shows. Without a state: the open ones, and then the closed ones. */
export type IncidentFilter = {
  readonly state?: 'open' | 'closed';
  readonly severity?: Severity;
  readonly host?: number;
  readonly rule?: string;
};

type IncidentPage = { readonly incidents: readonly ListedIncident[]; readonly next: number | null };
type Place = { readonly state: 'open' | 'closed'; readonly before: number | null };

const perPage = 200;

/** Incidents, a page at a time: the newest first, the open ones before the closed ones. */
export function incidentsQuery(filter: IncidentFilter) {
  const first: Place = { state: filter.state ?? 'open', before: null };
  return infiniteQueryOptions({
    queryKey: ['incidents', filter],
    // The page reads it anew whenever the server says that it changed.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    initialPageParam: first,
    queryFn: ({ pageParam: { state, before }, signal }) => {
      const asked = { ...filter, state, limit: perPage, ...(before === null ? {} : { before }) };
      const search = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
      return request<IncidentPage>('GET', `/incidents?${search}`, undefined, signal);
    },
    getNextPageParam: ({ next }: IncidentPage, _all, at: Place): Place | null => {
      if (next !== null) return { ...at, before: next };
      return filter.state === undefined && at.state === 'open' ? { state: 'closed', before: null } : null;
    },
  });
}

export const incidentQuery = (id: number) =>
  queryOptions({
    queryKey: ['incident', id],
    queryFn: ({ signal }) => request<IncidentDetail>('GET', `/incidents/${id}`, undefined, signal),
  });

export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: () => request<readonly ChannelView[]>('GET', '/channels'),
});

/** Where links in messages lead; null: messages have none. It changes with a restart of Sonde only. */
export const linksQuery = queryOptions({
  queryKey: ['channel-links'],
  queryFn: async () => (await request<{ readonly baseUrl: string | null }>('GET', '/channels/links')).baseUrl,
});

export const silencesQuery = queryOptions({
  queryKey: ['silences'],
  queryFn: async () => (await request<{ readonly silences: readonly SilenceView[] }>('GET', '/silences')).silences,
});

export const maintenanceQuery = queryOptions({
  queryKey: ['maintenance'],
  queryFn: async () =>
    (await request<{ readonly maintenance: readonly MaintenanceView[] }>('GET', '/maintenance')).maintenance,
});

/** A rule as it is shown; `key` is what incidents call it. */
export type RuleView = Omit<Rule, 'ownerId'> & { readonly key: string };

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: async () => (await request<{ readonly rules: readonly RuleView[] }>('GET', '/rules')).rules,
});

/** A field of a channel's configuration: the JSON Schema that the API gives. */
export type ChannelField = {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly secret?: boolean;
};

/** One kind of channel, as `GET /channels/kinds` describes it. */
export type ChannelKindView = {
  readonly kind: string;
  readonly title: string;
  readonly config: {
    readonly properties: Readonly<Record<string, ChannelField>>;
    readonly required?: readonly string[];
  };
};

export const channelKindsQuery = queryOptions({
  queryKey: ['channel-kinds'],
  staleTime: Infinity,
  queryFn: () => request<readonly ChannelKindView[]>('GET', '/channels/kinds'),
});

/** A default rule as Sonde has it. */
export type DefaultRule = RuleSettings & { readonly base: string };

export const defaultRulesQuery = queryOptions({
  queryKey: ['default-rules'],
  staleTime: Infinity,
  queryFn: async () => (await request<{ readonly rules: readonly DefaultRule[] }>('GET', '/rules/defaults')).rules,
});

/** What a rule would have done. */
export type PreviewView = Pick<Preview, 'hosts' | 'opened' | 'onHosts' | 'stillOpen' | 'notes'> & {
  readonly incidents: readonly (Pick<PreviewIncident, 'hostId' | 'hostName' | 'summary'> & {
    readonly openedAt: string;
  })[];
};

export type DeliveryView = DeliveryAnswer;

/** The last messages to a channel. */
export const deliveriesQuery = (channelId: number) =>
  queryOptions({
    queryKey: ['deliveries', channelId],
    queryFn: () =>
      request<{ readonly deliveries: readonly DeliveryView[] }>('GET', `/channels/${channelId}/deliveries?limit=20`),
  });

/** What the page remembers of a user about alerts. */
export const alertPreferencesQuery = queryOptions({
  queryKey: ['alert-preferences'],
  staleTime: Infinity,
  queryFn: async () => {
    const { alerts } = await request<{ readonly alerts?: { readonly wantsNoChannel?: boolean } | null }>(
      'GET',
      '/users/preferences',
    );
    return { wantsNoChannel: alerts?.wantsNoChannel === true };
  },
});
