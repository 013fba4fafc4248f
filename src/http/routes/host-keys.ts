import Type from 'typebox';
import { hostId, userOf } from '../auth.ts';
import { about, type Server } from '../route.ts';
import { success, text, time } from '../schemas/common.ts';
import type { HttpContext } from '../server.ts';

const key = Type.Object({
  hostId: Type.Integer({ minimum: 1 }),
  hostName: text,
  address: text,
  algorithm: text,
  fingerprint: Type.String({ description: 'SHA256:… as OpenSSH prints it' }),
  firstSeen: time,
});
const params = Type.Object({ hostId: Type.String({ description: 'A positive integer' }) });

/** The keys that hosts are known by. */
export function hostKeyRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.get(
    '/host-keys',
    about('read', 'host keys', 'The pinned keys of all hosts that the user may see', {
      response: { 200: Type.Array(key) },
    }),
    async (request) => hosts.listHostKeys(userOf(request)),
  );
  server.delete(
    '/host-keys/:hostId',
    about('manage', 'host keys', "Forgets a host's keys: the next connection pins what it sees", {
      params,
      response: { 200: success() },
    }),
    async (request) => {
      const id = hostId(request.params.hostId);
      await hosts.forgetHostKeys(userOf(request), id);
      await audited(request, 'host-key-forgotten', { hostId: id });
      await control.hostUpdated(id);
      return { success: true };
    },
  );
}
