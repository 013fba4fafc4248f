import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpContext } from '../context.ts';
import { aliasPrefix } from './aliases.ts';

/** The base path begins as a path of Sonde does. The message says what to do. */
export class BasePathTaken extends Error {
  override readonly name = 'BasePathTaken';
}

/**
 * Leads `/sonde` to `/sonde/`, and throws {@link BasePathTaken} when a route is added that the base path could be taken for:
 * behind a proxy that removes the path, `/hosts/1` would be two things. Call it before routes are added.
 */
export function serveBelow(server: FastifyInstance, basePath: string): void {
  if (basePath === '') return;
  const begin = firstOf(basePath);
  const refuse = (): never => {
    throw new BasePathTaken(
      `SONDE_BASE_PATH cannot begin with ${begin}, because paths of Sonde itself do. Choose another, such as /sonde`,
    );
  };
  if (begin === firstOf(aliasPrefix)) refuse();
  server.get(basePath, { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) =>
    // Only the query is the caller's, so that this leads nowhere else.
    reply.redirect(`${basePath}/${queryOf(request)}`),
  );
  server.addHook('onRoute', ({ url }) => {
    if (firstOf(url) === begin) refuse();
  });
}

const firstOf = (path: string): string => `/${path.split('/')[1] ?? ''}`;

function queryOf({ originalUrl }: FastifyRequest): string {
  const at = originalUrl.indexOf('?');
  return at < 0 ? '' : originalUrl.slice(at);
}

/** Where Sonde is reached: everything of it is below the base path there. */
export type Reached = { readonly scheme: 'http' | 'https'; readonly address: string; readonly basePath: string };

/** Where the caller reached Sonde: at what trusted proxies were asked for, else at what was asked of Sonde. */
export function reachedAt(request: FastifyRequest, basePath: string): Reached {
  const { localAddress = 'localhost', localPort = 80 } = request.socket;
  const own = `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
  return { scheme: request.protocol === 'https' ? 'https' : 'http', address: request.host || own, basePath };
}

/**
 * The address below which a browser finds Sonde, with the base path and without a slash at its end, for what must be a whole
 * address: the setting, else where the request reached Sonde.
 */
export function publicUrlOf(
  request: FastifyRequest,
  { publicUrl, basePath }: Pick<HttpContext['config'], 'publicUrl' | 'basePath'>,
): string {
  const { scheme, address } = reachedAt(request, basePath);
  return publicUrl ?? `${scheme}://${address}${basePath}`;
}
