import { createRequire } from 'node:module';
import type { Client } from 'ssh2';
import { isCertificate, plainAlgorithm } from '../../lib/ssh/certificate.ts';
import type { GroupExchange } from './group-exchange.ts';
import { keysIn } from './host-certificate.ts';

/** Algorithms of host certificates, as they are offered. */
export const certificateAlgorithms = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
] as const;

/** What of a key exchange of ssh2 1.17 is touched. Source: ssh2/lib/protocol/kex.js. */
type KeyExchange = GroupExchange & {
  readonly negotiated: { serverHostKey: string };
  _hostKey: Buffer | undefined;
  _sig: Buffer | undefined;
};
type Internals = { readonly _protocol: { _kex: KeyExchange | undefined } };

allowCertificates();

/** ssh2 refuses to offer what is not in its list of host key algorithms; the list is only looked at. */
function allowCertificates(): void {
  const constants = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as {
    readonly SUPPORTED_SERVER_HOST_KEY: string[];
  };
  constants.SUPPORTED_SERVER_HOST_KEY.push(...certificateAlgorithms);
}

/**
 * Lets a client take host certificates, which ssh2 does not know; to be called once, after `connect`. `onExchange` is given
 * every key exchange before it begins. ssh2 goes on doing the
 * exchange and verifying the server's signature; it is only shown, at each of its steps, the name and the key that
 * belong there: the certificate where the exchange is hashed, the key in it where the signature is verified. Whatever
 * of this a later ssh2 did differently would make that verification fail, not succeed.
 */
export function takeCertificates(client: Client, onExchange: (kex: GroupExchange) => void): void {
  // Safe: every connected client has a protocol, and the version of ssh2 is exact.
  const protocol = (client as unknown as Internals)._protocol;
  let current = protocol._kex;
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set: (kex: KeyExchange | undefined) => {
      if (kex) onExchange(kex);
      if (kex && isCertificate(kex.negotiated.serverHostKey)) adapt(kex);
      current = kex;
    },
  });
}

function adapt(kex: KeyExchange): void {
  const { negotiated } = kex;
  const signatureType = plainAlgorithm(negotiated.serverHostKey);
  // The type that the certificate itself names; RSA's algorithms share one.
  if (signatureType.startsWith('rsa-')) negotiated.serverHostKey = 'ssh-rsa-cert-v01@openssh.com';
  let certificate: Buffer | undefined;
  let signature: Buffer | undefined;
  let isVerifying = false;
  Object.defineProperties(kex, {
    _hostKey: {
      get: () => (isVerifying && certificate ? keyIn(certificate) : certificate),
      set: (wire: Buffer | undefined) => {
        certificate = wire;
        // Its type was compared just before; from now on only that of the signature is.
        if (wire) negotiated.serverHostKey = signatureType;
      },
    },
    _sig: {
      get: () => {
        isVerifying = true;
        return signature;
      },
      set: (wire: Buffer | undefined) => {
        signature = wire;
      },
    },
  });
}

function keyIn(certificate: Buffer): Buffer {
  return Buffer.from(keysIn(certificate).key.keyBase64, 'base64');
}
