import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { ConfigError } from '../../config/errors.ts';
import { ByteReader, type Bytes } from './byte-reader.ts';
import { magic, open } from './envelope.ts';
import {
  type BackedUp,
  beginName,
  isKnown,
  type Manifest,
  manifestName,
  maxManifestBytes,
  parseManifest,
  parseStated,
} from './manifest.ts';

export type UnpackOptions = {
  /** A backup in one file. */
  readonly backup: string;
  /** Exists and is empty: the files are written to it, with mode 0600. */
  readonly folder: string;
  /** Is asked where the backup is encrypted. */
  readonly passphrase: () => Promise<string>;
  /** Is called when a file is in `folder` and on disk, by its name; may remove it. */
  readonly onFile?: (name: string) => void;
};

/**
 * Unpacks a backup and compares every file with the manifest. Throws ConfigError for what is no whole and undamaged backup of
 * this or an older Sonde; then `folder` may contain a part of it.
 */
export async function unpack({ backup, folder, passphrase, onFile = () => {} }: UnpackOptions): Promise<Manifest> {
  const found = new Map<string, BackedUp>();
  let manifest: Manifest | null = null;
  let isBegun = false;
  for await (const { header, body } of entriesOf(backup, passphrase)) {
    const { name } = header;
    const isText = name === (isBegun ? manifestName : beginName);
    if (manifest !== null || header.type !== 'file' || (!isText && (!isBegun || !isKnown(name))))
      throw notOurs(backup, isBegun);
    if (!isText) {
      if (found.has(name)) throw new ConfigError(`The backup ${backup} has its file ${name} twice; use another one`);
      found.set(name, await write(folder, name, body, backup));
      onFile(name);
      continue;
    }
    const text = await readText(body, backup);
    if (isBegun) manifest = parseManifest(text, backup);
    else parseStated(text, backup);
    isBegun = true;
  }
  if (manifest === null) throw isBegun ? endsEarly(backup) : notOurs(backup, false);
  compare(manifest, found);
  return manifest;
}

/** Throws ConfigError unless the files are exactly those of the manifest. */
function compare({ files }: Manifest, found: ReadonlyMap<string, BackedUp>): void {
  for (const { name, size, sha256 } of files) {
    const one = found.get(name);
    if (one === undefined) throw new ConfigError(`The backup lacks its file ${name}; use another backup`);
    if (one.size !== size || one.sha256 !== sha256)
      throw new ConfigError(`The file ${name} is not as it was backed up; use another backup`);
  }
  if (found.size !== files.length)
    throw new ConfigError('The backup has files that its manifest does not list; use another backup');
}

/** The entries of the tar. What is wrong with it is a ConfigError; a file that cannot be read is what the system says. */
async function* entriesOf(backup: string, passphrase: () => Promise<string>): AsyncGenerator<ParsedTarEntry> {
  let isBegun = false;
  try {
    const tar = Readable.toWeb(Readable.from(plainOf(backup, passphrase), { objectMode: false }));
    const decoded = (tar as unknown as ReadableStream<Uint8Array>).pipeThrough(createTarDecoder({ strict: true }));
    for await (const entry of decoded) {
      yield entry;
      isBegun = true;
    }
  } catch (error) {
    throw whyDamaged(error, backup, isBegun);
  }
}

async function* plainOf(backup: string, passphrase: () => Promise<string>): AsyncGenerator<Buffer> {
  const file = createReadStream(backup, { highWaterMark: 256 * 1024 });
  const reader = new ByteReader(file);
  try {
    const first = await reader.upTo(magic.length);
    const all = joined(first, reader.rest());
    yield* first.equals(magic) ? open(all, passphrase) : all;
  } finally {
    file.destroy();
  }
}

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function readText(body: Bytes, backup: string): Promise<Buffer> {
  const reader = new ByteReader(guarded(body, backup));
  const text = await reader.upTo(maxManifestBytes + 1);
  if (text.length > maxManifestBytes) throw new ConfigError(`The backup ${backup} is damaged; use another one`);
  return text;
}

async function write(folder: string, name: string, body: Bytes, backup: string): Promise<BackedUp> {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file: FileHandle = await openFile(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const part of guarded(body, backup)) {
      hash.update(part);
      size += part.length;
      await file.writeFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { name, size, sha256: hash.digest('hex') };
}

async function* guarded(body: Bytes, backup: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw whyDamaged(error, backup, true);
  }
}

/** What the reader of a tar throws is about the tar, unless it comes from what it reads. */
function whyDamaged(error: unknown, backup: string, isBegun: boolean): unknown {
  const { name, syscall, message } = error as NodeJS.ErrnoException;
  if (name === 'ConfigError' || name === 'DatabaseError' || syscall !== undefined) return error;
  if (!isBegun) return notOurs(backup, false);
  return /truncated|unexpected end/i.test(message)
    ? endsEarly(backup)
    : new ConfigError(`The backup ${backup} is damaged: ${message}`);
}

const endsEarly = (backup: string): ConfigError =>
  new ConfigError(`The backup ${backup} ends in the middle: it was not written or copied to its end`);

const notOurs = (backup: string, isBegun: boolean): ConfigError =>
  new ConfigError(
    isBegun
      ? `The backup ${backup} is damaged; use another one`
      : `${backup} is not a backup of Sonde, or its beginning is damaged`,
  );
