/** A real OpenID Connect provider on loopback, with its own pages: `oidc-provider`, certified by the OpenID Foundation. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is used of the package, which has no types. */
type Provider = { readonly callback: () => RequestListener };
type Package = { readonly default: new (issuer: string, options: object) => Provider };

export const realClient = { id: 'sonde', secret: 'the secret of the real client' } as const;

/** Whoever gives a name is let in under it, and belongs to the groups that `groupsOf` says. */
export async function openRealProvider(sonde: string, groupsOf: (name: string) => readonly string[]) {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // A name that is no literal: the compiler would look for its types.
  const name: string = 'oidc-provider';
  const { default: Real } = (await import(name)) as Package;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Real(issuer, {
    clients: [
      {
        client_id: realClient.id,
        client_secret: realClient.secret,
        redirect_uris: [`${sonde}/users/oidc/callback`],
        post_logout_redirect_uris: [`${sonde}/login`],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `${id} Example`,
        preferred_username: id,
        email: `${id}@example.org`,
        groups: groupsOf(id),
      }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
