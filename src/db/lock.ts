import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseError, sentenceOf } from './errors.ts';
import { requireFiles } from './files.ts';

const waitMs = 2_000;

/**
 * Keeps other processes from using the same data folder until the returned function is called or the process ends in
 * any way: the kernel holds the lock, on an empty file. Throws {@link DatabaseError} if another process has it.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'sonde.lock');
  requireFiles(file);
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: waitMs });
    lock.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === 5)
      throw new DatabaseError(`Another Sonde is using the data folder ${dataDir}. Stop it first`);
    throw new DatabaseError(`The file ${file} cannot be used: ${sentenceOf(error)}`, { cause: error });
  }
  const held = lock;
  return () => held.close();
}
