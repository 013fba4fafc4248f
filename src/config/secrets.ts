import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './errors.ts';
import { giveToOwnerOf } from './owner.ts';

const maxKeyBytes = 4096;
const pipeMs = 5_000;

/** Creates the data folder, for its owner only. Throws {@link ConfigError} if that fails. */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(
      `The data folder ${dataDir} cannot be created. Check SONDE_DATA_DIR: ${(error as Error).message}`,
    );
  }
}

/**
 * The 32 bytes of a secret file (hex, mode 0600), created at the first start and on disk before it is used. Throws
 * {@link ConfigError} if the file exists but contains no such key: a key is never replaced.
 */
export function readOrMakeSecret(dataDir: string, name: string): Buffer {
  const file = join(dataDir, name);
  makeSecret(file);
  return readKeyFile(file);
}

/** The 32 bytes that a file contains in hex or base64. Throws a {@link ConfigError} that names the file. */
export function readKeyFile(file: string): Buffer {
  let text: string;
  try {
    text = readSmallFile(file, maxKeyBytes).toString('utf8');
  } catch (error) {
    throw new ConfigError(`The key file ${file} cannot be read: ${(error as Error).message}`);
  }
  if (text === '')
    throw new ConfigError(
      `The key file ${file} is empty, perhaps because the disk was full. Restore it from a backup. If Sonde has never run with it, delete it, and Sonde creates a new one`,
    );
  const key = bytesOf(text.trim());
  if (key?.length !== 32) throw new ConfigError(`The file ${file} does not contain a key of 32 bytes in hex or base64`);
  return key;
}

/** The bytes of a text in hex or base64; null if it is neither. */
export function bytesOf(text: string): Buffer | null {
  if (/^[0-9a-f]+$/i.test(text) && text.length % 2 === 0) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

/**
 * The first `maxBytes` of a file: a wrong path may name a device that never ends. Waits for a named pipe, at most five
 * seconds. Throws Error.
 */
export function readSmallFile(file: string, maxBytes: number): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isPipe = fstatSync(descriptor).isFIFO();
    const until = performance.now() + pipeMs;
    const buffer = Buffer.alloc(maxBytes);
    let length = 0;
    while (length < maxBytes) {
      const read = readSome(descriptor, buffer, length);
      if (read !== null) length += read;
      // A pipe has no end until somebody has written to it.
      if (read === 0 && (!isPipe || length > 0)) break;
      if (read === null || read === 0) {
        if (performance.now() > until)
          throw new Error(`nothing was written to this pipe within ${pipeMs / 1000} seconds`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** How many bytes came; null: none yet. */
function readSome(descriptor: number, buffer: Buffer, at: number): number | null {
  try {
    return readSync(descriptor, buffer, at, buffer.length - at, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

/** Creates a file with a new key of 32 bytes if there is none. Throws {@link ConfigError} if it cannot be created. */
export function makeSecret(file: string): void {
  try {
    if (!existsSync(file)) writeSecret(file);
  } catch (error) {
    throw new ConfigError(`The file ${file} cannot be created: ${(error as Error).message}`);
  }
}

/** Flushes a file, or the names of the files in a folder, to disk before anything relies on it. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** All or nothing, even if the process is killed; two that start at the same time agree on one key. */
function writeSecret(file: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true });
    giveToOwnerOf(dirname(file), draft);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncPath(dirname(file));
}
