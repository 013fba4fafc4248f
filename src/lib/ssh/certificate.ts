import { readWire, sshString } from './wire.ts';

/** The contents of an OpenSSH certificate. Times are ms since the epoch; null: no bound. */
export type Certificate = {
  /** The type of the certified key: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` … */
  readonly keyType: string;
  readonly isUser: boolean;
  readonly isHost: boolean;
  readonly serial: string;
  readonly keyId: string;
  /** The users that may log in with it; empty: any, if the server allows such certificates. */
  readonly principals: readonly string[];
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  /** The public keys in wire format: the certified one, and that of the CA. */
  readonly publicKey: Buffer;
  readonly authorityKey: Buffer;
  readonly hasCriticalOptions: boolean;
  /** The certificate in wire format, the part of it that the CA signed, and its signature. */
  readonly blob: Buffer;
  readonly signed: Buffer;
  readonly signature: Buffer;
};

/** How many strings follow the type in a public key. */
const fieldsOfKey: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
};
const suffix = '-cert-v01@openssh.com';
const forEver = 2n ** 64n - 1n;
const maxPrincipals = 256;

/**
 * Reads a certificate as `ssh-keygen -s` writes it (`id_ed25519-cert.pub`). Throws an Error of one sentence.
 * Source: OpenSSH's PROTOCOL.certkeys.
 */
export function parseCertificate(text: string): Certificate {
  const [name = '', base64 = ''] = text.trim().split(/\s+/);
  if (/^(ssh-|ecdsa-)/.test(name) && !name.endsWith(suffix))
    throw new Error('This is a public key; its certificate is needed (the file that ends with -cert.pub)');
  const certificate = readCertificate(Buffer.from(base64, 'base64'));
  if (name !== `${certificate.keyType}${suffix}`) throw new Error(unknown);
  return certificate;
}

/** Reads the certificate of a user or host in wire format. Throws an Error of one sentence. */
export function readCertificate(blob: Buffer): Certificate {
  const wire = readWire(blob);
  try {
    const name = wire.text();
    const keyType = plainAlgorithm(name);
    const fieldCount = fieldsOfKey[keyType];
    if (!isCertificate(name) || fieldCount === undefined) throw new Error(unknown);
    wire.string(); // nonce
    const fields = Array.from({ length: fieldCount }, () => sshString(wire.string()));
    const serial = wire.uint64();
    const type = wire.uint32();
    const keyId = wire.text();
    const principals = namesOf(wire.string());
    const [validFrom, validUntil] = [wire.uint64(), wire.uint64()];
    const hasCriticalOptions = wire.string().length > 0;
    wire.string(); // extensions
    wire.string(); // reserved
    const authorityKey = wire.string();
    const signed = blob.subarray(0, wire.position());
    const signature = wire.string();
    if (!wire.isAtEnd()) throw new Error(unknown);
    return {
      keyType,
      isUser: type === 1,
      isHost: type === 2,
      serial: String(serial),
      keyId,
      principals,
      validFrom: validFrom === 0n ? null : msOf(validFrom),
      validUntil: validUntil === forEver ? null : msOf(validUntil),
      publicKey: Buffer.concat([sshString(keyType), ...fields]),
      authorityKey,
      hasCriticalOptions,
      blob,
      signed,
      signature,
    };
  } catch {
    throw new Error(unknown);
  }
}

/** Whether a type or algorithm is for certificates. */
export function isCertificate(algorithm: string): boolean {
  return algorithm.endsWith(suffix);
}

/** The algorithm with which a certified key signs, derived from the certificate's algorithm. */
export function plainAlgorithm(algorithm: string): string {
  return isCertificate(algorithm) ? algorithm.slice(0, -suffix.length) : algorithm;
}

/** Why a certificate, as text, does not match a user's key (in wire format, base64); null: it does. */
export function whyNotFor(text: string, publicKeyBase64: string): string | null {
  try {
    const certificate = parseCertificate(text);
    if (!certificate.isUser) return 'This certificate is for a host, not for a user';
    const isItsKey = certificate.publicKey.toString('base64') === publicKeyBase64;
    return isItsKey ? null : 'The certificate belongs to another key';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why a certificate is not valid at a time, ms since the epoch; null: it is. */
export function whyNotNow({ validFrom, validUntil }: Certificate, now: number): string | null {
  const say = (time: number): string => new Date(time).toISOString();
  if (validUntil !== null && now >= validUntil) return `it expired at ${say(validUntil)}`;
  return validFrom !== null && now < validFrom ? `it is not valid before ${say(validFrom)}` : null;
}

const unknown = 'Sonde cannot read this as an OpenSSH certificate';

function namesOf(list: Buffer): string[] {
  const wire = readWire(list);
  const names: string[] = [];
  while (!wire.isAtEnd() && names.length < maxPrincipals) names.push(wire.text());
  return names;
}

/** Not later than the latest time of a Date. */
function msOf(seconds: bigint): number {
  return Math.min(Number(seconds) * 1000, 8.64e15);
}
