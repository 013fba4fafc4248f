import Type from 'typebox';
import { hostOf, userOf } from '../auth.ts';
import { about, idParams, type Server } from '../route.ts';
import type { HttpContext } from '../server.ts';

const body = Type.Object(
  {
    name: Type.Optional(Type.Unknown()),
    ip: Type.Optional(Type.Unknown({ description: 'Host name, IPv4 or IPv6 address' })),
    port: Type.Optional(Type.Unknown({ description: '1 to 65535; 22' })),
    username: Type.Optional(Type.Unknown()),
    authType: Type.Optional(Type.Unknown({ description: 'password, key, credential or none' })),
    connectionType: Type.Optional(
      Type.Unknown({ description: 'ssh, or local (admins): the machine that Sonde runs on' }),
    ),
    password: Type.Optional(Type.Unknown()),
    key: Type.Optional(Type.Unknown({ description: 'A private key: OpenSSH, PEM or PuTTY' })),
    keyPassword: Type.Optional(Type.Unknown()),
    statsConfig: Type.Optional(Type.Unknown({ description: 'An object or its JSON text' })),
  },
  { additionalProperties: true },
);

/** Hosts, as existing clients send and read them. */
export function hostRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.get('/host/db/host', about('user', 'hosts', 'All hosts that the user may see', {}), async (request) =>
    hosts.list(userOf(request)),
  );

  server.post('/host/db/host', about('user', 'hosts', 'Adds a host', { body }), async (request) => {
    const host = await hosts.create(userOf(request), request.body);
    await control.hostUpdated(host.id);
    return host;
  });

  server.get('/host/db/host/:id', about('user', 'hosts', 'A host', { params: idParams }), async (request) =>
    hosts.get(userOf(request), await hostOf(request, hosts, 'view')),
  );

  server.put(
    '/host/db/host/:id',
    about('user', 'hosts', 'Changes a host; a secret that is not sent stays', { params: idParams, body }),
    async (request) => {
      const host = await hosts.update(userOf(request), await hostOf(request, hosts, 'manage'), request.body);
      await control.hostUpdated(host.id);
      return host;
    },
  );

  server.delete(
    '/host/db/host/:id',
    about('user', 'hosts', 'Removes a host and all that is known of it', { params: idParams }),
    async (request) => {
      const id = await hostOf(request, hosts, 'manage');
      await hosts.remove(userOf(request), id);
      control.hostDeleted(id);
      return { message: 'Host deleted' };
    },
  );
}
