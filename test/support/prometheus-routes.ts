/** The routes for Prometheus on hosts in memory, for unit tests: they belong to Bob, who asks with an API key. */
import cookie from '@fastify/cookie';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify, { type InjectOptions } from 'fastify';
import { requireAccess } from '../../src/http/auth.ts';
import { prometheusRoutes } from '../../src/http/routes/prometheus/prometheus.ts';
import type { Identity } from '../../src/identity/identity.ts';
import type { User } from '../../src/identity/principal.ts';
import { RequestError } from '../../src/lib/errors.ts';
import type { FamilySeries } from '../../src/model/export/own.ts';
import type { Family, HostSeries } from '../../src/model/export/series.ts';
import type { Failure } from '../../src/model/failure.ts';
import type { Sampled } from '../../src/ports/control.ts';
import { bob, startHosts } from './hosts.ts';

const key = 'tmx_0123456789';
export const now = 1_764_498_000_000;
export const load: Family = { name: 'node_load1', type: 'gauge', help: 'Load.' };
export const up: Family = { name: 'sonde_host_up', type: 'gauge', help: 'Up.' };

/** So many series of one host, with values from 0. */
export function seriesOf(count: number): HostSeries {
  const series = Array.from({ length: count }, (_, at) => ({ family: load, labels: { at: String(at) } }));
  return { at: now, layout: { series }, values: Float64Array.from(series.keys()), own: [], cut: new Map() };
}

export async function startRoutes({ basePath = '' } = {}) {
  const { hosts } = await startHosts();
  let user: User = { ...bob, username: 'bob', totpEnabled: false, scope: 'read', onlyHosts: null };
  const authenticate = (token: string) => {
    if (token !== key) throw new RequestError(401, 'Invalid token');
    return { user, sessionId: null, apiKeyId: 'k', apiKeyName: 'prometheus' };
  };
  /** What the part that watches hosts is asked, and answers. */
  const watching = {
    exported: new Map<number, HostSeries>(),
    failures: new Map<number, Failure>(),
    /** Ends what waits; null: answers at once. */
    held: null as PromiseWithResolvers<void> | null,
    asked: [] as { readonly hostId: number; readonly maxAgeMs: number; readonly withinMs: number }[],
    wanted: new Map<number, number>(),
  };
  const control = {
    async sampleNow(hostId: number, options: { readonly maxAgeMs: number; readonly withinMs: number }) {
      watching.asked.push({ hostId, ...options });
      await watching.held?.promise;
      const series = watching.exported.get(hostId);
      const sampled = series ? { series, failure: null } : { series: null, failure: watching.failures.get(hostId) };
      return sampled as Sampled;
    },
    exported: (hostId: number) => watching.exported.get(hostId) ?? null,
    wantedByExport: (hostId: number, until: number) => void watching.wanted.set(hostId, until),
  };
  const ownMetrics = {
    read: (asked: readonly { readonly instance: string }[]): readonly FamilySeries[] => [
      { family: up, series: asked.map(({ instance }) => ({ labels: { instance }, value: 1 })) },
    ],
  };
  const server = Fastify({ trustProxy: true }).setValidatorCompiler(TypeBoxValidatorCompiler);
  await server.register(cookie);
  requireAccess(server, { authenticate } as never as Identity, async () => {});
  const clock = { now: () => now, monotonic: () => 0 };
  const given = { hosts, control: control as never, ownMetrics, clock, config: { basePath } as never };
  await server.register(async (scope) => prometheusRoutes(scope as never, given));
  return {
    hosts,
    key,
    watching,
    /** From now on the key is for these hosts. */
    limitTo: (ids: readonly number[]): void => {
      user = { ...user, onlyHosts: new Set(ids) };
    },
    get: (url: string, { headers, ...options }: Omit<InjectOptions, 'url' | 'method'> = {}) =>
      server.inject({ ...options, method: 'GET', url, headers: { authorization: `Bearer ${key}`, ...headers } }),
  };
}
