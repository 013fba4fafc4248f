import Type from 'typebox';
import { storedTime } from '../../../lib/stored.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { success } from '../../schemas/common.ts';
import { session } from '../../schemas/records.ts';
import type { SessionAnswer } from '../../views/answers.ts';

/** The sessions of the calling user. */
export function sessionRoutes(server: Server, { identity, audited }: HttpContext): void {
  const sessions = Type.Object({ sessions: Type.Array(session) });
  server.get(
    '/users/sessions',
    about('session', 'sessions', "The user's sessions", { response: { 200: sessions } }),
    async (request) => {
      const found = await identity.sessions.list(userOf(request).id);
      return {
        sessions: found.map(
          (one): SessionAnswer => ({
            id: one.id,
            createdAt: storedTime(one.created_at),
            expiresAt: storedTime(one.expires_at),
            address: one.address,
            userAgent: one.user_agent,
            isCurrent: one.id === request.principal?.sessionId,
          }),
        ),
      };
    },
  );
  const sessionParams = Type.Object({ sessionId: Type.String() });
  server.delete(
    '/users/sessions/:sessionId',
    about('session', 'sessions', 'Revokes a session', { params: sessionParams, response: { 200: success() } }),
    async (request) => {
      await identity.sessions.revokeOf(userOf(request).id, request.params.sessionId);
      await audited(request, 'session-revoked');
      return { success: true };
    },
  );
}
