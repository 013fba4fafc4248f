import type { Snapshot } from '../../model/snapshot.ts';
import { emptySnapshot } from '../../snapshots/fold.ts';
import { findHost } from '../auth.ts';
import { about, idParams, type Server } from '../route.ts';
import { noSnapshot, snapshot as snapshotSchema } from '../schemas/snapshot.ts';
import type { HttpContext } from '../server.ts';
import { snapshotView } from '../views.ts';

const json = 'application/json; charset=utf-8';

/** The snapshot. */
export function metricsRoutes(server: Server, { hosts, snapshots, texts }: HttpContext): void {
  server.get(
    '/metrics/:id',
    about('user', 'metrics', 'The newest snapshot of a host', {
      params: idParams,
      response: { 200: snapshotSchema, 404: noSnapshot },
    }),
    async (request, reply) => {
      const id = await findHost(request, hosts);
      if (id === null) return reply.code(404).send(nothing('Host not found', null));
      const snapshot = snapshots.get(id);
      if (snapshot?.sampledAt == null)
        return reply.code(404).send(nothing('Metrics not available yet', snapshot?.failure ?? null));
      const text = await texts.snapshot(snapshot);
      return reply
        .header('content-type', json)
        .serializer((payload) => payload as string)
        .send(text);
    },
  );
}

/** Every field of a snapshot, null: clients read them without looking at the status. */
function nothing(error: string, failure: Snapshot['failure']) {
  return { error, ...snapshotView({ ...emptySnapshot(0), failure }), lastChecked: null };
}
