import Type from 'typebox';
import { badRequest, notFound, RequestError } from '../../lib/errors.ts';
import type { MountSettings } from '../../model/host.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { StartResult } from '../../ports/control.ts';
import { emptySnapshot } from '../../snapshots/fold.ts';
import { hostOf, userOf } from '../auth.ts';
import { about, idParams, type Server } from '../route.ts';
import type { HttpContext } from '../server.ts';
import { snapshotView } from '../views.ts';

const json = 'application/json; charset=utf-8';

/** The snapshot, and starting and stopping a host. */
export function metricsRoutes(server: Server, { control, hosts, snapshots }: HttpContext): void {
  /** A snapshot is made into text once, however often it is read, until the host's settings about mounts change. */
  const texts = new WeakMap<Snapshot, { readonly mounts: MountSettings; readonly text: string }>();
  const none = JSON.stringify({
    error: 'Metrics not available yet',
    ...snapshotView(emptySnapshot(0)),
    lastChecked: null,
  });

  server.get(
    '/metrics/:id',
    about('user', 'metrics', 'The newest snapshot of a host', { params: idParams }),
    async (request, reply) => {
      const id = await hostOf(request, hosts, 'view');
      const snapshot = snapshots.get(id);
      reply.header('content-type', json).serializer(asIs);
      if (snapshot?.sampledAt == null) {
        const failure = snapshot?.failure ?? null;
        return reply.code(404).send(failure ? JSON.stringify({ ...JSON.parse(none), failure }) : none);
      }
      const mounts = hosts.knownMounts(id) ?? (await hosts.mounts(id));
      let known = texts.get(snapshot);
      if (known?.mounts !== mounts) {
        known = { mounts, text: JSON.stringify(snapshotView(snapshot, mounts)) };
        texts.set(snapshot, known);
      }
      return reply.send(known.text);
    },
  );

  server.post(
    '/metrics/start/:id',
    about('user', 'metrics', 'Connects to a host now', { params: idParams }),
    async (request, reply) => {
      const { id: user } = userOf(request);
      const id = await hostOf(request, hosts, 'view').catch((error: unknown) => {
        if (!(error instanceof RequestError) || error.statusCode !== 404) throw error;
        return null;
      });
      if (id === null) return reply.code(404).send({ error: 'Host not found', connectionLogs: [] });
      const target = await hosts.inventory.target(id);
      if (target && !target.policy.metricsEnabled) {
        return reply.code(400).send({ error: 'Metrics are turned off for this host', connectionLogs: [] });
      }
      const result = await control.start(id, user);
      // Registered only now: a viewer makes the host be sampled by itself, and the log is to be of this start.
      const viewerSessionId = result.outcome === 'started' ? control.registerViewer(id, user, null) : null;
      return answerStart(result, viewerSessionId, reply);
    },
  );

  server.post(
    '/metrics/stop/:id',
    about('user', 'metrics', 'Ends the sampling of a host for this user', { params: idParams }),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const viewer = (request.body as { viewerSessionId?: unknown } | undefined)?.viewerSessionId;
      control.stop(id, userOf(request).id, typeof viewer === 'string' && viewer !== '' ? viewer : null);
      return { success: true };
    },
  );

  const code = Type.Object(
    { sessionId: Type.Optional(Type.Unknown()), totpCode: Type.Optional(Type.Unknown()) },
    { additionalProperties: true },
  );
  server.post(
    '/metrics/connect-totp',
    about('user', 'metrics', 'Answers the code that a host asked for', { body: code }),
    async (request, reply) => {
      const { sessionId, totpCode } = request.body;
      const given = typeof totpCode === 'number' ? String(totpCode) : totpCode;
      if (typeof sessionId !== 'string' || sessionId === '') throw badRequest('sessionId is required');
      if (typeof given !== 'string' || given.trim() === '') throw badRequest('totpCode is required');
      const user = userOf(request);
      const result = await control.answerCode(sessionId, user.id, given.trim());
      switch (result.outcome) {
        case 'unknown-session':
          throw notFound('TOTP session not found; start the host again');
        case 'expired':
          throw new RequestError(408, 'The TOTP session has expired; start the host again');
        case 'not-yours':
          throw new RequestError(403, 'This TOTP session is another user’s');
        case 'too-many-tries':
          throw new RequestError(429, 'Too many wrong codes; start the host again');
        case 'wrong-code':
          return reply
            .code(401)
            .send({ error: 'The code is wrong', code: 'TOTP_INVALID', attemptsRemaining: result.attemptsRemaining });
        case 'failed':
          return reply
            .code(500)
            .send({ error: result.failure.message, failure: result.failure, connectionLogs: result.logs });
        case 'started': {
          const viewerSessionId = control.registerViewer(result.hostId, user.id, null);
          return { success: true, status: 'success', viewerSessionId, connectionLogs: result.logs };
        }
      }
    },
  );
}

type Reply = { code: (status: number) => { send: (body: object) => unknown }; send: (body: object) => unknown };

function answerStart(result: StartResult, viewerSessionId: string | null, reply: Reply): unknown {
  switch (result.outcome) {
    case 'started':
      return reply.send({ status: 'success', success: true, viewerSessionId, connectionLogs: result.logs });
    case 'needs-code':
      return reply.send({
        requires_totp: true,
        success: false,
        sessionId: result.sessionId,
        prompt: result.prompt,
        connectionLogs: result.logs,
      });
    case 'failed':
      return reply
        .code(500)
        .send({ error: result.failure.message, failure: result.failure, connectionLogs: result.logs });
  }
}

function asIs(payload: unknown): string {
  return payload as string;
}
