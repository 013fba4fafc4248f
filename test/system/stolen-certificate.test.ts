/**
 * A certificate is public: whoever met the host once has it. A server of our own shows one whose key it does not hold, which
 * no sshd would do.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type Connection, type ParsedKey, Server, utils } from 'ssh2';
import { expect, test } from 'vitest';
import { noKnownKeys } from '../../src/model/connection/host-key.ts';
import { openConnection } from '../../src/ssh/connection.ts';
import { authority, type HostKey, hostKey } from '../support/host-keys.ts';

const algorithm = 'ssh-ed25519-cert-v01@openssh.com';
const wireOf = (publicKey: string): string => publicKey.split(' ')[1] ?? '';

/** Shows a certificate and signs with a key, its own or another. */
async function serve(certificateFile: string, signer: HostKey): Promise<Server> {
  const key = utils.parseKey(readFileSync(signer.file)) as ParsedKey;
  const certificate = Buffer.from(wireOf(readFileSync(certificateFile, 'utf8')), 'base64');
  Object.assign(key, { type: algorithm, getPublicSSH: () => certificate });
  const options = { hostKeys: [{ key: key as never }], algorithms: { serverHostKey: [algorithm as never] } };
  const server = new Server(options, (connection) => {
    nameSignatures(connection, key);
    connection.on('error', () => {}).on('authentication', (context) => context.reject(['password']));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return server;
}

/** Lets ssh2's server call its signatures by the name of the plain key, as sshd does. */
function nameSignatures(connection: Connection, key: ParsedKey): void {
  type Kex = { readonly negotiated: { serverHostKey: string } };
  const { _protocol: protocol } = connection as unknown as {
    readonly _protocol: { _kex?: Kex; readonly _hostKeys: Record<string, ParsedKey> };
  };
  let current: Kex | undefined;
  protocol._hostKeys['ssh-ed25519'] = key;
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set: (kex: Kex) => {
      kex.negotiated.serverHostKey = 'ssh-ed25519';
      current = kex;
    },
  });
}

test.each([
  ['the key in it', true, 'auth', 'rejected'],
  ['another key', false, 'handshake', 'reset'],
])('a certificate shown by who holds %s', async (_, isOwn, stage, reason) => {
  const [ca, key, thief] = [authority(), hostKey(), hostKey()];
  const server = await serve(ca.certify(key, '-h', '-n', '127.0.0.1'), isOwn ? key : thief);
  try {
    const { port } = server.address() as AddressInfo;
    const connecting = openConnection({
      endpoint: {
        address: '127.0.0.1',
        port,
        username: 'ann',
        login: { type: 'password', password: 'secret' },
        interactive: 'unknown',
        policy: { legacyAlgorithms: false },
        knownKeys: {
          ...noKnownKeys('127.0.0.1', 'known-only'),
          authorities: [{ algorithm: 'ssh-ed25519', keyBase64: wireOf(ca.publicKey) }],
        },
      },
      ask: null,
      noteKey: () => Promise.resolve(),
      log: () => {},
      signal: new AbortController().signal,
      timeoutMs: 60_000,
    });
    await expect(connecting).rejects.toMatchObject({ failure: { stage, reason } });
  } finally {
    server.close();
  }
});
