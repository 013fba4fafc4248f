import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, message } from '../../schemas/common.ts';

const body = fields({ hostId: 'A positive integer' });
const response = { 200: message };

/** Dropping connections, and messages from other parts of a client about hosts that changed. */
export function connectionRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.post(
    '/refresh',
    about('read', 'connections', "Polls the user's hosts again", { response }),
    async (request) => {
      const levels = await hosts.access.levelsOf(userOf(request));
      // A user who may only view a host can have it polled, but cannot drop anybody's connection to it.
      control.refresh([...levels].filter(([, level]) => level === 'manage').map(([id]) => id));
      control.poll([...levels].filter(([, level]) => level === 'view').map(([id]) => id));
      return { message: `Refreshing ${levels.size} hosts` };
    },
  );

  server.post(
    '/clear-connections',
    about('manage', 'connections', 'Drops held connections', { response }),
    async (request) => {
      const user = userOf(request);
      const managed = [...(await hosts.access.levelsOf(user))]
        .filter(([, level]) => level === 'manage')
        .map(([id]) => id);
      control.clearConnections(user.isAdmin && user.onlyHosts === null ? 'all' : managed);
      return { message: 'Connections cleared' };
    },
  );

  server.post(
    '/host-updated',
    about('manage', 'connections', 'A host was changed: polls it with its new settings', { body, response }),
    async (request) => {
      const id = hostId(request.body.hostId, 'Invalid hostId');
      await hosts.access.require(userOf(request), id, 'manage');
      await control.hostUpdated(id);
      return { message: 'Host polling restarted' };
    },
  );

  server.post(
    '/host-deleted',
    about('manage', 'connections', 'Stops polling a host and forgets what was read from it', { body, response }),
    async (request) => {
      const id = hostId(request.body.hostId, 'Invalid hostId');
      await hosts.access.require(userOf(request), id, 'manage');
      await control.hostDeleted(id);
      return { message: 'Host polling stopped' };
    },
  );
}
