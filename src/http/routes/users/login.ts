import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoggedIn } from '../../../identity/logins.ts';
import { RequestError } from '../../../lib/errors.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success, text } from '../../schemas/common.ts';
import { login } from '../../schemas/records.ts';
import { from, required } from './sent.ts';

const maxUserAgent = 300;

/** Logging in and out, as existing clients do it. */
export function loginRoutes(server: Server, { identity, audit, audited }: HttpContext): void {
  /** Nobody is logged in yet: who it is, is known from what they sent. */
  function entered(
    request: FastifyRequest,
    action: 'login' | 'login-failed',
    who: { readonly id: string; readonly username: string } | null,
  ): Promise<void> {
    const { address, userAgent } = from(request);
    const known = { userId: who?.id ?? null, username: who?.username ?? '' };
    const details = { userAgent: userAgent.slice(0, maxUserAgent) };
    return audit.record({ action, ...known, address, via: 'session', details });
  }

  server.post(
    '/users/login',
    about('public', 'users', 'Logs in; the token is in the cookie jwt', {
      body: fields({ username: 'Required', password: 'Required', rememberMe: 'true: for 30 days, else for one' }),
      response: { 200: login.doneOrCode },
    }),
    async (request, reply) => {
      const username = required(request.body.username, 'username');
      const result = await identity
        .login({
          username,
          password: required(request.body.password, 'password'),
          rememberMe: request.body.rememberMe === true,
          ...from(request),
        })
        .catch(async (error: unknown) => {
          if (isWrong(error)) await entered(request, 'login-failed', await identity.knownName(username));
          throw error;
        });
      if (result.kind === 'needs-totp') {
        return { success: true, requires_totp: true, temp_token: result.tempToken };
      }
      await entered(request, 'login', result.user);
      return loggedIn(request, reply, result);
    },
  );

  server.post(
    '/users/totp/verify-login',
    about('public', 'users', 'The second half of a login with TOTP', {
      body: fields({ temp_token: 'Of the first half', totp_code: 'Or a backup code', rememberMe: 'true: for 30 days' }),
      response: { 200: login.done },
    }),
    async (request, reply) => {
      const tempToken = required(request.body.temp_token, 'temp_token');
      const result = await identity
        .verifyTotpLogin({
          tempToken,
          code: required(request.body.totp_code, 'totp_code'),
          rememberMe: request.body.rememberMe === true,
          ...from(request),
        })
        .catch(async (error: unknown) => {
          const user = identity.waitingForCode(tempToken);
          if (isWrong(error) && user !== null) await entered(request, 'login-failed', user);
          throw error;
        });
      await entered(request, 'login', result.user);
      return loggedIn(request, reply, result);
    },
  );

  server.post(
    '/users/logout',
    about('session', 'users', 'Ends the session: its token stops working at once', {
      response: { 200: success({ message: text }) },
    }),
    async (request, reply) => {
      if (request.principal?.sessionId) await identity.logout(request.principal.sessionId);
      await audited(request, 'logout');
      reply.clearCookie('jwt', { path: '/' });
      return { success: true, message: 'Logged out' };
    },
  );
}

/** A wrong password or code; being asked to wait, or an empty field, is no failed login. */
function isWrong(error: unknown): boolean {
  return error instanceof RequestError && error.statusCode === 401;
}

/** Only clients that cannot keep a cookie get the token in the body. */
function loggedIn(request: FastifyRequest, reply: FastifyReply, result: LoggedIn) {
  reply.setCookie('jwt', result.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
    maxAge: result.maxAgeSeconds,
  });
  const isApp =
    request.headers['x-electron-app'] === 'true' ||
    request.headers['user-agent']?.startsWith('Termix-Mobile/') === true;
  return {
    success: true,
    is_admin: result.user.isAdmin,
    username: result.user.username,
    ...(isApp ? { token: result.token } : {}),
  };
}
