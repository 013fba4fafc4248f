import type { Client } from 'ssh2';
import constants from 'ssh2/lib/protocol/constants.js';
import { isCertificate, plainAlgorithm } from '../../lib/ssh/certificate.ts';
import type { GroupExchange } from './group-exchange.ts';
import { keysIn } from './host-certificate.ts';

/** Algorithms of host certificates, as offered. */
export const certificateAlgorithms = [
  'ssh-ed25519-cert-v01@openssh.com',
  'ecdsa-sha2-nistp256-cert-v01@openssh.com',
  'ecdsa-sha2-nistp384-cert-v01@openssh.com',
  'ecdsa-sha2-nistp521-cert-v01@openssh.com',
  'rsa-sha2-512-cert-v01@openssh.com',
  'rsa-sha2-256-cert-v01@openssh.com',
] as const;

/** The parts of a key exchange in ssh2 1.17 that are used here. Source: ssh2/lib/protocol/kex.js. */
type KeyExchange = GroupExchange & {
  readonly negotiated: { serverHostKey: string };
  _hostKey: Buffer | undefined;
  _sig: Buffer | undefined;
};
type Internals = { readonly _protocol: { _kex: KeyExchange | undefined } };

allowCertificates();

/** ssh2 refuses to offer algorithms that are not in its list of host key algorithms; it only checks membership. */
function allowCertificates(): void {
  constants.SUPPORTED_SERVER_HOST_KEY.push(...certificateAlgorithms);
}

/**
 * Lets a client accept host certificates, which ssh2 does not support. Call it once, after `connect`. `onExchange`
 * receives every key exchange before it begins. ssh2 still does the exchange and verifies the server's signature; at
 * each of its steps it is only given the name and the key that belong there: the certificate where the exchange is
 * hashed, the key inside it where the signature is verified. If a later ssh2 did any of this differently, the
 * verification would fail, not succeed.
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
  // The type that the certificate itself names; the RSA algorithms share one.
  if (signatureType.startsWith('rsa-')) negotiated.serverHostKey = 'ssh-rsa-cert-v01@openssh.com';
  let certificate: Buffer | undefined;
  let signature: Buffer | undefined;
  let isVerifying = false;
  Object.defineProperties(kex, {
    _hostKey: {
      get: () => (isVerifying && certificate ? keyIn(certificate) : certificate),
      set: (wire: Buffer | undefined) => {
        certificate = wire;
        // Its type was compared just before; from here on only the type of the signature counts.
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
