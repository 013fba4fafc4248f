/** An OpenID Connect provider on loopback that does what a test wants, right or wrong. */
import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Claims = Readonly<Record<string, unknown>>;
type Code = { readonly challenge: string; readonly idToken: string; readonly userInfo: Claims };

export const client = { id: 'sonde', secret: 'the secret of the client' } as const;

export type HostileProvider = Awaited<ReturnType<typeof openHostileProvider>>;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A key for ES256. */
export function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** A token signed with a secret, as those with HS256 are. */
export function tokenBySecret(claims: Claims, secret: string): string {
  const head = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

/** A signed token; without a key, one with the algorithm none. */
export function tokenOf(claims: Claims, key: KeyObject | null, kid = 'first'): string {
  const head = `${encode(key === null ? { alg: 'none' } : { alg: 'ES256', kid })}.${encode(claims)}`;
  if (key === null) return `${head}.`;
  return `${head}.${sign('sha256', Buffer.from(head), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export async function openHostileProvider() {
  const key = newKey();
  const codes = new Map<string, Code>();
  const asked: string[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { pathname } = new URL(request.url ?? '', issuer);
    asked.push(pathname);
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (provider.isBroken) return answer(503, {});
    const below = new URL(typeof provider.told.issuer === 'string' ? provider.told.issuer : issuer).pathname.replace(
      /\/$/,
      '',
    );
    if (pathname === `${below}/.well-known/openid-configuration`)
      return answer(200, { ...description(), ...provider.told });
    if (pathname === '/jwks')
      return answer(200, { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'first', alg: 'ES256' }] });
    if (pathname === '/token') {
      const form = new URLSearchParams(body);
      provider.tokenRequests.push({ form, authorization: request.headers.authorization ?? '' });
      const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
      const [, secret = form.get('client_secret')] = Buffer.from(basic, 'base64').toString().split(':');
      if (provider.secret !== null && decodeURIComponent((secret ?? '').replaceAll('+', ' ')) !== provider.secret)
        return answer(401, { error: 'invalid_client' });
      const code = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const verifier = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (code?.challenge !== verifier) return answer(400, { error: 'invalid_grant' });
      provider.userInfo = code.userInfo;
      return answer(200, { access_token: 'access', token_type: 'Bearer', id_token: code.idToken });
    }
    if (pathname === '/userinfo') return answer(200, provider.userInfo);
    answer(404, {});
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const description = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/end`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
  });
  const provider = {
    issuer,
    key,
    /** What its description says instead of the truth. */
    told: {} as Claims,
    isBroken: false,
    /** The secret that it wants; null: none. */
    secret: client.secret as string | null,
    userInfo: {} as Claims,
    tokenRequests: [] as { readonly form: URLSearchParams; readonly authorization: string }[],
    /** The paths that were asked for. */
    asked,
    /** A code, as if somebody had signed in at the address that Sonde made. Sent back as it is where `tokenFor` makes the token. */
    grant(
      address: string,
      claims: Claims = {},
      { tokenFor = (all: Claims): string => tokenOf(all, key.privateKey), userInfo = {} as Claims } = {},
    ): string {
      const { searchParams } = new URL(address);
      const now = Math.floor(Date.now() / 1000);
      const all = {
        iss: issuer,
        sub: 'ann',
        aud: client.id,
        iat: now,
        exp: now + 300,
        nonce: searchParams.get('nonce'),
      };
      const code = randomUUID();
      const challenge = searchParams.get('code_challenge') ?? '';
      codes.set(code, {
        challenge,
        idToken: tokenFor({ ...all, ...claims }),
        userInfo: { sub: claims.sub ?? 'ann', ...userInfo },
      });
      return code;
    },
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
  return provider;
}
