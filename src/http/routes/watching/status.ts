import Type from 'typebox';
import { notFound } from '../../../lib/errors.ts';
import { hostId, hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { statuses, statusWithHops } from '../../schemas/snapshot.ts';
import { sightsOf } from '../../sight.ts';
import { snapshotSeen } from '../../views/sight.ts';
import { statusView } from '../../views.ts';

/** Online or offline. */
export function statusRoutes(server: Server, { hosts, snapshots, texts }: HttpContext): void {
  const query = Type.Object({ hostIds: Type.Optional(Type.String({ description: 'Ids by commas' })) });
  server.get(
    '/status',
    about('read', 'status', 'The statuses of all hosts that have been checked', {
      querystring: query,
      response: { 200: statuses },
    }),
    async (request, reply) => {
      let ids = await hosts.access.visibleIds(userOf(request));
      const wanted = request.query.hostIds;
      if (wanted !== undefined) {
        const only = new Set(
          wanted
            .split(',')
            .filter((part) => part.trim() !== '')
            .map((part) => hostId(part.trim())),
        );
        ids = ids.filter((id) => only.has(id));
      }
      const parts: string[] = [];
      const sightOf = await sightsOf(userOf(request), hosts);
      for (const id of ids) {
        const snapshot = snapshots.get(id);
        const status = snapshot && snapshotSeen(snapshot, sightOf(id)).status;
        if (status) parts.push(`"${id}":${texts.status(status)}`);
      }
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer((payload) => payload as string)
        .send(`{${parts.join(',')}}`);
    },
  );

  server.get(
    '/status/:id',
    about('read', 'status', 'The status of a host', { params: idParams, response: { 200: statusWithHops } }),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const kept = snapshots.get(id);
      const sight = (await sightsOf(userOf(request), hosts))(id);
      const { status, hops = [] } = kept ? snapshotSeen(kept, sight) : {};
      if (!status) throw notFound('Status not available yet');
      return { ...statusView(status), hops };
    },
  );
}
