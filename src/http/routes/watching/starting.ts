import Type from 'typebox';
import type { User } from '../../../identity/principal.ts';
import { badRequest, notFound } from '../../../lib/errors.ts';
import { findHost, hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, metricsOff, type Server } from '../../route.ts';
import { connectionProblem, fields, problem, success } from '../../schemas/common.ts';
import { asked, started } from '../../schemas/watching.ts';
import { sightsOf } from '../../sight.ts';
import { answerCode, answerStart, noSession } from './start-answers.ts';

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
      return answerStart(result, { reply, viewerSessionId, sight });
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
      const isStarted = result.outcome === 'started';
      const viewerSessionId = isStarted ? control.registerViewer(result.hostId, user.id, null) : null;
      return answerCode(result, { reply, viewerSessionId, sight });
    },
  );
}
