import Type from 'typebox';
import { badRequest } from '../../../lib/errors.ts';
import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { hostKeys, pendingKey, pinnedKey } from '../../schemas/host-keys.ts';

const params = Type.Object({ hostId: Type.String({ description: 'A positive integer' }) });

/** The keys that identify hosts. */
export function hostKeyRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.get(
    '/host-keys',
    about('read', 'host keys', 'The pinned keys of all hosts that the user may see', {
      response: { 200: Type.Array(pinnedKey) },
    }),
    async (request) => hosts.keys.list(userOf(request)),
  );
  server.get(
    '/host-keys/pending',
    about('read', 'host keys', 'The refused keys that wait to be accepted, of all hosts that the user may see', {
      response: { 200: Type.Array(pendingKey) },
    }),
    async (request) => hosts.keys.listPending(userOf(request)),
  );
  server.get(
    '/host-keys/:hostId',
    about('read', 'host keys', "A host's keys, the one that waits to be accepted, and what happened to them", {
      params,
      response: { 200: hostKeys },
    }),
    async (request) => hosts.keys.of(userOf(request), hostId(request.params.hostId)),
  );
  server.post(
    '/host-keys/:hostId/accept',
    about(
      'manage',
      'host keys',
      'Pins the waiting key instead of the others; Sonde then connects to the host at once',
      {
        params,
        body: fields({
          fingerprint: 'Fingerprint of the key that the person saw: SHA256:…; any other is refused with 409',
        }),
        response: { 200: success() },
      },
    ),
    async (request) => {
      const { fingerprint } = request.body;
      const id = hostId(request.params.hostId);
      if (typeof fingerprint !== 'string' || fingerprint === '') throw badRequest('fingerprint is required');
      const target = await hosts.keys.accept(userOf(request), id, fingerprint);
      await audited(request, 'host-key-accepted', { hostId: id, target, details: { fingerprint } });
      control.hostKeysChanged([id]);
      return { success: true };
    },
  );
  server.delete(
    '/host-keys/:hostId',
    about('manage', 'host keys', "Forgets a host's keys: the next connection treats the host as new", {
      params,
      response: { 200: success() },
    }),
    async (request) => {
      const id = hostId(request.params.hostId);
      const target = await hosts.keys.forget(userOf(request), id);
      await audited(request, 'host-key-forgotten', { hostId: id, target });
      await control.hostUpdated(id);
      return { success: true };
    },
  );
}
