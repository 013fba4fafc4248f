import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

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
  try {
    if (!existsSync(file)) writeSecret(file);
  } catch (error) {
    throw new ConfigError(`The file ${file} cannot be made: ${(error as Error).message}`);
  }
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new ConfigError(`The file ${file} does not hold a key of 32 bytes in hex`);
  return Buffer.from(text, 'hex');
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
}
