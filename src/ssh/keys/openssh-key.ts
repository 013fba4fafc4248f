import { createHash } from 'node:crypto';
import { sshString } from '../../lib/ssh/wire.ts';
import { writeArmour } from './armour.ts';

/**
 * A private key in OpenSSH's format, without a passphrase. `parts` is what follows the type in the private part.
 * Source: OpenSSH's PROTOCOL.key.
 */
export function writeOpenSsh(type: string, publicKey: Buffer, parts: readonly Buffer[], comment = ''): string {
  // Any number works if nothing is encrypted; one taken from the key turns the same key into the same text.
  const check = createHash('sha256').update(publicKey).digest().subarray(0, 4);
  const body = Buffer.concat([check, check, sshString(type), ...parts.map(sshString), sshString(comment)]);
  const padding = Buffer.from([...Array((8 - (body.length % 8)) % 8).keys()].map((index) => index + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(sshString),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicKey),
    sshString(Buffer.concat([body, padding])),
  ]);
  return writeArmour({ label: 'OPENSSH PRIVATE KEY', headers: new Map(), body: file });
}
