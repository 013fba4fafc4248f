import Type from 'typebox';
import { badRequest } from '../../../lib/errors.ts';
import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { apiKey, newApiKey } from '../../schemas/records.ts';
import type { ApiKeyAnswer } from '../../views/answers.ts';

/** The API keys of the calling user. */
export function keyRoutes(server: Server, { identity, hosts, audited }: HttpContext): void {
  const body = fields({
    name: 'What the key is for',
    userId: 'The user that the key is for: oneself (the default) or, for admins, another user',
    expiresAt: 'ISO 8601; by default, never',
    scope: 'read: viewing only; manage (the default): also changing hosts',
    hostIds: 'The hosts that the key is limited to; by default, all that the user may see',
  });
  server.post(
    '/users/api-keys',
    about('session', 'api keys', 'Creates an API key; its token is shown once', { body, response: { 201: newApiKey } }),
    async (request, reply) => {
      const { name, userId, expiresAt, scope, hostIds } = request.body;
      if (typeof name !== 'string') throw badRequest('name is required');
      if (userId !== undefined && userId !== null && typeof userId !== 'string')
        throw badRequest('userId must be the id of a user');
      if (expiresAt !== undefined && expiresAt !== null && typeof expiresAt !== 'string')
        throw badRequest('expiresAt must be a time');
      if (scope !== undefined && scope !== 'read' && scope !== 'manage')
        throw badRequest('scope must be read or manage');
      const user = userOf(request);
      const owner = await identity.apiKeys.ownerOf(user, userId || null);
      const limit = await limitOf(hostIds, (ids) => hosts.access.requireAll(owner, ids));
      const made = await identity.apiKeys.create(owner, { name, expiresAt, scope, hostIds: limit });
      const forOther = owner.id === user.id ? {} : { user: owner.username };
      const details = { scope: made.scope, hosts: limit, expiresAt: made.expiresAt, ...forOther };
      await audited(request, 'api-key-added', { target: made.name, details });
      return reply.code(201).send(made);
    },
  );
  server.get(
    '/users/api-keys',
    about('session', 'api keys', "The user's API keys (for admins: those of all users), without their tokens", {
      response: { 200: Type.Object({ apiKeys: Type.Array(apiKey) }) },
    }),
    async (request): Promise<{ readonly apiKeys: readonly ApiKeyAnswer[] }> => ({
      apiKeys: await identity.apiKeys.list(userOf(request)),
    }),
  );
  const keyParams = Type.Object({ keyId: Type.String() });
  server.delete(
    '/users/api-keys/:keyId',
    about('session', 'api keys', "Deletes one of the user's API keys; admins can delete anybody's", {
      params: keyParams,
      response: { 200: success() },
    }),
    async (request) => {
      const target = await identity.apiKeys.remove(userOf(request), request.params.keyId);
      await audited(request, 'api-key-removed', { target });
      return { success: true };
    },
  );
}

const maxHosts = 1_000;

/** A list of ids of hosts, checked; null if none was sent. Throws 400. */
async function limitOf(
  value: unknown,
  check: (ids: readonly number[]) => Promise<readonly number[]>,
): Promise<readonly number[] | null> {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || value.length === 0 || value.length > maxHosts)
    throw badRequest(`hostIds must be a list of 1 to ${maxHosts} ids of hosts`);
  return check(value.map((id) => hostId(id, 'hostIds must be a list of ids of hosts')));
}
