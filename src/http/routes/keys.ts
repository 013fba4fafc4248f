import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { userOf } from '../auth.ts';
import { about, type Server } from '../route.ts';
import { fields, success } from '../schemas/common.ts';
import { apiKey, newApiKey, session } from '../schemas/records.ts';
import type { HttpContext } from '../server.ts';

/** API keys and sessions of the user who asks. */
export function keyRoutes(server: Server, { identity }: HttpContext): void {
  const body = fields({ name: 'What it is for', expiresAt: 'ISO 8601; never' });
  server.post(
    '/users/api-keys',
    about('user', 'api keys', 'Makes an API key; its token is shown once', { body, response: { 201: newApiKey } }),
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
    about('user', 'api keys', "The user's API keys, without their tokens", { response: { 200: Type.Array(apiKey) } }),
    async (request) => identity.listApiKeys(userOf(request).id),
  );
  const keyParams = Type.Object({ keyId: Type.String() });
  server.delete(
    '/users/api-keys/:keyId',
    about('user', 'api keys', 'Deletes an API key', { params: keyParams, response: { 200: success() } }),
    async (request) => {
      await identity.deleteApiKey(userOf(request).id, request.params.keyId);
      return { success: true };
    },
  );

  const sessions = Type.Object({ sessions: Type.Array(session) });
  server.get(
    '/users/sessions',
    about('user', 'sessions', "The user's sessions", { response: { 200: sessions } }),
    async (request) => {
      const found = await identity.listSessions(userOf(request).id);
      return {
        sessions: found.map((one) => ({
          id: one.id,
          createdAt: new Date(one.created_at).toISOString(),
          expiresAt: new Date(one.expires_at).toISOString(),
          address: one.address,
          userAgent: one.user_agent,
          isCurrent: one.id === request.principal?.sessionId,
        })),
      };
    },
  );
  const sessionParams = Type.Object({ sessionId: Type.String() });
  server.delete(
    '/users/sessions/:sessionId',
    about('user', 'sessions', 'Revokes a session', { params: sessionParams, response: { 200: success() } }),
    async (request) => {
      await identity.revokeSession(userOf(request).id, request.params.sessionId);
      return { success: true };
    },
  );
}
