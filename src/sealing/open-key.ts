import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/errors.ts';
import { type KeySource, readKey } from '../config/sealing-key.ts';
import { readKeyFile, readOrMakeSecret, syncFolder } from '../config/secrets.ts';
import { keyId } from '../lib/seal.ts';
import { type Evidence, judgeKey, readEvidence } from './verify.ts';

/** The file of the data folder that holds the key where no other source is set. */
export function keyFile(dataDir: string): string {
  return join(dataDir, 'sealing.key');
}

/** Where a rotation keeps the new key of {@link keyFile} until everything is sealed under it. */
export function nextKeyFile(dataDir: string): string {
  return join(dataDir, 'sealing.key.new');
}

/** Puts the new key in the place of the old one, all at once. */
export function adoptNextKey(dataDir: string): void {
  renameSync(nextKeyFile(dataDir), keyFile(dataDir));
  syncFolder(dataDir);
}

/**
 * The key that a database was sealed with, found before anything is written or migrated; a new one only for a database
 * without a secret. A rotation that was cut off after its last write is finished. Throws ConfigError for a wrong key, and
 * then has changed nothing.
 */
export function openSealingKey(dataDir: string, source: KeySource): Buffer {
  const evidence = readEvidence(dataDir);
  if (source.from !== 'data-folder') {
    const key = readKey(source);
    if (judgeKey(evidence, key) === 'wrong') throw new ConfigError(wrongKey(key, evidence, 'the one that is set'));
    return key;
  }
  const file = keyFile(dataDir);
  const next = nextKeyFile(dataDir);
  const isThere = existsSync(file);
  if (evidence.sealed.length === 0 || (isThere && judgeKey(evidence, readKeyFile(file)) === 'right'))
    return readOrMakeSecret(dataDir, 'sealing.key');
  if (existsSync(next) && judgeKey(evidence, readKeyFile(next)) === 'right') {
    adoptNextKey(dataDir);
    return readKeyFile(file);
  }
  if (isThere) throw new ConfigError(wrongKey(readKeyFile(file), evidence, `the one in ${file}`));
  throw new ConfigError(
    `The database contains secrets, but their sealing key ${file} is missing: restore it, or set the source of the key`,
  );
}

/** One sentence: which key it is, and which it is not. */
export function wrongKey(key: Buffer, evidence: Evidence, what: string): string {
  const of = evidence.keyId === null ? 'another sealing key' : `the sealing key ${evidence.keyId}`;
  return `The secrets of the database are sealed with ${of}, not with ${what} (${keyId(key)}); nothing was changed`;
}
