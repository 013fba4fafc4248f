import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DatabaseError, sentenceOf } from './errors.ts';
import { requireFiles } from './files.ts';

const usualWaitMs = 2_000;

/** The file whose lock shows that a process uses a data folder. */
export const lockFile = (dataDir: string): string => join(dataDir, 'sonde.lock');

/**
 * Keeps other processes from using the same data folder until the returned function is called or the process ends in
 * any way: the kernel holds the lock, on an empty file. Throws {@link DatabaseError} if another process has it.
 */
export function lockDataDir(dataDir: string, waitMs = usualWaitMs): () => void {
  const file = lockFile(dataDir);
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
