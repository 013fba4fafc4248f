import Type from 'typebox';
import type { Snapshot } from '../../../model/snapshot.ts';
import { emptySnapshot } from '../../../snapshots/fold.ts';
import { findHost, hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { connectionLogs } from '../../schemas/common.ts';
import { noSnapshot, snapshot as snapshotSchema } from '../../schemas/snapshot.ts';
import { sightsOf } from '../../sight.ts';
import { ageOf } from '../../views/age.ts';
import { connectionLogView, snapshotSeen } from '../../views/sight.ts';
import { snapshotView } from '../../views.ts';

const json = 'application/json; charset=utf-8';

/** The snapshot, and the connection log behind it. */
export function metricsRoutes(server: Server, { clock, control, hosts, snapshots, texts }: HttpContext): void {
  server.get(
    '/metrics/:id',
    about(
      'read',
      'metrics',
      'The newest snapshot of a host; reading it counts as looking at the host for two minutes',
      {
        params: idParams,
        response: { 200: snapshotSchema, 404: noSnapshot },
      },
    ),
    async (request, reply) => {
      const id = await findHost(request, hosts);
      if (id === null) return reply.code(404).send(nothing('Host not found', null));
      control.read(id, userOf(request).id);
      const kept = snapshots.get(id);
      const snapshot = kept && snapshotSeen(kept, (await sightsOf(userOf(request), hosts))(id));
      if (snapshot?.sampledAt == null)
        return reply.code(404).send(nothing('Metrics not available yet', snapshot?.failure ?? null));
      const text = await texts.snapshot(snapshot);
      const age = JSON.stringify(ageOf(snapshot.sampledAt, clock.now(), control.freshForSeconds(id)));
      return reply
        .header('content-type', json)
        .serializer((payload) => payload as string)
        .send(`${text.slice(0, -1)},${age.slice(1)}`);
    },
  );

  server.get(
    '/metrics/:id/connection-log',
    about(
      'read',
      'metrics',
      'What happened at the last attempt to connect to a host, by a person or in the background',
      {
        params: idParams,
        response: { 200: Type.Object({ connectionLogs }) },
      },
    ),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const sight = (await sightsOf(userOf(request), hosts))(id);
      return { connectionLogs: connectionLogView(control.connectionLog(id), sight) };
    },
  );
}

/** Every field of a snapshot, null: clients read them without looking at the status. */
function nothing(error: string, failure: Snapshot['failure']) {
  return {
    error,
    ...snapshotView({ ...emptySnapshot(0), failure }),
    lastChecked: null,
    stale: true,
    ageSeconds: null,
  };
}
