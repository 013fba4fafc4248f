import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

/** Makes the data folder, for its owner only. Throws {@link ConfigError} when that cannot be. */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(`The data folder ${dataDir} cannot be made: ${(error as Error).message}`);
  }
}

/**
 * The 32 bytes of a secret file (hex, mode 0600), made at first start and on disk before it is used.
 * Throws {@link ConfigError} when the file is there but holds no such key: a key is never replaced.
 */
export function readOrMakeSecret(dataDir: string, name: string): Buffer {
  const file = join(dataDir, name);
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    const secret = randomBytes(32);
    writeSync(descriptor, `${secret.toString('hex')}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new ConfigError(`The file ${file} cannot be made: ${(error as Error).message}`);
    }
  }
  const text = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new ConfigError(`The file ${file} does not hold a key of 32 bytes in hex`);
  return Buffer.from(text, 'hex');
}
