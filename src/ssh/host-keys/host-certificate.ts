import { readCertificate } from '../../lib/ssh/certificate.ts';
import { readWire } from '../../lib/ssh/wire.ts';
import type { KnownHostKey } from '../../model/connection/host-key.ts';
import { isSignedBy } from './signature.ts';

/** The plain key that a certificate certifies, and the key of its CA. Throws an Error if it cannot be read. */
export function keysIn(wire: Buffer): { readonly key: KnownHostKey; readonly authority: KnownHostKey } {
  const { keyType, publicKey, authorityKey } = readCertificate(wire);
  return {
    key: { algorithm: keyType, keyBase64: publicKey.toString('base64') },
    authority: { algorithm: readWire(authorityKey).text(), keyBase64: authorityKey.toString('base64') },
  };
}

/** When a certificate ends, ms since the epoch; null: never. Throws an Error if it cannot be read. */
export function endOf(wire: Buffer): number | null {
  return readCertificate(wire).validUntil;
}

/**
 * Why a certificate does not vouch for a host of this name; null if it does. As with ssh, names are compared literally,
 * without wildcards; unlike ssh 9.2, a certificate without names is valid for no host. Throws an Error if it cannot be
 * read.
 */
export function whyNotValid(wire: Buffer, name: string, nowMs: number): string | null {
  const { isHost, hasCriticalOptions, principals, validFrom, validUntil, ...rest } = readCertificate(wire);
  if (!isSignedBy(rest.authorityKey, rest.signed, rest.signature))
    return 'its signature was not made by its CA, or is of an unsupported kind';
  if (!isHost) return 'it is a certificate for users, not for hosts';
  if (hasCriticalOptions) return 'it has unknown critical options';
  if (validFrom !== null && nowMs < validFrom) return `it is not valid before ${time(validFrom)}`;
  if (validUntil !== null && nowMs >= validUntil) return `it expired on ${time(validUntil)}`;
  if (principals.includes(name.toLowerCase())) return null;
  if (principals.length === 0) return 'it names no host';
  return `it is for ${principals.slice(0, 5).map(printable).join(', ')}, not for ${name}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
