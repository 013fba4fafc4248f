import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { LoggedIn } from '../../identity/logins.ts';
import { badRequest, forbidden, RequestError } from '../../lib/errors.ts';
import { storedTime } from '../../lib/stored.ts';
import { userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import { fields, success, text } from '../schemas/common.ts';
import { login, me, user } from '../schemas/records.ts';

const allowed = Type.Object({ allowed: Type.Boolean() });
const maxUserAgent = 300;
const done = success({ message: text });

/** Accounts and logging in, as existing clients do it. */
export function userRoutes(server: Server, { identity, config, audit, audited }: HttpContext): void {
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

  server.get(
    '/users/setup-required',
    about('public', 'users', 'Whether the first user is still to be created', {
      response: { 200: Type.Object({ setup_required: Type.Boolean() }) },
    }),
    async () => ({
      setup_required: await identity.setupRequired(),
    }),
  );
  server.get(
    '/users/registration-allowed',
    about('public', 'users', 'Whether anybody may create an account', { response: { 200: allowed } }),
    async () => ({
      allowed: config.registration,
    }),
  );
  server.get(
    '/users/password-login-allowed',
    about('public', 'users', 'Always true', { response: { 200: allowed } }),
    async () => ({
      allowed: true,
    }),
  );
  server.get(
    '/users/oidc-config',
    about('public', 'users', 'Always null: there is no OIDC', { response: { 200: Type.Null() } }),
    async (_request, reply) =>
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer(() => 'null')
        .send({}),
  );

  const names = { username: 'Required', password: 'Required' };
  server.post(
    '/users/create',
    about('public', 'users', 'Creates a user; the first becomes admin', {
      body: fields({ ...names, setupToken: 'For the first user, where Sonde asks for it' }),
      response: { 200: Type.Object({ message: text, is_admin: Type.Boolean() }) },
    }),
    async (request) => {
      if (config.setupToken !== null && (await identity.setupRequired())) {
        const given = request.headers['x-setup-token'] ?? request.body.setupToken;
        if (given !== config.setupToken)
          throw forbidden('Creating the first user needs the setup token that Sonde printed when it started');
      }
      const { user } = await identity.createUser({
        username: required(request.body.username, 'username'),
        password: required(request.body.password, 'password'),
        // An API key does not make users: a stolen one could make itself another.
        by: request.principal?.sessionId ? request.principal.user : null,
      });
      const by = request.principal?.user ?? user;
      await audit.record({
        action: 'user-added',
        userId: by.id,
        username: by.username,
        target: user.username,
        address: request.ip,
        via: request.principal === null ? 'registration' : 'session',
      });
      return { message: 'User created', is_admin: user.isAdmin };
    },
  );

  server.post(
    '/users/login',
    about('public', 'users', 'Logs in; the token is in the cookie jwt', {
      body: fields({ ...names, rememberMe: 'true: for 30 days, else for one' }),
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
    about('session', 'users', 'Ends the session: its token stops working at once', { response: { 200: done } }),
    async (request, reply) => {
      if (request.principal?.sessionId) await identity.logout(request.principal.sessionId);
      await audited(request, 'logout');
      reply.clearCookie('jwt', { path: '/' });
      return { success: true, message: 'Logged out' };
    },
  );

  server.get('/users/me', about('read', 'users', 'Who asks', { response: { 200: me } }), async (request) => {
    const { id, username, isAdmin, totpEnabled } = userOf(request);
    return {
      userId: id,
      username,
      is_admin: isAdmin,
      is_oidc: false,
      is_dual_auth: false,
      totp_enabled: totpEnabled,
      data_unlocked: true,
    };
  });

  server.get(
    '/users/list',
    about('admin-session', 'users', 'All users', { response: { 200: Type.Object({ users: Type.Array(user) }) } }),
    async () => ({
      users: (await identity.listUsers()).map((one) => ({
        id: one.id,
        username: one.username,
        is_admin: one.isAdmin,
        totp_enabled: one.totpEnabled,
        created_at: storedTime(one.createdAt),
      })),
    }),
  );

  server.post(
    '/users/change-password',
    about('session', 'users', 'Changes the password; ends all other sessions', {
      body: fields({ oldPassword: 'Required', newPassword: '8 characters or more' }),
      response: { 200: done },
    }),
    async (request) => {
      await identity.changePassword(userOf(request).id, {
        oldPassword: required(request.body.oldPassword, 'oldPassword'),
        newPassword: required(request.body.newPassword, 'newPassword'),
        keepSessionId: request.principal?.sessionId ?? null,
      });
      await audited(request, 'password-changed');
      return { success: true, message: 'Password changed' };
    },
  );

  server.post(
    '/users/totp/setup',
    about('session', 'users', 'Starts setting up TOTP for the account', {
      response: { 200: Type.Object({ secret: text, otpauth_url: text }) },
    }),
    async (request) => {
      const { secret, otpauthUrl } = await identity.setupTotp(userOf(request).id);
      return { secret, otpauth_url: otpauthUrl };
    },
  );
  server.post(
    '/users/totp/enable',
    about('session', 'users', 'Turns TOTP on, proven by a code', {
      body: fields({ totp_code: 'Of the authenticator' }),
      response: { 200: success({ backup_codes: Type.Array(text) }) },
    }),
    async (request) => {
      const { backupCodes } = await identity.enableTotp(
        userOf(request).id,
        required(request.body.totp_code, 'totp_code'),
      );
      await audited(request, 'totp-on');
      return { success: true, backup_codes: backupCodes };
    },
  );
  server.post(
    '/users/totp/disable',
    about('session', 'users', 'Turns TOTP off', {
      body: fields({ password: 'Required' }),
      response: { 200: success() },
    }),
    async (request) => {
      await identity.disableTotp(userOf(request).id, { password: required(request.body.password, 'password') });
      await audited(request, 'totp-off');
      return { success: true };
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

function from(request: FastifyRequest): { readonly address: string; readonly userAgent: string } {
  return { address: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}

function required(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw badRequest(`${name} is required`);
  return value;
}
