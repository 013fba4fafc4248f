import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Level } from '../hosts/access/access.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { Identity } from '../identity/identity.ts';
import type { Principal, User } from '../identity/principal.ts';
import { badRequest, forbidden, notFound, RequestError } from '../lib/errors.ts';
import { sourceOf } from '../lib/source.ts';
import { type Access, requireDemand } from './access.ts';
import type { Auditor } from './auditor.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** A page for browsers: its answer has the headers that browsers act on. */
    isPage?: boolean;
    /** For programs that can send nothing else: an API key also as the password of Basic. */
    takesBasic?: boolean;
  }
  interface FastifyRequest {
    principal: Principal | null;
  }
}

const maxUses = 10_000;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Authenticates every request as its route demands, before anything else in it is looked at. */
export function requireAccess(server: FastifyInstance, identity: Identity, audited: Auditor): void {
  /** API keys and the networks that they have been used from since the start. */
  const used = new Set<string>();
  server.decorateRequest('principal', null);
  server.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not state its access`);
  });
  server.addHook('onRequest', async (request) => {
    // Runs before the body is read.
    if (request.is404) throw notFound('Not found');
    const access = request.routeOptions.config.access;
    const token = tokenOf(request);
    const isSentByItself = token === null || token.fromCookie;
    if (isSentByItself && !safeMethods.has(request.method)) requireSameSite(request);
    if (access === undefined || access === 'public') {
      if (token === null || access === undefined) return;
      try {
        request.principal = await identity.authenticate(token.value, request.ip);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
      }
      return;
    }
    if (token === null) throw new RequestError(401, 'Missing authentication token');
    request.principal = await identity.authenticate(token.value, request.ip);
    requireDemand(request.principal, access);
    const { apiKeyId, apiKeyName } = request.principal;
    const use = `${apiKeyId} ${sourceOf(request.ip)}`;
    if (apiKeyId === null || used.has(use)) return;
    if (used.size >= maxUses) used.clear();
    used.add(use);
    await audited(request, 'api-key-used', { target: apiKeyName ?? '' });
  });
}

/** The user of a request whose route needs one. */
export function userOf(request: FastifyRequest): User {
  if (request.principal === null) throw new RequestError(401, 'Missing authentication token');
  return request.principal.user;
}

/** A host's id, a positive integer. Throws 400 with the contract's words. */
export function hostId(value: unknown, message = 'Invalid host ID'): number {
  const id = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) throw badRequest(message);
  return id;
}

/**
 * The host in a request's path, which the user may see or manage. Throws 400, and 404 for unknown hosts and those of
 * others alike.
 */
export async function hostOf(request: FastifyRequest, hosts: Hosts, level: Level): Promise<number> {
  const id = hostId((request.params as { id?: unknown }).id);
  const user = userOf(request);
  if (hosts.access.knownLevel(user, id) !== 'manage') await hosts.access.require(user, id, level);
  return id;
}

/** Like `hostOf`, but null for a host that is unknown or another user's: for routes whose 404 has a body of its own. */
export async function findHost(request: FastifyRequest, hosts: Hosts): Promise<number | null> {
  try {
    return await hostOf(request, hosts, 'view');
  } catch (error) {
    if (error instanceof RequestError && error.statusCode === 404) return null;
    throw error;
  }
}

/** The token of a request: a Bearer token, where the route takes it the password of Basic, otherwise the cookie. */
export function tokenOf(request: FastifyRequest): { readonly value: string; readonly fromCookie: boolean } | null {
  const [, scheme = '', sent = ''] = /^(Bearer|Basic)\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return { value: sent, fromCookie: false };
  const cookie = request.cookies.jwt;
  const key = scheme !== '' && request.routeOptions.config.takesBasic ? keyOfBasic(sent) : null;
  if (key) return { value: key, fromCookie: false };
  // A browser also sends what a reverse proxy in front of Sonde asked it for: whoever is logged in stays so.
  if (key === '' && !cookie)
    throw new RequestError(401, 'Send an API key as the password. Passwords of users are not accepted here');
  return cookie ? { value: cookie, fromCookie: true } : null;
}

/** The API key in what Basic sends, whatever the user's name is; empty: it is none. Source: RFC 7617 §2. */
function keyOfBasic(sent: string): string {
  const [, key = ''] = /^[^:]*:(tmx_.*)$/s.exec(Buffer.from(sent, 'base64').toString()) ?? [];
  return key;
}

/**
 * A browser sends cookies by itself and can reach machines that only it can reach, so a change that another site asks
 * for is refused, with or without a cookie. Other sites cannot send the header of Termix's desktop app, whose page has
 * no origin: it needs a preflight, which is never answered.
 */
function requireSameSite(request: FastifyRequest): void {
  if (request.headers['x-electron-app'] === 'true' && request.cookies.jwt === undefined) return;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  const origin = request.headers.origin;
  if (site === undefined && origin === undefined) return;
  if (origin !== undefined && originHost(origin) === request.host) return;
  throw forbidden('This request comes from another site');
}

function originHost(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
