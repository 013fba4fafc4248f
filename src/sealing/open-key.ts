import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config/errors.ts';
import { type KeySource, readKey } from '../config/sealing-key.ts';
import { makeSecret, readKeyFile, readOrMakeSecret, syncPath } from '../config/secrets.ts';
import type { Database } from '../db/schema.ts';
import { createSealer, keyId, type Sealer } from '../lib/seal.ts';
import { type Evidence, judgeKey, keepCheck, readEvidence } from './verify.ts';

/** The key that the secrets of a data folder are sealed with. */
export type SealingKey = {
  readonly sealer: Sealer;
  /** Stores, in a database that has none yet, the value by which later starts recognise this key. */
  readonly keepCheck: (db: Database) => Promise<void>;
};

/** The file in the data folder that contains the key if no other source is set. */
export function keyFile(dataDir: string): string {
  return join(dataDir, 'sealing.key');
}

/** Where a rotation keeps the new key for {@link keyFile} until everything is sealed with it. */
function nextKeyFile(dataDir: string): string {
  return join(dataDir, 'sealing.key.new');
}

/** Replaces the old key with the new one, atomically. */
function adoptNextKey(dataDir: string): void {
  renameSync(nextKeyFile(dataDir), keyFile(dataDir));
  syncPath(dataDir);
}

/**
 * The key that a database was sealed with, verified before anything is written or migrated. A new one is only created
 * for a database without secrets. Finishes a rotation that was interrupted after its last write. Throws ConfigError for
 * a wrong key, and then has changed nothing.
 */
export function openSealingKey(dataDir: string, source: KeySource): SealingKey {
  const key = verifiedKey(dataDir, source);
  return { sealer: createSealer(key), keepCheck: (db) => keepCheck(db, key) };
}

function verifiedKey(dataDir: string, source: KeySource): Buffer {
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

/** A change of the sealing key. */
export type Rotation = {
  readonly old: Buffer;
  readonly next: Buffer;
  /** Where the new key comes from. */
  readonly source: KeySource;
  /**
   * Whether everything is sealed with the new key already, because an earlier run was interrupted after its last write.
   */
  readonly isDone: boolean;
  /** Call it when everything is sealed with the new key: a new key in the data folder then replaces the old one. */
  readonly finish: () => void;
};

/**
 * The keys before and after a rotation, both verified: the old one comes from `source`, the new one from the source
 * that `chooseNext` returns; it is called once the old key is known. A new key in a file or in the data folder is
 * created if it does not exist. Throws ConfigError, and then has changed nothing.
 */
export function openRotation(dataDir: string, source: KeySource, chooseNext: () => KeySource): Rotation {
  const evidence = readEvidence(dataDir);
  const old = source.from === 'data-folder' ? readKeyFile(keyFile(dataDir)) : readKey(source);
  const isOld = judgeKey(evidence, old) !== 'wrong';
  const wrongOld = (): ConfigError => new ConfigError(wrongKey(old, evidence, 'the old key that was given'));
  const chosen = chooseNext();
  const file = chosen.from === 'file' ? chosen.file : chosen.from === 'data-folder' ? nextKeyFile(dataDir) : null;
  if (file !== null && isOld) makeSecret(file);
  if (file !== null && !existsSync(file)) throw wrongOld();
  const next = chosen.from === 'data-folder' ? readKeyFile(nextKeyFile(dataDir)) : readKey(chosen);
  if (isOld && next.equals(old)) throw new ConfigError('The new key is already in use');
  if (!isOld && judgeKey(evidence, next) === 'wrong') throw wrongOld();
  return {
    old,
    next,
    source: chosen,
    isDone: !isOld,
    finish: () => {
      if (chosen.from === 'data-folder') adoptNextKey(dataDir);
    },
  };
}

/** One sentence: which key it is, and which it is not. */
function wrongKey(key: Buffer, evidence: Evidence, what: string): string {
  const of = evidence.keyId === null ? 'another sealing key' : `the sealing key ${evidence.keyId}`;
  return `The secrets of the database are sealed with ${of}, not with ${what} (${keyId(key)}); nothing was changed`;
}
