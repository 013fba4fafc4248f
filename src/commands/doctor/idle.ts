import { existsSync, statSync } from 'node:fs';

/**
 * Whether nobody has a SQLite file in WAL mode open, and all that was written is in the file itself. Then it can be read as one
 * that does not change; any other way, SQLite leaves files beside it that belong to whoever read it.
 */
export function isIdleDatabase(path: string): boolean {
  const isEmpty = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
  return isEmpty && !existsSync(`${path}-shm`);
}
