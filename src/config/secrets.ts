import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './errors.ts';

/** Makes the data folder, for its owner only. Throws {@link ConfigError} when that cannot be. */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(
      `The data folder ${dataDir} cannot be made, check SONDE_DATA_DIR: ${(error as Error).message}`,
    );
  }
}

/**
 * The 32 bytes of a secret file (hex, mode 0600), made at first start and on disk before it is used.
 * Throws {@link ConfigError} when the file is there but holds no such key: a key is never replaced.
 */
export function readOrMakeSecret(dataDir: string, name: string): Buffer {
  const file = join(dataDir, name);
  makeSecret(file);
  return readKeyFile(file);
}

/** The 32 bytes that a file holds in hex or base64. Throws {@link ConfigError} naming the file. */
export function readKeyFile(file: string): Buffer {
  let text: string;
  try {
    text = readStart(file);
  } catch (error) {
    throw new ConfigError(`The sealing key cannot be read: ${(error as Error).message}`);
  }
  const key = bytesOf(text.trim());
  if (key?.length !== 32) throw new ConfigError(`The file ${file} does not hold a key of 32 bytes in hex or base64`);
  return key;
}

/** The bytes of a text in hex or base64; null when it is neither. */
export function bytesOf(text: string): Buffer | null {
  if (/^[0-9a-f]+$/i.test(text) && text.length % 2 === 0) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

/** No more than a key needs: a wrong path may name a device that never ends. */
function readStart(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(4096);
    return buffer.toString('utf8', 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a file with a new key of 32 bytes where there is none. Throws {@link ConfigError} when it cannot be made. */
export function makeSecret(file: string): void {
  try {
    if (!existsSync(file)) writeSecret(file);
  } catch (error) {
    throw new ConfigError(`The file ${file} cannot be made: ${(error as Error).message}`);
  }
}

/** On disk, the name of a file too, before it is relied on. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** All of it or nothing, whenever the process is killed; two that start at once agree on one. */
function writeSecret(file: string): void {
  const draft = `${file}.${process.pid}`;
  const descriptor = openSync(draft, 'w', 0o600);
  writeSync(descriptor, `${randomBytes(32).toString('hex')}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(dirname(file));
}
