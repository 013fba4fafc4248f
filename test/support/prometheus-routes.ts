/** The routes for Prometheus on hosts in memory, for unit tests: they belong to Bob, who asks with an API key. */
import cookie from '@fastify/cookie';
import Fastify, { type InjectOptions } from 'fastify';
import { requireAccess } from '../../src/http/auth.ts';
import { prometheusRoutes } from '../../src/http/routes/prometheus/prometheus.ts';
import type { Identity } from '../../src/identity/identity.ts';
import type { User } from '../../src/identity/principal.ts';
import { RequestError } from '../../src/lib/errors.ts';
import { bob, startHosts } from './hosts.ts';

const key = 'tmx_0123456789';

export async function startRoutes() {
  const { hosts } = await startHosts();
  let user: User = { ...bob, username: 'bob', totpEnabled: false, scope: 'read', onlyHosts: null };
  const authenticate = (token: string) => {
    if (token !== key) throw new RequestError(401, 'Invalid token');
    return { user, sessionId: null, apiKeyId: 'k', apiKeyName: 'k' };
  };
  const server = Fastify({ trustProxy: true });
  await server.register(cookie);
  requireAccess(server, { authenticate } as never as Identity, async () => {});
  await server.register(async (scope) => prometheusRoutes(scope as never, { hosts }));
  return {
    hosts,
    key,
    /** From now on the key is for these hosts. */
    limitTo: (ids: readonly number[]): void => {
      user = { ...user, onlyHosts: new Set(ids) };
    },
    get: (url: string, { headers, ...options }: Omit<InjectOptions, 'url' | 'method'> = {}) =>
      server.inject({ ...options, method: 'GET', url, headers: { authorization: `Bearer ${key}`, ...headers } }),
  };
}
