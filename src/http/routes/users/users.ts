import Type from 'typebox';
import { storedTime } from '../../../lib/stored.ts';
import type { IdentityRow } from '../../../sign-in/identities.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { me, user } from '../../schemas/records.ts';
import { allowed, setupRequired } from '../../schemas/users.ts';
import type { MeAnswer, UserAnswer } from '../../views/answers.ts';

/** Which users exist, and who may register. */
export function userRoutes(server: Server, { identity, signIn, config }: HttpContext): void {
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
    about('public', 'users', 'Whether passwords log in', { response: { 200: allowed } }),
    async () => ({
      allowed: await signIn.allowsPasswords(),
    }),
  );
  server.get(
    '/users/me',
    about('read', 'users', 'The user whom the session or API key belongs to', { response: { 200: me } }),
    async (request): Promise<MeAnswer> => {
      const { id, username, isAdmin, totpEnabled } = userOf(request);
      const isLinked = (await signIn.identities.ofUser(id)) !== null;
      return {
        userId: id,
        username,
        is_admin: isAdmin,
        is_oidc: isLinked,
        is_dual_auth: isLinked && (await identity.users.hasPassword(id)),
        totp_enabled: totpEnabled,
        data_unlocked: true,
      };
    },
  );

  server.get(
    '/users/list',
    about('admin-session', 'users', 'All users', { response: { 200: Type.Object({ users: Type.Array(user) }) } }),
    async () => {
      const linked = new Map((await signIn.identities.all()).map((one) => [one.user_id, one]));
      return {
        users: (await identity.users.list()).map((one): UserAnswer => {
          const identity = linked.get(one.id);
          return {
            id: one.id,
            username: one.username,
            is_admin: one.isAdmin,
            is_oidc: identity !== undefined,
            is_dual_auth: identity !== undefined && one.hasPassword,
            totp_enabled: one.totpEnabled,
            created_at: storedTime(one.createdAt),
            has_password: one.hasPassword,
            identity: identity === undefined ? null : identityAnswer(identity),
          };
        }),
      };
    },
  );
}

function identityAnswer({ issuer, subject, name, email, linked_at, last_used_at }: IdentityRow) {
  const lastUsedAt = last_used_at === null ? null : storedTime(last_used_at);
  return { issuer, subject, name, email, linkedAt: storedTime(linked_at), lastUsedAt };
}
