import { readWire } from '../../lib/ssh/wire.ts';
import type { Armour } from './armour.ts';
import type { Derivation } from './costs.ts';
import { numberOf, readDer, tags, within } from './der.ts';
import { KeyError, unreadable } from './key-error.ts';

/** Whether a key has a passphrase, and the work of opening it if that is considerable. */
export type Lock = { readonly isLocked: boolean; readonly derivation: Derivation | null };

const open: Lock = { isLocked: false, derivation: null };
/** Object ids in DER. */
const pbes2 = '2a864886f70d01050d';
const pbkdf2 = '2a864886f70d01050c';
const scrypt = '2b06010401da47040b';

/**
 * The work that a private key asks for, read without doing any of it. Throws KeyError if it cannot be determined.
 * Source: OpenSSH's PROTOCOL.key; RFC 1423 §1.1; RFC 8018 appendix A; RFC 7914 §7.
 */
export function readLock({ label, headers, body }: Armour): Lock {
  try {
    if (label === 'OPENSSH PRIVATE KEY') return lockOfOpenSsh(body);
    if (label === 'ENCRYPTED PRIVATE KEY') return { isLocked: true, derivation: derivationOfPkcs8(body) };
    // One round of MD5.
    return headers.has('DEK-Info') ? { isLocked: true, derivation: null } : open;
  } catch {
    throw new KeyError(unreadable);
  }
}

function lockOfOpenSsh(body: Buffer): Lock {
  const magic = 'openssh-key-v1\0';
  if (body.subarray(0, magic.length).toString('latin1') !== magic) throw new Error('not of OpenSSH');
  const wire = readWire(body.subarray(magic.length));
  wire.string();
  const [name, options] = [wire.text(), readWire(wire.string())];
  if (name === 'none') return open;
  if (name !== 'bcrypt') throw new Error('not known');
  options.string();
  return { isLocked: true, derivation: { kind: 'bcrypt', rounds: options.uint32() } };
}

function derivationOfPkcs8(body: Buffer): Derivation {
  const [algorithm] = within(readDer(body)[0]);
  const [scheme, parameters] = within(algorithm);
  // Older schemes contain a salt and an iteration count, as PBKDF2 does.
  if (idOf(scheme) !== pbes2) return { kind: 'pbkdf2', iterations: numberOf(within(parameters)[1]) };
  const [derivation] = within(parameters);
  const [name, chosen] = within(derivation);
  const values = within(chosen);
  if (idOf(name) === pbkdf2) return { kind: 'pbkdf2', iterations: numberOf(values[1]) };
  if (idOf(name) !== scrypt) throw new Error('not known');
  return { kind: 'scrypt', cost: numberOf(values[1]), block: numberOf(values[2]), parallel: numberOf(values[3]) };
}

function idOf(element: ReturnType<typeof readDer>[number] | undefined): string {
  if (element?.tag !== tags.objectId) throw new Error('an object id is missing');
  return element.bytes.toString('hex');
}
