import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { userOf } from '../auth.ts';
import { about, type Server } from '../route.ts';
import type { HttpContext } from '../server.ts';

/** API keys and sessions of the user who asks. */
export function keyRoutes(server: Server, { identity }: HttpContext): void {
  const body = Type.Object(
    { name: Type.Optional(Type.Unknown()), expiresAt: Type.Optional(Type.Unknown({ description: 'ISO 8601' })) },
    { additionalProperties: true },
  );
  server.post(
    '/users/api-keys',
    about('user', 'api keys', 'Makes an API key; its token is shown once', { body }),
    async (request, reply) => {
      const { name, expiresAt } = request.body;
      if (typeof name !== 'string') throw badRequest('name is required');
      if (expiresAt !== undefined && expiresAt !== null && typeof expiresAt !== 'string')
        throw badRequest('expiresAt must be a time');
      return reply.code(201).send(await identity.createApiKey(userOf(request).id, { name, expiresAt }));
    },
  );
  server.get(
    '/users/api-keys',
    about('user', 'api keys', "The user's API keys, without their tokens", {}),
    async (request) => identity.listApiKeys(userOf(request).id),
  );
  const keyParams = Type.Object({ keyId: Type.String() });
  server.delete(
    '/users/api-keys/:keyId',
    about('user', 'api keys', 'Deletes an API key', { params: keyParams }),
    async (request) => {
      await identity.deleteApiKey(userOf(request).id, request.params.keyId);
      return { success: true };
    },
  );

  server.get('/users/sessions', about('user', 'sessions', "The user's sessions", {}), async (request) => {
    const sessions = await identity.listSessions(userOf(request).id);
    return {
      sessions: sessions.map((session) => ({
        id: session.id,
        createdAt: new Date(session.created_at).toISOString(),
        expiresAt: new Date(session.expires_at).toISOString(),
        address: session.address,
        userAgent: session.user_agent,
        isCurrent: session.id === request.principal?.sessionId,
      })),
    };
  });
  const sessionParams = Type.Object({ sessionId: Type.String() });
  server.delete(
    '/users/sessions/:sessionId',
    about('user', 'sessions', 'Revokes a session', { params: sessionParams }),
    async (request) => {
      await identity.revokeSession(userOf(request).id, request.params.sessionId);
      return { success: true };
    },
  );
}
