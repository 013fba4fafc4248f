import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { RequestError } from '../../../lib/errors.ts';
import { cookiePath } from '../../../lib/net/base-path.ts';
import { clip } from '../../../lib/plain-data.ts';
import { isCookieName } from '../../../sign-in/cookie.ts';
import type { Outcome } from '../../../sign-in/sign-in.ts';
import type { HttpContext } from '../../context.ts';
import { pagePath } from '../../guard/page-path.ts';
import { publicUrlOf } from '../../paths/base-path.ts';
import { about, type Server } from '../../route.ts';
import { text } from '../../schemas/common.ts';
import { oidcConfig, oidcStarted } from '../../schemas/sign-in.ts';
import { rightsChanged } from './rights.ts';
import { from } from './sent.ts';
import { setSessionCookie } from './session-cookie.ts';

const here = '/users/oidc';
const maxUserAgent = 300;
/** A browser that began this many and finished none forgets them: cookies fill its requests. */
const maxCookies = 4;

/** Where the provider sends the browser back to; it must know this address. */
export function redirectUriOf(request: FastifyRequest, { config }: Pick<HttpContext, 'config'>): string {
  return `${publicUrlOf(request, config)}${here}/callback`;
}

/** Signing in with an OpenID Connect provider, under the addresses of the contract's clients. */
export function oidcRoutes(server: Server, context: HttpContext): void {
  const { signIn } = context;
  server.get(
    '/users/oidc-config',
    about('public', 'users', 'The provider that people can sign in with; null: there is none', {
      response: { 200: oidcConfig },
    }),
    async (_request, reply) => {
      const { settings } = signIn;
      const { clientId, issuer, scopes, name } = settings ?? {};
      const answer = settings && { client_id: clientId, issuer_url: issuer, scopes, name };
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer(() => JSON.stringify(answer))
        .send({});
    },
  );

  server.get(
    `${here}/authorize`,
    about('public', 'users', 'Begins to sign in: the address of the provider to open, and a cookie for the way back', {
      querystring: Type.Object({ next: Type.Optional(text) }),
      response: { 200: oidcStarted },
    }),
    async (request, reply) => {
      const redirectUri = redirectUriOf(request, context);
      const { url, state, cookie } = await signIn.begin(redirectUri, pagePath(request.query.next));
      const options = cookieOptions(redirectUri);
      const old = Object.keys(request.cookies).filter(isCookieName);
      if (old.length >= maxCookies) for (const name of old) reply.clearCookie(name, options);
      reply.setCookie(cookie.name, cookie.value, { ...options, maxAge: cookie.maxAgeSeconds });
      return { auth_url: url, state };
    },
  );

  server.get(
    `${here}/callback`,
    about('public', 'users', 'Where the provider sends the browser back to; leads on to the page', {
      response: { 302: Type.Null({ description: 'To the page, logged in, or to the login page that says why not' }) },
    }),
    async (request, reply) => {
      const redirectUri = redirectUriOf(request, context);
      const base = new URL(redirectUri).pathname.slice(0, -`${here}/callback`.length);
      const query = new URL(request.url, 'http://query.invalid').searchParams;
      const sent: string[] = [];
      const cookieOf = (name: string): string | undefined => {
        if (request.cookies[name] !== undefined) sent.push(name);
        return request.cookies[name];
      };
      const outcome = await signIn.finish(query, cookieOf, from(request)).catch((error: unknown): Outcome => {
        if (!(error instanceof RequestError) || error.statusCode !== 429) throw error;
        return { kind: 'refused', reason: 'too-many', message: '', person: null, account: null, next: '/' };
      });
      for (const name of sent) reply.clearCookie(name, cookieOptions(redirectUri));
      await entered(request, context, outcome);
      return reply.redirect(`${base}${ledTo(request, reply, outcome, cookiePath(context.config.basePath))}`);
    },
  );
}

/** Only the two routes here get these cookies, whatever the path is that a proxy puts in front. */
function cookieOptions(redirectUri: string) {
  const { pathname, protocol } = new URL(redirectUri);
  const path = pathname.slice(0, -'/callback'.length);
  return { path, httpOnly: true, sameSite: 'lax', secure: protocol === 'https:' } as const;
}

function ledTo(request: FastifyRequest, reply: FastifyReply, outcome: Outcome, path: string): string {
  const next = outcome.next === '/' ? {} : { next: outcome.next };
  if (outcome.kind === 'refused') return `/login?${queryOf({ refused: outcome.reason, ...next })}`;
  if (outcome.login.kind === 'ok') {
    setSessionCookie(request, reply, outcome.login, path);
    return outcome.next;
  }
  // Behind #, so that it reaches no server's log.
  return `/login?${queryOf(next)}#code=${outcome.login.tempToken}`;
}

function queryOf(values: Readonly<Record<string, string>>): string {
  return new URLSearchParams(values).toString();
}

/** Writes down what came of it, and lets changed rights take effect. */
async function entered(request: FastifyRequest, context: HttpContext, outcome: Outcome): Promise<void> {
  const { audit } = context;
  const { address, userAgent } = from(request);
  const { account, person } = outcome;
  const who = { userId: account?.id ?? null, username: account?.username ?? '', address, via: 'session' };
  const known = person === null ? {} : { issuer: person.issuer, subject: person.subject };
  const details = { ...known, userAgent: clip(userAgent, maxUserAgent) };
  if (outcome.kind === 'refused') {
    const { reason, message } = outcome;
    // Anybody can open the address without having begun anything: that is not written down.
    if (person === null && (reason === 'stale' || reason === 'off' || reason === 'too-many')) return;
    await audit.record({ action: 'login-failed', ...who, details: { ...details, reason, message } });
    return;
  }
  const { isNew, rights } = outcome;
  const target = outcome.account.username;
  if (isNew) await audit.record({ action: 'user-added', ...who, target, via: 'sign-in', details: known });
  if (rights === 'given' || rights === 'taken') {
    const action = rights === 'given' ? 'admin-given' : 'admin-taken';
    await audit.record({ action, ...who, target, via: 'sign-in', details: known });
    await rightsChanged(context, outcome.account.id, rights === 'given');
  }
  const kept = rights === 'kept' ? { adminRights: 'kept: this is the last admin who can log in with a password' } : {};
  if (outcome.login.kind === 'ok' || rights === 'kept')
    await audit.record({ action: 'login', ...who, details: { ...details, ...kept, by: 'oidc' } });
}
