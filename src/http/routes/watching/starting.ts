import Type from 'typebox';
import type { User } from '../../../identity/principal.ts';
import { badRequest, notFound, RequestError } from '../../../lib/errors.ts';
import type { LogEntry } from '../../../model/connection/log.ts';
import type { Failure } from '../../../model/failure.ts';
import type { StartResult } from '../../../ports/control.ts';
import { findHost, hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, metricsOff, type Server } from '../../route.ts';
import { connectionLogs, connectionProblem, fields, nullable, problem, success, text } from '../../schemas/common.ts';
import { sightsOf } from '../../sight.ts';
import { connectionLogView, failureView, type Sight } from '../../views/sight.ts';

/** An authenticator's next code is at most this far away. */
const newCodeSeconds = 30;
const noSession = 'TOTP session not found. Start the host again';

const started = success({
  status: Type.Literal('success'),
  viewerSessionId: nullable(Type.String({ description: 'Send it with heartbeats; null: there are too many viewers' })),
  connectionLogs,
});
const asked = Type.Object({
  requires_totp: Type.Literal(true),
  requiresTOTP: Type.Literal(true, { description: 'The same, for the newest clients' }),
  success: Type.Literal(false),
  sessionId: Type.String({ description: 'For connect-totp' }),
  prompt: text,
  connectionLogs,
});
const wrongCode = Type.Object({ ...problem.properties, attemptsRemaining: Type.Optional(Type.Integer()) });
const code = fields({ sessionId: 'Of the start', totpCode: 'The code that the person entered' });

/** Starting a host, with the code that it may ask for, and stopping it. */
export function startingRoutes(server: Server, { control, hosts }: HttpContext): void {
  /** Throws 404 for a login that waits at a host which the user, or their API key, may no longer see. */
  async function requireVisible(user: User, id: number | null): Promise<void> {
    if (id !== null && !(await hosts.access.levelsOf(user)).has(id)) throw notFound(noSession);
  }

  server.post(
    '/metrics/start/:id',
    about('read', 'metrics', 'Connects to a host now', {
      params: idParams,
      response: { 200: Type.Union([started, asked]), 404: connectionProblem, 500: connectionProblem },
    }),
    async (request, reply) => {
      const { id: user } = userOf(request);
      const missing = () => reply.code(404).send({ error: 'Host not found', connectionLogs: [] });
      const id = await findHost(request, hosts);
      if (id === null) return missing();
      const target = await hosts.inventory.target(id);
      if (target && !target.policy.metricsEnabled) {
        return reply.code(400).send({ error: metricsOff, connectionLogs: [] });
      }
      const mayOverride = (await hosts.access.levelsOf(userOf(request))).get(id) === 'manage';
      const result = await control.start(id, user, mayOverride);
      // Checked again: the user may have lost access to the host while it was being connected to.
      if ((await findHost(request, hosts)) === null) return missing();
      // Registered only now: a viewer starts samples of its own, and the log must be about this start.
      const viewerSessionId = result.outcome === 'started' ? control.registerViewer(id, user, null) : null;
      const sight = (await sightsOf(userOf(request), hosts))(id);
      return answerStart(result, viewerSessionId, sight, reply);
    },
  );

  server.post(
    '/metrics/stop/:id',
    about('read', 'metrics', 'Ends the sampling of a host for this user', {
      params: idParams,
      response: { 200: success() },
    }),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const viewer = (request.body as { viewerSessionId?: unknown } | undefined)?.viewerSessionId;
      control.stop(id, userOf(request).id, typeof viewer === 'string' && viewer !== '' ? viewer : null);
      return { success: true };
    },
  );

  server.post(
    '/metrics/connect-totp',
    about('read', 'metrics', 'Answers the code that a host asked for', {
      body: code,
      response: { 200: Type.Union([started, asked]), 401: wrongCode, 500: connectionProblem },
    }),
    async (request, reply) => {
      const { sessionId, totpCode } = request.body;
      const given = typeof totpCode === 'number' ? String(totpCode) : totpCode;
      if (typeof sessionId !== 'string' || sessionId === '') throw badRequest('sessionId is required');
      if (typeof given !== 'string' || given.trim() === '') throw badRequest('totpCode is required');
      const user = userOf(request);
      const waiting = control.hostOfCode(sessionId, user.id);
      await requireVisible(user, waiting);
      const result = await control.answerCode(sessionId, user.id, given.trim());
      // Checked again: the user may have lost access to the host while the code was being tried.
      await requireVisible(user, waiting);
      const sight = waiting === null ? 'view' : (await sightsOf(user, hosts))(waiting);
      switch (result.outcome) {
        case 'unknown-session':
          throw notFound(noSession);
        case 'expired':
          throw new RequestError(408, 'The TOTP session has expired. Start the host again');
        case 'not-yours':
          throw new RequestError(403, 'This TOTP session belongs to another user');
        case 'too-many-tries':
          throw new RequestError(
            429,
            'Too many wrong codes. Wait for a new code, then start the host again',
            undefined,
            newCodeSeconds,
          );
        case 'asks-more':
          return {
            requires_totp: true,
            requiresTOTP: true,
            success: false,
            sessionId: result.sessionId,
            prompt: result.prompt,
            connectionLogs: connectionLogView(result.logs, sight),
          };
        case 'wrong-code':
          return reply
            .code(401)
            .send({ error: 'The code is wrong', code: 'TOTP_INVALID', attemptsRemaining: result.attemptsRemaining });
        case 'failed':
          return answerFailure(result, sight, reply);
        case 'started': {
          const viewerSessionId = control.registerViewer(result.hostId, user.id, null);
          const logs = connectionLogView(result.logs, sight);
          return { success: true, status: 'success', viewerSessionId, connectionLogs: logs };
        }
      }
    },
  );
}

type Reply = { code: (status: number) => { send: (body: object) => unknown }; send: (body: object) => unknown };

function answerStart(result: StartResult, viewerSessionId: string | null, sight: Sight, reply: Reply): unknown {
  const logs = connectionLogView(result.logs, sight);
  switch (result.outcome) {
    case 'started':
      return reply.send({ status: 'success', success: true, viewerSessionId, connectionLogs: logs });
    case 'needs-code':
      return reply.send({
        requires_totp: true,
        requiresTOTP: true,
        success: false,
        sessionId: result.sessionId,
        prompt: result.prompt,
        connectionLogs: logs,
      });
    case 'failed':
      return answerFailure(result, sight, reply);
  }
}

function answerFailure(
  result: { readonly failure: Failure; readonly logs: readonly LogEntry[]; readonly retryAt?: number | null },
  sight: Sight,
  reply: Reply,
): unknown {
  const { retryAt } = result;
  const failure = failureView(result.failure, sight);
  const logs = connectionLogView(result.logs, sight);
  const when = retryAt === undefined ? {} : { retryAt: retryAt === null ? null : new Date(retryAt).toISOString() };
  return reply.code(500).send({ error: failure.message, failure, connectionLogs: logs, ...when });
}
