import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Algorithm, hashRawSync } from '@node-rs/argon2';
import { readWire, sshString } from '../../lib/ssh/wire.ts';
import type { Derivation } from './costs.ts';
import { KeyError } from './key-error.ts';
import { writeOpenSsh } from './openssh-key.ts';

/** The library's numbers for these; their names no longer exist at run time. */
const algorithms: Readonly<Record<string, Algorithm>> = { Argon2d: 0, Argon2i: 1, Argon2id: 2 };

type Parsed = {
  readonly version: string;
  readonly type: string;
  readonly encryption: string;
  readonly comment: string;
  readonly publicBlob: Buffer;
  readonly privateBlob: Buffer;
  readonly mac: Buffer;
  readonly fields: ReadonlyMap<string, string>;
};

type Keys = {
  readonly cipherKey: Buffer;
  readonly iv: Buffer;
  readonly macKey: Buffer;
  readonly hash: 'sha1' | 'sha256';
};

/** Whether a text is a PuTTY key of version 2 or 3 (since PuTTY 0.75). */
export function isPuttyKey(text: string): boolean {
  return /^\s*PuTTY-User-Key-File-[23]:/.test(text);
}

/**
 * A PuTTY key in OpenSSH's format, without a passphrase. Check the cost of its derivation first. Throws KeyError.
 * Source: PuTTY's manual, appendix C (PPK); OpenSSH's PROTOCOL.key.
 */
export function puttyToOpenSsh(text: string, passphrase: string | null): string {
  const key = parse(text);
  if (key.encryption !== 'none' && !passphrase)
    throw new KeyError('The private key is encrypted; its passphrase is needed');
  const { cipherKey, iv, macKey, hash } = keysOf(key, passphrase ?? '');
  const plain = key.encryption === 'none' ? key.privateBlob : decrypt(key.privateBlob, cipherKey, iv);
  const covered = [key.type, key.encryption, key.comment, key.publicBlob, plain].map(sshString);
  const mac = createHmac(hash, macKey).update(Buffer.concat(covered)).digest();
  if (mac.length !== key.mac.length || !timingSafeEqual(mac, key.mac)) {
    throw new KeyError(key.encryption === 'none' ? damaged : 'The passphrase does not open the private key');
  }
  return writeOpenSsh(key.type, key.publicBlob, privateParts(key.type, key.publicBlob, plain), key.comment);
}

/** The work of opening a PuTTY key; null if it is negligible. Throws KeyError if it cannot be determined. */
export function puttyDerivation(text: string): { readonly isLocked: boolean; readonly derivation: Derivation | null } {
  const { version, encryption, fields } = parse(text);
  if (encryption === 'none' || version === '2') return { isLocked: encryption !== 'none', derivation: null };
  return { isLocked: true, derivation: { kind: 'argon2', ...argon2Of(fields) } };
}

function argon2Of(fields: ReadonlyMap<string, string>) {
  const [memoryKiB = 0, passes = 0, lanes = 0] = ['Memory', 'Passes', 'Parallelism'].map((name) => {
    const digits = fields.get(`Argon2-${name}`) ?? '';
    if (!/^\d{1,15}$/.test(digits)) throw new KeyError(unknown);
    return Number(digits);
  });
  return { memoryKiB, passes, lanes };
}

const damaged = 'The PuTTY key is damaged';
const unknown = 'The PuTTY key is encrypted in an unknown way';

