/** An SSH server in this process, for situations that a real one cannot be caught in. */
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { noKnownKeys } from '../../src/model/connection/host-key.ts';

export type Ssh2Server = {
  readonly port: number;
  /** Everything that was offered to it. */
  readonly passwords: readonly string[];
  readonly close: () => void;
};

/** Accepts every password, or none. */
export async function startSsh2Server(answer: 'accept' | 'reject'): Promise<Ssh2Server> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const passwords: string[] = [];
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (login) => {
      if (login.method !== 'password') return login.reject(['password']);
      passwords.push(login.password);
      if (answer === 'accept') login.accept();
      else login.reject(['password']);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, passwords, close: () => void server.close() };
}

/** A server on this machine that is logged in to with a password, and of which no keys are known. */
export function passwordEndpoint(port: number) {
  return {
    address: '127.0.0.1',
    port,
    username: 'root',
    login: { type: 'password', password: 'secret' },
    interactive: 'unknown',
    knownKeys: noKnownKeys('127.0.0.1'),
    policy: { legacyAlgorithms: false },
  } as const;
}
