import Type from 'typebox';
import { changedFields } from '../../auditor.ts';
import { hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { fields, message } from '../../schemas/common.ts';
import { host } from '../../schemas/records.ts';

const body = fields({
  name: 'A name to display',
  ip: 'Host name, or IPv4 or IPv6 address',
  port: '1 to 65535; 22',
  username: 'Who logs in',
  authType:
    'password, key, credential, agent (admins only: the SSH agent of the machine that Sonde runs on) or none. With just a credentialId: credential',
  connectionType:
    'ssh, or local (admins only) for the machine that Sonde runs on. telnet, rdp and vnc are stored, but Sonde does not connect',
  password: 'If not sent, the stored one is kept. Sonde connects to a host once it has a login',
  key: 'A private key: OpenSSH, PEM or PuTTY. If not sent, the stored one is kept',
  keyPassword: 'Its passphrase',
  certificate: 'An OpenSSH certificate of the key (-cert.pub), offered instead of the key; null removes it',
  agentKey: 'With authType agent: a fingerprint (SHA256:…) or public key, to offer only that key',
  credentialId: 'With authType credential, or without authType',
  jumpHosts: 'A list of {hostId}, from Sonde outwards: hosts that you manage and that the connection goes through',
  useSocks5: 'Whether to use the proxies below; they come before the first jump host',
  socks5Host:
    'One SOCKS5 proxy, with socks5Port (1080), socks5Username and socks5Password. If the password is not sent, the stored one is kept',
  socks5ProxyChain:
    'Instead of socks5Host, a list of {host, port, type: 4, 5 or http, username, password}, from Sonde outwards',
  hostKeyPolicy: 'first-sight or known-only; null: the global setting',
  statsConfig:
    'An object or its JSON text. legacyAlgorithms: true also offers SHA-1, CBC and small groups, for servers that support nothing else; this weakens the connection',
});
const response = { 200: host };

/** Hosts, as existing clients send and read them. */
export function hostRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.get(
    '/host/db/host',
    about('read', 'hosts', 'All hosts that the user may see', { response: { 200: Type.Array(host) } }),
    async (request) => hosts.records.list(userOf(request)),
  );

  server.post('/host/db/host', about('manage-all', 'hosts', 'Adds a host', { body, response }), async (request) => {
    const saved = await hosts.records.create(userOf(request), request.body);
    await audited(request, 'host-added', { hostId: saved.id, target: String(saved.name) });
    await control.hostUpdated(saved.id);
    return saved;
  });

  server.get('/host/db/host/:id', about('read', 'hosts', 'A host', { params: idParams, response }), async (request) =>
    hosts.records.get(userOf(request), await hostOf(request, hosts, 'view')),
  );

  server.put(
    '/host/db/host/:id',
    about('manage', 'hosts', 'Changes a host; secrets that are not sent stay as they are', {
      params: idParams,
      body,
      response,
    }),
    async (request) => {
      const [user, id] = [userOf(request), await hostOf(request, hosts, 'manage')];
      const before = await hosts.records.get(user, id);
      const saved = await hosts.records.update(user, id, request.body);
      const details = { fields: changedFields(before, saved, request.body) };
      await audited(request, 'host-changed', { hostId: id, target: String(saved.name), details });
      await control.hostUpdated(saved.id);
      return saved;
    },
  );

  server.delete(
    '/host/db/host/:id',
    about('manage', 'hosts', 'Removes a host and everything stored about it', {
      params: idParams,
      response: { 200: message },
    }),
    async (request) => {
      const id = await hostOf(request, hosts, 'manage');
      const { name } = await hosts.records.get(userOf(request), id);
      await hosts.records.remove(userOf(request), id);
      await audited(request, 'host-removed', { hostId: id, target: String(name) });
      await control.hostDeleted(id);
      return { message: 'Host deleted' };
    },
  );
}