function parse(text: string): Parsed {
  const lines = text.trim().split(/\r?\n/);
  const fields = new Map<string, string>();
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < lines.length; at += 1) {
    const [, name = '', value = ''] = /^([A-Za-z0-9-]+): (.*)$/.exec(lines[at] ?? '') ?? [];
    if (name === '') throw new KeyError(damaged);
    fields.set(name, value);
    if (!name.endsWith('-Lines')) continue;
    if (!/^\d{1,3}$/.test(value)) throw new KeyError(damaged);
    const count = Number(value);
    blobs.set(name, Buffer.from(lines.slice(at + 1, at + 1 + count).join(''), 'base64'));
    at += count;
  }
  const encryption = fields.get('Encryption') ?? '';
  if (encryption !== 'none' && encryption !== 'aes256-cbc') throw new KeyError(unknown);
  const version = fields.has('PuTTY-User-Key-File-3') ? '3' : '2';
  return {
    version,
    type: fields.get(`PuTTY-User-Key-File-${version}`) ?? '',
    encryption,
    comment: fields.get('Comment') ?? '',
    publicBlob: blobs.get('Public-Lines') ?? Buffer.alloc(0),
    privateBlob: blobs.get('Private-Lines') ?? Buffer.alloc(0),
    mac: Buffer.from(fields.get('Private-MAC') ?? '', 'hex'),
    fields,
  };
}

function keysOf({ version, encryption, fields }: Parsed, passphrase: string): Keys {
  const none = Buffer.alloc(0);
  if (version === '2') {
    const secret = encryption === 'none' ? '' : passphrase;
    const sha1 = (...parts: (string | Buffer)[]) =>
      createHash('sha1')
        .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
        .digest();
    const cipherKey = Buffer.concat([0, 1].map((count) => sha1(Buffer.from([0, 0, 0, count]), secret))).subarray(0, 32);
    return { cipherKey, iv: Buffer.alloc(16), macKey: sha1('putty-private-key-file-mac-key', secret), hash: 'sha1' };
  }
  if (encryption === 'none') return { cipherKey: none, iv: none, macKey: none, hash: 'sha256' };
  const algorithm = algorithms[fields.get('Key-Derivation') ?? ''];
  if (algorithm === undefined) throw new KeyError(unknown);
  const { memoryKiB: memoryCost, passes: timeCost, lanes: parallelism } = argon2Of(fields);
  const salt = Buffer.from(fields.get('Argon2-Salt') ?? '', 'hex');
  const made = hashRawSync(passphrase, { algorithm, memoryCost, timeCost, parallelism, salt, outputLen: 80 });
  return { cipherKey: made.subarray(0, 32), iv: made.subarray(32, 48), macKey: made.subarray(48), hash: 'sha256' };
}

function decrypt(encrypted: Buffer, key: Buffer, iv: Buffer): Buffer {
  if (encrypted.length % 16 !== 0) throw new KeyError(damaged);
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

/** The strings of a blob, without the padding at its end. */
function stringsOf(blob: Buffer, count: number): Buffer[] {
  const wire = readWire(blob);
  try {
    return Array.from({ length: count }, () => wire.string());
  } catch {
    throw new KeyError(damaged);
  }
}

/** What follows the type in OpenSSH's private part; PuTTY stores the same numbers in another order. */
function privateParts(type: string, publicBlob: Buffer, plain: Buffer): Buffer[] {
  if (type === 'ssh-rsa') {
    const [, e, n] = stringsOf(publicBlob, 3) as [Buffer, Buffer, Buffer];
    const [d, p, q, inverse] = stringsOf(plain, 4) as [Buffer, Buffer, Buffer, Buffer];
    return [n, e, d, inverse, p, q];
  }
  if (type === 'ssh-ed25519') {
    const [, point] = stringsOf(publicBlob, 2) as [Buffer, Buffer];
    const [seed] = stringsOf(plain, 1) as [Buffer];
    return [point, Buffer.concat([seed, point])];
  }
  if (type.startsWith('ecdsa-sha2-')) {
    const [, curve, point] = stringsOf(publicBlob, 3) as [Buffer, Buffer, Buffer];
    return [curve, point, ...stringsOf(plain, 1)];
  }
  throw new KeyError(`A PuTTY key of type ${type.slice(0, 40)} cannot be used; make an Ed25519 key`);
}
