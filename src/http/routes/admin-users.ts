import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { userOf } from '../auth.ts';
import { about, type Server } from '../route.ts';
import { fields, success } from '../schemas/common.ts';
import type { HttpContext } from '../server.ts';

const params = Type.Object({ userId: Type.String() });
const response = { 200: success() };

/** What an admin does with other users. */
export function adminUserRoutes(server: Server, { identity, hosts, control }: HttpContext): void {
  server.delete(
    '/users/:userId',
    about('admin', 'users', 'Removes a user with their hosts, credentials, sessions and API keys', {
      params,
      response,
    }),
    async (request) => {
      const { userId } = request.params;
      const ids = await hosts.idsOf(userId);
      await identity.removeUser(userOf(request), userId);
      hosts.ownerRemoved();
      for (const id of ids) control.hostDeleted(id);
      return { success: true };
    },
  );
  server.post(
    '/users/:userId/admin',
    about('admin', 'users', 'Makes a user an admin, or no admin', {
      params,
      body: fields({ is_admin: 'true or false' }),
      response,
    }),
    async (request) => {
      const { is_admin: isAdmin } = request.body;
      if (typeof isAdmin !== 'boolean') throw badRequest('is_admin must be true or false');
      await identity.setAdmin(userOf(request), request.params.userId, isAdmin);
      // Their logins may use the SSH agent no longer.
      if (!isAdmin) control.clearConnections(await hosts.idsOf(request.params.userId));
      return { success: true };
    },
  );
  server.post(
    '/users/:userId/reset-password',
    about('admin', 'users', 'Gives a user a new password; all their sessions end', {
      params,
      body: fields({ newPassword: '8 characters or more', resetTotp: 'true: turns their TOTP off' }),
      response,
    }),
    async (request) => {
      const { newPassword, resetTotp } = request.body;
      if (typeof newPassword !== 'string' || newPassword === '') throw badRequest('newPassword is required');
      await identity.resetPassword(request.params.userId, { newPassword, resetTotp: resetTotp === true });
      return { success: true };
    },
  );
}
