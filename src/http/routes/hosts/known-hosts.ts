import Type from 'typebox';
import { badRequest } from '../../../lib/errors.ts';
import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { leavingOf } from '../../leaving.ts';
import { about, idParams, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { knownHostsImport, knownHostsLine } from '../../schemas/host-keys.ts';

const body = fields({
  text: 'An OpenSSH known_hosts file, with hashed names, wildcards, @cert-authority and @revoked',
  forEverybody: 'true (admins only): its lines apply to the hosts of all users',
});

/** Keys that users bring from OpenSSH's known_hosts. */
export function knownHostsRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.get(
    '/known-hosts',
    about(
      'manage-all',
      'host keys',
      "The lines stored for hosts that are added later: the user's own, and everybody's",
      {
        response: { 200: Type.Array(knownHostsLine) },
      },
    ),
    async (request) => hosts.knownHosts.list(userOf(request)),
  );
  server.post(
    '/known-hosts/preview',
    about('manage-all', 'host keys', 'What importing a known_hosts file would do; changes nothing', {
      body,
      response: { 200: knownHostsImport },
    }),
    async (request, reply) => hosts.knownHosts.preview(userOf(request), ...read(request.body), leavingOf(reply)),
  );
  server.post(
    '/known-hosts',
    about(
      'manage-all',
      'host keys',
      'Imports a known_hosts file: pins the keys of hosts that the user manages, stores the lines for others',
      {
        body,
        response: { 200: knownHostsImport },
      },
    ),
    async (request, reply) => {
      const done = await hosts.knownHosts.import(userOf(request), ...read(request.body), leavingOf(reply));
      await audited(request, 'known-hosts-imported', { details: { lines: done.lines.length } });
      control.hostKeysChanged([...new Set(done.lines.flatMap((line) => line.hosts.map(({ id }) => id)))]);
      return done;
    },
  );
  server.delete(
    '/known-hosts/:id',
    about('manage-all', 'host keys', 'Removes a line; keys that it pinned stay pinned', {
      params: idParams,
      response: { 200: success() },
    }),
    async (request) => {
      await hosts.knownHosts.remove(userOf(request), hostId(request.params.id, 'Invalid id'));
      return { success: true };
    },
  );
}

function read({ text, forEverybody }: { readonly text?: unknown; readonly forEverybody?: unknown }): [string, boolean] {
  if (typeof text !== 'string' || text.trim() === '') throw badRequest('text is required: a known_hosts file');
  if (forEverybody !== undefined && typeof forEverybody !== 'boolean')
    throw badRequest('forEverybody must be true or false');
  return [text, forEverybody ?? false];
}
