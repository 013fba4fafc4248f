import Type from 'typebox';
import { changedFields } from '../../auditor.ts';
import { hostId, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { fields, message } from '../../schemas/common.ts';
import { credential } from '../../schemas/records.ts';

const body = fields({
  name: 'Required',
  username: 'For hosts without a user name of their own',
  authType: 'password, key or agent (admins only: the SSH agent of the machine that Sonde runs on)',
  password: 'If not sent, the stored one is kept',
  key: 'A private key: OpenSSH, PEM or PuTTY. If not sent, the stored one is kept',
  keyPassword: 'Its passphrase',
  certificate: 'An OpenSSH certificate of the key (-cert.pub), offered instead of the key; null removes it',
  agentKey: 'With authType agent: a fingerprint (SHA256:…) or public key, to offer only that key',
});
const response = { 200: credential };
const invalid = 'Invalid credential ID';

/** Logins that several hosts use. */
export function credentialRoutes(server: Server, { control, hosts, audited }: HttpContext): void {
  server.get(
    '/credentials',
    about('manage-all', 'credentials', "The user's credentials", { response: { 200: Type.Array(credential) } }),
    async (request) => hosts.credentials.list(userOf(request)),
  );
  server.post(
    '/credentials',
    about('manage-all', 'credentials', 'Adds a credential', { body, response: { 201: credential } }),
    async (request, reply) => {
      const made = await hosts.credentials.create(userOf(request), request.body);
      await audited(request, 'credential-added', { target: String(made.name) });
      return reply.code(201).send(made);
    },
  );
  server.get(
    '/credentials/:id',
    about('manage-all', 'credentials', 'A credential, without its secrets', { params: idParams, response }),
    async (request) => hosts.credentials.get(userOf(request), hostId(request.params.id, invalid)),
  );
  server.put(
    '/credentials/:id',
    about('manage-all', 'credentials', 'Changes a credential', { params: idParams, body, response }),
    async (request) => {
      const [user, id] = [userOf(request), hostId(request.params.id, invalid)];
      const before = await hosts.credentials.get(user, id);
      const changed = await hosts.credentials.update(user, id, request.body);
      const details = { fields: changedFields(before, changed, request.body) };
      await audited(request, 'credential-changed', { target: String(changed.name), details });
      await control.hostsChanged(await hosts.credentials.hostsWith(id));
      return changed;
    },
  );
  server.delete(
    '/credentials/:id',
    about('manage-all', 'credentials', 'Removes a credential', { params: idParams, response: { 200: message } }),
    async (request) => {
      const [user, id] = [userOf(request), hostId(request.params.id, invalid)];
      const { name } = await hosts.credentials.get(user, id);
      const users = await hosts.credentials.hostsWith(id);
      await hosts.credentials.remove(user, id);
      await audited(request, 'credential-removed', { target: String(name) });
      await control.hostsChanged(users);
      return { message: 'Credential deleted' };
    },
  );
}
