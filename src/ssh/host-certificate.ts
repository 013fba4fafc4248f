import { readWire, sshString } from '../lib/wire.ts';
import type { KnownHostKey } from '../model/host-key.ts';
import { isSignedBy } from './signature.ts';

/** A key with what an authority says of it. Source: OpenSSH's PROTOCOL.certkeys. */
export type HostCertificate = {
  /** The plain key that it is about. */
  readonly key: KnownHostKey;
  readonly authority: KnownHostKey;
  /** 1: users, 2: hosts. */
  readonly type: number;
  readonly principals: readonly string[];
  /** Seconds since the epoch. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly hasCriticalOptions: boolean;
  readonly isSigned: boolean;
};

const suffix = '-cert-v01@openssh.com';
/** Type of the key in a certificate → how many fields it has there. */
const keyFields: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
};
const hostType = 2;
const forever = 0xffff_ffff_ffff_ffffn;
const maxPrincipals = 256;

/** Whether a type or algorithm is one of certificates. */
export function isCertificate(algorithm: string): boolean {
  return algorithm.endsWith(suffix);
}

/** The algorithm with which a certified key signs, from that of the certificate. */
export function plainAlgorithm(algorithm: string): string {
  return isCertificate(algorithm) ? algorithm.slice(0, -suffix.length) : algorithm;
}

/** Reads a certificate as it came over the wire. Throws an Error where it is none that is known. */
export function readCertificate(wire: Buffer): HostCertificate {
  const reader = readWire(wire);
  const algorithm = plainAlgorithm(reader.text());
  const fields = keyFields[algorithm];
  if (fields === undefined) throw new Error('Certificates of this type are not known');
  reader.string(); // nonce
  const from = reader.position();
  for (let field = 0; field < fields; field += 1) reader.string();
  const key = Buffer.concat([sshString(algorithm), wire.subarray(from, reader.position())]);
  reader.uint64(); // serial
  const type = reader.uint32();
  reader.string(); // key id
  const principals = readPrincipals(reader.string());
  const validAfter = reader.uint64();
  const validBefore = reader.uint64();
  const hasCriticalOptions = reader.string().length > 0;
  reader.string(); // extensions
  reader.string(); // reserved
  const authority = reader.string();
  const signed = wire.subarray(0, reader.position());
  const signature = reader.string();
  if (!reader.isAtEnd()) throw new Error('The certificate has more than belongs to it');
  return {
    key: { algorithm, keyBase64: key.toString('base64') },
    authority: { algorithm: readWire(authority).text(), keyBase64: authority.toString('base64') },
    type,
    principals,
    validAfter,
    validBefore,
    hasCriticalOptions,
    isSigned: isSignedBy(authority, signed, signature),
  };
}

function readPrincipals(list: Buffer): readonly string[] {
  const reader = readWire(list);
  const principals: string[] = [];
  while (!reader.isAtEnd() && principals.length < maxPrincipals) principals.push(reader.text());
  return principals;
}

/**
 * Why a certificate does not speak for a host of this name; null when it does. As with ssh, names are compared as they
 * are, without wildcards; unlike ssh 9.2, one that names nobody speaks for nobody.
 */
export function whyNotValid(certificate: HostCertificate, name: string, nowMs: number): string | null {
  const now = BigInt(Math.floor(nowMs / 1000));
  if (!certificate.isSigned) return 'its signature is not by its authority, or of a kind that is not used';
  if (certificate.type !== hostType) return 'it is a certificate for users, not for hosts';
  if (certificate.hasCriticalOptions) return 'it has critical options that are not known';
  if (now < certificate.validAfter) return `it is not valid before ${time(certificate.validAfter)}`;
  if (now >= certificate.validBefore) return `it expired on ${time(certificate.validBefore)}`;
  if (certificate.principals.includes(name.toLowerCase())) return null;
  if (certificate.principals.length === 0) return 'it names no host';
  return `it is for ${certificate.principals.slice(0, 5).map(printable).join(', ')}, not for ${name}`;
}

function time(seconds: bigint): string {
  return seconds >= forever || seconds > 8_640_000_000_000n
    ? 'the end of time'
    : new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
