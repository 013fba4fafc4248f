import { createPrivateKey } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { readWire, sshString } from '../../lib/ssh/wire.ts';
import type { OpenedKey } from '../../model/connection/private-key.ts';
import { type Armour, readArmour, writeArmour } from './armour.ts';
import { whyTooLong, whyTooMuch } from './costs.ts';
import { type Lock, readLock } from './derivation.ts';
import { KeyError, unreadable } from './key-error.ts';
import { writeOpenSsh } from './openssh-key.ts';
import { isPuttyKey, puttyDerivation, puttyToOpenSsh } from './putty.ts';

/** Longer than any key. */
const maxLength = 65_536;

/** A key before it is opened: where it is in its file, and the work of opening it. */
export type ClosedKey = Lock & ({ readonly armour: Armour } | { readonly putty: string });

/** Examines a private key without opening it. Throws KeyError for one that cannot be used or takes too much work. */
export function inspectKey(key: string): ClosedKey {
  const text = key.trim().replaceAll('\r\n', '\n');
  if (text === '') throw new KeyError('The private key is empty');
  if (text.length > maxLength) throw new KeyError('This is too long for a private key');
  if (/^(ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC|-----BEGIN [A-Z ]*PUBLIC KEY-)/.test(text))
    throw new KeyError('This is a public key; the private key is needed');
  const closed = isPuttyKey(text) ? { ...puttyDerivation(text), putty: text } : inspectArmour(text);
  const tooMuch = closed.derivation && whyTooMuch(closed.derivation);
  if (tooMuch !== null) throw new KeyError(tooMuch);
  return closed;
}

function inspectArmour(text: string): ClosedKey {
  const armour = readArmour(text);
  if (armour === null) throw new KeyError(unreadable);
  return { ...readLock(armour), armour };
}

/**
 * Opens a private key in OpenSSH, PEM, PKCS8 or PuTTY format (versions 2 and 3). The work is bounded but may take
 * seconds: open one with a passphrase in a thread. Never throws.
 */
export function readKey({ key, passphrase }: { readonly key: string; readonly passphrase: string | null }): OpenedKey {
  try {
    const closed = inspectKey(key);
    if (closed.isLocked && !passphrase) throw new KeyError('The private key is encrypted; its passphrase is needed');
    return opened(closed, passphrase);
  } catch (error) {
    if (error instanceof KeyError) return { ok: false, message: error.message };
    return { ok: false, message: whyNot((error as Error).message, passphrase) };
  }
}

function opened(closed: ClosedKey, passphrase: string | null): OpenedKey {
  const { text, unlocks } = readable(closed, passphrase);
  const key = parse(text, unlocks);
  if (!key.isPrivateKey()) throw new KeyError('This is a public key; the private key is needed');
  if (key.type === 'ssh-dss')
    throw new KeyError('DSA keys are not supported. Make an Ed25519 key: ssh-keygen -t ed25519');
  const wire = key.getPublicSSH();
  const reader = readWire(wire);
  if (reader.text() === 'ssh-rsa') {
    const exponent = reader.string();
    const tooLong = whyTooLong(reader.string(), exponent);
    if (tooLong !== null) throw new KeyError(tooLong);
  }
  const plain = unlocks === null ? text : withoutPassphrase(key);
  return { ok: true, type: key.type, publicKey: wire.toString('base64'), text: plain, isLocked: closed.isLocked };
}

/** The key as the SSH client reads it, and the passphrase that it still needs. */
function readable(closed: ClosedKey, passphrase: string | null) {
  if ('putty' in closed) return { text: puttyToOpenSsh(closed.putty, passphrase), unlocks: null };
  const text = writeArmour(closed.armour);
  if (!/^(ENCRYPTED )?PRIVATE KEY$/.test(closed.armour.label))
    return { text, unlocks: closed.isLocked ? passphrase : null };
  return { text: fromPkcs8(text, passphrase), unlocks: null };
}

function parse(text: string, passphrase: string | null): ParsedKey {
  const parsed = ssh2.utils.parseKey(text, passphrase ?? undefined);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw key ?? new KeyError(unreadable);
  return key;
}

/** Converts PKCS8, and any PEM that Node reads, to a format that the SSH client reads. */
function fromPkcs8(pem: string, passphrase: string | null): string {
  const key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase ? { passphrase } : {}) });
  if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }) as string;
  if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }) as string;
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyError(unsupported);
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const [point, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const publicKey = Buffer.concat([sshString('ssh-ed25519'), sshString(point)]);
  return writeOpenSsh('ssh-ed25519', publicKey, [point, Buffer.concat([seed, point])]);
}

function withoutPassphrase(key: ParsedKey): string {
  return fromPkcs8(key.getPrivatePEM(), null);
}

const unsupported = 'This kind of private key cannot be read; use OpenSSH, PEM or PuTTY format';

/** A sentence for the errors of ssh2 and Node. */
function whyNot(words: string, passphrase: string | null): string {
  if (/integrity|bad passphrase|decrypt|wrong|authenticate data/i.test(words) && passphrase)
    return 'The passphrase does not open the private key';
  if (/unsupported/i.test(words)) return unsupported;
  return passphrase ? 'The private key cannot be read, or its passphrase is wrong' : unreadable;
}
