import Type from 'typebox';
import { badRequest } from '../../../lib/errors.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { passwordReset } from '../../schemas/users.ts';
import { endApiKeys } from './own.ts';
import { rightsChanged } from './rights.ts';
import { required } from './sent.ts';

const params = Type.Object({ userId: Type.String() });
const response = { 200: success() };

/** What an admin does with other users. */
export function adminUserRoutes(
  server: Server,
  { identity, hosts, control, destinations, audited }: HttpContext,
): void {
  server.delete(
    '/users/:userId',
    about('admin-session', 'users', 'Removes a user with their hosts, credentials, sessions and API keys', {
      params,
      response,
    }),
    async (request) => {
      const { userId } = request.params;
      const ids = await hosts.ownership.idsOf(userId);
      const others = [...(await hosts.ownership.idsLoggedInBy(userId)), ...(await hosts.ownership.idsPlacedBy(userId))];
      const target = await identity.users.remove(userOf(request), userId);
      await destinations.usersChanged();
      hosts.ownerRemoved(ids);
      for (const id of ids) await control.hostDeleted(id);
      // Their credentials are gone, including those used by other users' hosts.
      await control.hostsChanged(others);
      await audited(request, 'user-removed', { target, details: { hosts: ids.length } });
      return { success: true };
    },
  );
  server.post(
    '/users/:userId/admin',
    about('admin-session', 'users', 'Gives a user admin rights, or takes them away', {
      params,
      body: fields({ is_admin: 'true or false' }),
      response,
    }),
    async (request) => {
      const { is_admin: isAdmin } = request.body;
      if (typeof isAdmin !== 'boolean') throw badRequest('is_admin must be true or false');
      const target = await identity.users.setAdmin(userOf(request), request.params.userId, isAdmin);
      await destinations.usersChanged();
      await audited(request, isAdmin ? 'admin-given' : 'admin-taken', { target });
      await rightsChanged({ hosts, control }, request.params.userId, isAdmin);
      return { success: true };
    },
  );
  server.post(
    '/users/:userId/reset-password',
    about('admin-session', 'users', 'Gives a user a new password; all their sessions end', {
      params,
      body: fields({
        newPassword: 'At least 8 characters, and not a common password',
        resetTotp: 'true: also turns off their TOTP',
        endApiKeys,
      }),
      response: { 200: passwordReset },
    }),
    async (request) => {
      const { newPassword, resetTotp, endApiKeys } = request.body;
      const input = {
        newPassword: required(newPassword, 'newPassword'),
        resetTotp: resetTotp === true,
        endApiKeys: endApiKeys === true,
        by: userOf(request).id,
      };
      const { username, ...keys } = await identity.passwords.reset(request.params.userId, input);
      const details = { resetTotp: input.resetTotp, ...keys };
      await audited(request, 'password-reset', { target: username, details });
      return { success: true, ...keys };
    },
  );
}
