import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoggedIn, LoginResult } from '../../../identity/logins.ts';
import type { Beginning } from '../../../identity/sessions.ts';
import { RequestError } from '../../../lib/errors.ts';
import { cookiePath } from '../../../lib/net/base-path.ts';
import type { HttpContext } from '../../context.ts';
import { publicUrlOf } from '../../paths/base-path.ts';
import { about, type Server } from '../../route.ts';
import { fields, success, text } from '../../schemas/common.ts';
import { login } from '../../schemas/records.ts';
import { logoutUrl } from '../../schemas/sign-in.ts';
import { from, required } from './sent.ts';
import { setSessionCookie } from './session-cookie.ts';

type Known = { readonly id: string; readonly username: string };

const maxUserAgent = 300;

/** Logging in and out, as existing clients do it. */
export function loginRoutes(server: Server, { identity, signIn, audit, audited, config }: HttpContext): void {
  const path = cookiePath(config.basePath);

  /** Waits for one of the two steps of a login and records its outcome. `who` returns the user; undefined: unknown. */
  async function recorded<Result extends LoginResult>(
    request: FastifyRequest,
    step: Promise<Result>,
    who: () => Promise<Known | null> | Known | undefined,
  ): Promise<Result> {
    const result = await step.catch(async (error: unknown) => {
      const known = isWrong(error) ? await who() : undefined;
      if (known !== undefined) await audit.record({ action: 'login-failed', ...eventOf(request, known) });
      throw error;
    });
    if (result.kind === 'ok')
      await audit.record({ action: 'login', ...eventOf(request, result.user, result.beginning) });
    return result;
  }

  server.post(
    '/users/login',
    about('public', 'users', 'Logs in; the cookie jwt contains the token', {
      body: fields({ username: 'Required', password: 'Required', rememberMe: 'true: for 30 days, otherwise for one' }),
      response: { 200: login.doneOrCode },
    }),
    async (request, reply) => {
      const username = required(request.body.username, 'username');
      const password = required(request.body.password, 'password');
      await requirePasswordLogin(signIn);
      const rememberMe = request.body.rememberMe === true;
      const step = identity.logins.login({ username, password, rememberMe, ...from(request) });
      const result = await recorded(request, step, () => identity.users.knownName(username));
      if (result.kind === 'ok') return loggedIn(request, reply, result, path);
      return { success: true, requires_totp: true, temp_token: result.tempToken };
    },
  );

  server.post(
    '/users/totp/verify-login',
    about('public', 'users', 'The second step of a login with TOTP', {
      body: fields({
        temp_token: 'From the first step',
        totp_code: 'Or a backup code',
        rememberMe: 'true: for 30 days',
      }),
      response: { 200: login.done },
    }),
    async (request, reply) => {
      const tempToken = required(request.body.temp_token, 'temp_token');
      const code = required(request.body.totp_code, 'totp_code');
      const rememberMe = request.body.rememberMe === true;
      const step = identity.logins.verifyTotp({ tempToken, code, rememberMe, ...from(request) });
      const who = () => identity.logins.waitingForCode(tempToken) ?? undefined;
      return loggedIn(request, reply, await recorded(request, step, who), path);
    },
  );

  server.post(
    '/users/logout',
    about('session', 'users', 'Ends the session: its token stops working at once', {
      response: { 200: success({ message: text, logout_url: logoutUrl }) },
    }),
    async (request, reply) => {
      const sessionId = request.principal?.sessionId ?? '';
      // Read before the session ends, which knows how it began. The provider is asked after that: it may not answer.
      const idToken = await identity.sessions.idToken(sessionId);
      if (sessionId !== '') await identity.sessions.logOut(sessionId);
      const elsewhere = await signIn.logoutUrl(idToken, `${publicUrlOf(request, config)}/login`);
      await audited(request, 'logout');
      reply.clearCookie('jwt', { path });
      return { success: true, message: 'Logged out', ...(elsewhere === null ? {} : { logout_url: elsewhere }) };
    },
  );
}

/**
 * What is written down of a login. Nobody is logged in yet: the body says who it is, and `beginning` who they are at the provider,
 * where the code of TOTP was asked for after that.
 */
function eventOf(request: FastifyRequest, who: Known | null, beginning?: Beginning) {
  const { address, userAgent } = from(request);
  const { issuer, subject } = beginning?.by === 'oidc' ? beginning.person : {};
  const how = issuer === undefined ? {} : { issuer, subject, by: 'oidc' };
  const details = { ...how, userAgent: userAgent.slice(0, maxUserAgent) };
  return { userId: who?.id ?? null, username: who?.username ?? '', address, via: 'session', details };
}

/** Throws 403 where people only sign in with the provider. */
export async function requirePasswordLogin(signIn: HttpContext['signIn']): Promise<void> {
  if (!(await signIn.allowsPasswords()))
    throw new RequestError(403, 'Passwords are turned off. Sign in with the provider', 'PASSWORD_LOGIN_OFF');
}

/** A wrong password or code. A request to wait or an empty field is not a failed login. */
function isWrong(error: unknown): boolean {
  return error instanceof RequestError && error.statusCode === 401;
}

/** Only clients that cannot keep a cookie get the token in the body. */
function loggedIn(request: FastifyRequest, reply: FastifyReply, result: LoggedIn, path: string) {
  setSessionCookie(request, reply, result, path);
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
