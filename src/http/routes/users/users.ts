import Type from 'typebox';
import { storedTime } from '../../../lib/stored.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { me, user } from '../../schemas/records.ts';
import { allowed, setupRequired } from '../../schemas/users.ts';
import type { MeAnswer, UserAnswer } from '../../views/answers.ts';

/** Which users exist, and who may register. */
export function userRoutes(server: Server, { identity, config }: HttpContext): void {
  server.get(
    '/users/setup-required',
    about('public', 'users', 'Whether the first user has yet to be created', {
      response: { 200: setupRequired },
    }),
    async () => ({
      setup_required: await identity.users.setupRequired(),
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
    about('public', 'users', 'Always null: Sonde has no OIDC', { response: { 200: Type.Null() } }),
    async (_request, reply) =>
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer(() => 'null')
        .send({}),
  );

  server.get(
    '/users/me',
    about('read', 'users', 'The user whom the session or API key belongs to', { response: { 200: me } }),
    async (request): Promise<MeAnswer> => {
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
    },
  );

  server.get(
    '/users/list',
    about('admin-session', 'users', 'All users', { response: { 200: Type.Object({ users: Type.Array(user) }) } }),
    async () => ({
      users: (await identity.users.list()).map(
        (one): UserAnswer => ({
          id: one.id,
          username: one.username,
          is_admin: one.isAdmin,
          totp_enabled: one.totpEnabled,
          created_at: storedTime(one.createdAt),
        }),
      ),
    }),
  );
}
