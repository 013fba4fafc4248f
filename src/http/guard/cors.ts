import type { FastifyInstance, FastifyReply, RouteOptions } from 'fastify';
import { notFound } from '../../lib/errors.ts';
import { type Access, demands } from '../access.ts';

const preflightSeconds = '600';
/** What pages of other sites may send and read, besides what every page may. */
const sent = 'authorization, content-type, last-event-id';
const read = 'content-disposition, retry-after, x-session-ended';

/**
 * Permits pages of other origins what an API key may do, and nothing to all others. Cookies never count for them, so they need a
 * key, and nobody can be logged in or out from there. Call it before routes are added; `addPreflights` of the answer after that.
 */
export function permitOrigins(
  server: FastifyInstance,
  origins: readonly string[],
): { readonly addPreflights: () => void } {
  if (origins.length === 0) return { addPreflights: () => {} };
  const isPermitted = (origin: string | undefined): origin is string =>
    origin !== undefined && origins.includes(origin);
  const open = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method, ...route }: RouteOptions) => {
    for (const one of [method].flat()) if (isOpen(one, route)) open.set(url, (open.get(url) ?? new Set()).add(one));
  });
  // Also before the hooks that refuse a request, so that the page can read why.
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 && !isOpen(request.method, request.routeOptions)) return done();
    reply.header('vary', 'Origin');
    if (isPermitted(request.headers.origin)) permit(reply, request.headers.origin);
    done();
  });
  return {
    addPreflights: () => {
      for (const [url, methods] of open)
        server.options(url, { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
          const { origin, 'access-control-request-method': method = '' } = request.headers;
          reply.header('vary', 'Origin');
          if (!isPermitted(origin) || !methods.has(method)) throw notFound('Not found');
          permit(reply, origin);
          return reply
            .headers({
              'access-control-allow-methods': [...methods].join(', '),
              'access-control-allow-headers': sent,
              'access-control-max-age': preflightSeconds,
            })
            .code(204)
            .send();
        });
    },
  };
}

/** Never `access-control-allow-credentials`: a cookie would make every script of that site the user. */
function permit(reply: FastifyReply, origin: string): void {
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': read });
}

type Route = {
  readonly config?: { readonly access?: Access } | undefined;
  readonly schema?: { readonly tags?: readonly string[] } | undefined;
};

/** What an API key may call, and what anybody may read of the service itself: not the ways to log in, nor the page. */
function isOpen(method: string, { config, schema }: Route): boolean {
  const access = config?.access;
  if (access === undefined) return false;
  if (access !== 'public') return demands[access].scope !== null;
  return (method === 'GET' || method === 'HEAD') && schema?.tags?.includes('service') === true;
}
