import Type from 'typebox';
import { hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { fields, success, text } from '../../schemas/common.ts';
import { share } from '../../schemas/records.ts';
import type { ShareAnswer } from '../../views/answers.ts';

const params = Type.Object({ ...idParams.properties, userId: text });
const response = { 200: success() };

/** Access to hosts that their owners give to other users. */
export function shareRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.get(
    '/shares/users',
    about('manage', 'shares', 'The other users, to share a host with', {
      response: { 200: Type.Array(Type.Object({ userId: text, username: text })) },
    }),
    async (request) => hosts.shares.candidates(userOf(request)),
  );
  server.get(
    '/shares/:id',
    about('manage', 'shares', 'The users a host is shared with; for its owner', {
      params: idParams,
      response: { 200: Type.Array(share) },
    }),
    async (request): Promise<readonly ShareAnswer[]> =>
      hosts.shares.list(userOf(request), await hostOf(request, hosts, 'view')),
  );
  server.put(
    '/shares/:id/:userId',
    about('manage', 'shares', 'Shares a host with a user, to view or to manage; for its owner', {
      params,
      body: fields({ level: 'view or manage' }),
      response,
    }),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const { userId } = request.params;
      const { level: given } = request.body;
      const { hostName, username } = await hosts.shares.give(userOf(request), id, { userId, level: given });
      // Hosts may now be reached through it, or no longer.
      await control.sharesChanged(id);
      const details = { user: username, level: given };
      await audited(request, 'share-given', { hostId: id, target: hostName, details });
      return { success: true };
    },
  );
  server.delete(
    '/shares/:id/:userId',
    about(
      'manage',
      'shares',
      "Ends a user's access to a host, at once. For the owner, or for that user, who thereby leaves the host",
      {
        params,
        response,
      },
    ),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const { userId } = request.params;
      const user = userOf(request);
      const { hostName, username } = await hosts.shares.take(user, id, userId);
      control.stop(id, userId, null);
      await control.sharesChanged(id);
      await audited(request, userId === user.id ? 'share-left' : 'share-taken', {
        hostId: id,
        target: hostName,
        details: { user: username },
      });
      return { success: true };
    },
  );
}
