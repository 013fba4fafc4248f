import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { User } from '../../identity/identity.ts';
import type { LoggedIn } from '../../identity/logins.ts';
import { badRequest, forbidden } from '../../lib/errors.ts';
import { userOf } from '../auth.ts';
import { about, type Server } from '../route.ts';
import type { HttpContext } from '../server.ts';

const text = Type.Optional(Type.Unknown());

/** Accounts and logging in, as existing clients do it. */
export function userRoutes(server: Server, { identity, config }: HttpContext): void {
  server.get(
    '/users/setup-required',
    about('public', 'users', 'Whether the first user is still to be created', {}),
    async () => ({
      setup_required: await identity.setupRequired(),
    }),
  );
  server.get(
    '/users/registration-allowed',
    about('public', 'users', 'Whether anybody may create an account', {}),
    async () => ({
      allowed: config.registration,
    }),
  );
  server.get('/users/password-login-allowed', about('public', 'users', 'Always true', {}), async () => ({
    allowed: true,
  }));
  server.get(
    '/users/oidc-config',
    about('public', 'users', 'Always null: there is no OIDC', {}),
    async (_request, reply) =>
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer(() => 'null')
        .send({}),
  );

  const credentials = Type.Object(
    { username: text, password: text, rememberMe: text, setupToken: text },
    { additionalProperties: true },
  );
  server.post(
    '/users/create',
    about('public', 'users', 'Creates a user; the first becomes admin', { body: credentials }),
    async (request) => {
      if (config.setupToken !== null && (await identity.setupRequired())) {
        const given = request.headers['x-setup-token'] ?? request.body.setupToken;
        if (given !== config.setupToken)
          throw forbidden('Creating the first user needs the setup token that Sonde printed when it started');
      }
      const { user } = await identity.createUser({
        username: required(request.body.username, 'username'),
        password: required(request.body.password, 'password'),
        by: request.principal?.user ?? null,
      });
      return { message: 'User created', is_admin: user.isAdmin };
    },
  );

  server.post(
    '/users/login',
    about('public', 'users', 'Logs in; the token is in the cookie jwt', { body: credentials }),
    async (request, reply) => {
      const result = await identity.login({
        username: required(request.body.username, 'username'),
        password: required(request.body.password, 'password'),
        rememberMe: request.body.rememberMe === true,
        ...from(request),
      });
      if (result.kind === 'needs-totp') {
        return { success: true, requires_totp: true, temp_token: result.tempToken };
      }
      return loggedIn(request, reply, result);
    },
  );

  const totp = Type.Object({ temp_token: text, totp_code: text, rememberMe: text }, { additionalProperties: true });
  server.post(
    '/users/totp/verify-login',
    about('public', 'users', 'The second half of a login with TOTP', { body: totp }),
    async (request, reply) =>
      loggedIn(
        request,
        reply,
        await identity.verifyTotpLogin({
          tempToken: required(request.body.temp_token, 'temp_token'),
          code: required(request.body.totp_code, 'totp_code'),
          rememberMe: request.body.rememberMe === true,
          ...from(request),
        }),
      ),
  );

  server.post(
    '/users/logout',
    about('user', 'users', 'Ends the session: its token stops working at once', {}),
    async (request, reply) => {
      if (request.principal?.sessionId) await identity.logout(request.principal.sessionId);
      reply.clearCookie('jwt', { path: '/' });
      return { success: true, message: 'Logged out' };
    },
  );

  server.get('/users/me', about('user', 'users', 'Who asks', {}), async (request) => {
    const user = userOf(request);
    return {
      userId: user.id,
      username: user.username,
      is_admin: user.isAdmin,
      is_oidc: false,
      is_dual_auth: false,
      totp_enabled: user.totpEnabled,
      data_unlocked: true,
    };
  });

  server.get('/users/list', about('admin', 'users', 'All users', {}), async () => ({
    users: (await identity.listUsers()).map((user: User) => ({
      id: user.id,
      username: user.username,
      is_admin: user.isAdmin,
      totp_enabled: user.totpEnabled,
    })),
  }));

  const passwords = Type.Object({ oldPassword: text, newPassword: text }, { additionalProperties: true });
  server.post(
    '/users/change-password',
    about('user', 'users', 'Changes the password; ends all other sessions', { body: passwords }),
    async (request) => {
      await identity.changePassword(userOf(request).id, {
        oldPassword: required(request.body.oldPassword, 'oldPassword'),
        newPassword: required(request.body.newPassword, 'newPassword'),
        keepSessionId: request.principal?.sessionId ?? null,
      });
      return { success: true, message: 'Password changed' };
    },
  );

  server.post(
    '/users/totp/setup',
    about('user', 'users', 'Starts setting up TOTP for the account', {}),
    async (request) => {
      const { secret, otpauthUrl } = await identity.setupTotp(userOf(request).id);
      return { secret, otpauth_url: otpauthUrl };
    },
  );
  const code = Type.Object({ totp_code: text, password: text }, { additionalProperties: true });
  server.post(
    '/users/totp/enable',
    about('user', 'users', 'Turns TOTP on, proven by a code', { body: code }),
    async (request) => {
      const { backupCodes } = await identity.enableTotp(
        userOf(request).id,
        required(request.body.totp_code, 'totp_code'),
      );
      return { success: true, backup_codes: backupCodes };
    },
  );
  server.post('/users/totp/disable', about('user', 'users', 'Turns TOTP off', { body: code }), async (request) => {
    await identity.disableTotp(userOf(request).id, { password: required(request.body.password, 'password') });
    return { success: true };
  });
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
