import { createHash } from 'node:crypto';

/** The fingerprint of a public key in wire format, `SHA256:…` as OpenSSH prints it. */
export function fingerprintOf(keyBase64: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(keyBase64, 'base64')).digest('base64').replace(/=+$/, '')}`;
}
