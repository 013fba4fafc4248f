/**
 * A backup that a passphrase protects: a header, and then the backup in pieces, each of which AES-256-GCM encrypts and
 * authenticates. The format is described in docs/backup-format.md.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { ConfigError } from '../../config/errors.ts';
import { ByteReader, type Bytes } from './byte-reader.ts';

/** What such a file begins with. */
export const magic = Buffer.from('SONDEBAK');

const format = 1;
const pieceBytes = 64 * 1024;
const tagBytes = 16;
const hashBytes = 32;
const maxHeaderBytes = 4_096;
/** The highest bit of a piece's length: it is the last one. */
const lastBit = 0x8000_0000;
/** How much work each try of a passphrase is, for scrypt. */
export type Cost = { readonly N: number; readonly r: number; readonly p: number };

/** 128 MiB, and half a second of a core. */
const usualCost: Cost = { N: 2 ** 17, r: 8, p: 1 };
/** A header that asks for more is refused: it would use up the memory of the machine. */
const most = { N: 2 ** 20, r: 16, p: 4, bytes: 2 ** 30 } as const;

type Header = {
  readonly format: number;
  readonly kdf: {
    readonly name: string;
    readonly N: number;
    readonly r: number;
    readonly p: number;
    readonly salt: string;
  };
  readonly cipher: string;
  readonly pieceBytes: number;
};

type Keys = { readonly cipher: Buffer; readonly check: Buffer };

/** Encrypts a stream with a passphrase; each piece is encrypted as it comes. */
export async function* seal(plain: Bytes, passphrase: string, cost = usualCost): AsyncGenerator<Buffer> {
  const kdf = { name: 'scrypt', ...cost, salt: randomBytes(32).toString('base64') };
  const header: Header = { format, kdf, cipher: 'aes-256-gcm', pieceBytes };
  const keys = await keysOf(passphrase, header.kdf);
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.concat([magic, lengthOf(text.length), text]);
  const hashed = Buffer.concat([start, sha256(start)]);
  yield Buffer.concat([hashed, hmac(keys.check, hashed)]);
  const reader = new ByteReader(plain);
  let piece = await reader.upTo(pieceBytes);
  for (let number = 0n; ; number += 1n) {
    const next = await reader.upTo(pieceBytes);
    const isLast = next.length === 0;
    yield sealPiece(keys.cipher, number, piece, isLast);
    if (isLast) return;
    piece = next;
  }
}

/**
 * Decrypts what {@link seal} made; what it yields was authenticated. Throws ConfigError, which tells apart a wrong passphrase,
 * a damaged file and one that ends too early.
 */
export async function* open(file: Bytes, passphrase: () => Promise<string>): AsyncGenerator<Buffer> {
  const reader = new ByteReader(file);
  const keys = await readHeader(reader, passphrase);
  for (let number = 0n; ; number += 1n) {
    const word = await exactly(reader, 4);
    const value = word.readUInt32BE();
    const isLast = value >= lastBit;
    const length = isLast ? value - lastBit : value;
    if (length > pieceBytes) throw damaged();
    const sealed = await exactly(reader, length + tagBytes);
    yield openPiece(keys.cipher, number, word, sealed);
    if (!isLast) continue;
    if ((await reader.upTo(1)).length > 0) throw damaged();
    return;
  }
}

async function readHeader(reader: ByteReader, passphrase: () => Promise<string>): Promise<Keys> {
  const first = await exactly(reader, magic.length + 4);
  const length = first.readUInt32BE(magic.length);
  if (length > maxHeaderBytes) throw damaged();
  const text = await exactly(reader, length);
  const start = Buffer.concat([first, text]);
  const hash = await exactly(reader, hashBytes);
  // Without the passphrase: so that damage is not taken for a wrong one.
  if (!hash.equals(sha256(start))) throw damaged();
  const check = await exactly(reader, hashBytes);
  const { kdf } = understood(text);
  const keys = await keysOf(await passphrase(), kdf);
  if (!timingSafeEqual(check, hmac(keys.check, Buffer.concat([start, hash]))))
    throw new ConfigError('The passphrase is wrong: it does not open this backup');
  return keys;
}

/** Throws ConfigError for a header of a newer format, or one that asks for too much work. */
function understood(text: Buffer): Header {
  let header: Header;
  try {
    // Safe: its checksum was right, and every field is checked below.
    header = JSON.parse(text.toString()) as Header;
  } catch {
    throw damaged();
  }
  const { name, N, r, p } = header.kdf ?? {};
  const isKnown =
    header.format === format &&
    name === 'scrypt' &&
    header.cipher === 'aes-256-gcm' &&
    header.pieceBytes === pieceBytes;
  if (!isKnown) throw new ConfigError('The backup was made by a newer Sonde; use that one');
  const isBounded =
    [N, r, p].every((one) => Number.isInteger(one) && one > 0) && N <= most.N && r <= most.r && p <= most.p;
  if (!isBounded || 128 * N * r > most.bytes || typeof header.kdf.salt !== 'string') throw damaged();
  return header;
}

/** The same passphrase typed on another keyboard may arrive in another form of Unicode. */
function keysOf(passphrase: string, { N, r, p, salt }: Header['kdf']): Promise<Keys> {
  return new Promise((done, reject) => {
    const options = { N, r, p, maxmem: 128 * N * r * 2 };
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 64, options, (error, bytes) => {
      if (error) reject(error);
      else done({ cipher: bytes.subarray(0, 32), check: bytes.subarray(32) });
    });
  });
}

/** Each file has keys of its own, from its salt, so that the number of a piece is used once as a nonce. */
function nonceOf(number: bigint): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(number, 4);
  return nonce;
}

/** Its length is authenticated too, and so that it is the last one. */
function sealPiece(key: Buffer, number: bigint, piece: Buffer, isLast: boolean): Buffer {
  const word = lengthOf(piece.length + (isLast ? lastBit : 0));
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number));
  cipher.setAAD(word);
  const body = cipher.update(piece);
  cipher.final();
  return Buffer.concat([word, body, cipher.getAuthTag()]);
}

function openPiece(key: Buffer, number: bigint, word: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number));
  decipher.setAAD(word);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const plain = decipher.update(sealed.subarray(0, -tagBytes));
  try {
    decipher.final();
  } catch {
    throw damaged();
  }
  return plain;
}

async function exactly(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.upTo(length);
  if (bytes.length < length)
    throw new ConfigError('The backup ends in the middle: it was not written or copied to its end');
  return bytes;
}

function lengthOf(value: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(value);
  return word;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
const hmac = (key: Buffer, bytes: Buffer): Buffer => createHmac('sha256', key).update(bytes).digest();
const damaged = (): ConfigError => new ConfigError('The backup is damaged; use another one');
