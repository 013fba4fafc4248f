import Type from 'typebox';
import { hostId, userOf } from '../auth.ts';
import { about, idParams, type Server } from '../route.ts';
import { fields, message } from '../schemas/common.ts';
import { credential } from '../schemas/records.ts';
import type { HttpContext } from '../server.ts';

const body = fields({
  name: 'Required',
  username: 'Of hosts that name none',
  authType: 'password, key or agent (admins: the keys of the SSH agent of the machine that Sonde runs on)',
  password: 'Kept when it is not sent',
  key: 'A private key: OpenSSH, PEM or PuTTY; kept when it is not sent',
  keyPassword: 'Its passphrase',
  certificate: 'An OpenSSH certificate of the key (-cert.pub), offered in its place; null takes it away',
  agentKey: 'With authType agent: a fingerprint (SHA256:…) or public key, to offer that one alone',
});
const response = { 200: credential };
const invalid = 'Invalid credential ID';

/** Logins that several hosts use. */
export function credentialRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.get(
    '/credentials',
    about('user', 'credentials', "The user's credentials", { response: { 200: Type.Array(credential) } }),
    async (request) => hosts.listCredentials(userOf(request)),
  );
  server.post(
    '/credentials',
    about('user', 'credentials', 'Adds a credential', { body, response: { 201: credential } }),
    async (request, reply) => reply.code(201).send(await hosts.createCredential(userOf(request), request.body)),
  );
  server.get(
    '/credentials/:id',
    about('user', 'credentials', 'A credential, without its secrets', { params: idParams, response }),
    async (request) => hosts.getCredential(userOf(request), hostId(request.params.id, invalid)),
  );
  server.put(
    '/credentials/:id',
    about('user', 'credentials', 'Changes a credential', { params: idParams, body, response }),
    async (request) => {
      const changed = await hosts.updateCredential(userOf(request), hostId(request.params.id, invalid), request.body);
      await control.settingsChanged();
      return changed;
    },
  );
  server.delete(
    '/credentials/:id',
    about('user', 'credentials', 'Removes a credential', { params: idParams, response: { 200: message } }),
    async (request) => {
      await hosts.removeCredential(userOf(request), hostId(request.params.id, invalid));
      await control.settingsChanged();
      return { message: 'Credential deleted' };
    },
  );
}
