import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { openToRead } from './database.ts';

/** Why a file of history is damaged, by reading every page of it; null: it is not, or was removed meanwhile because it is too old. */
export function checkHistoryFile(path: string, isIdle: boolean): string | null {
  try {
    const sqlite = isIdle
      ? new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true })
      : openToRead(path);
    try {
      const [found] = sqlite.prepare('PRAGMA integrity_check(1)').all();
      return found?.integrity_check === 'ok' ? null : String(found?.integrity_check);
    } finally {
      sqlite.close();
    }
  } catch (error) {
    return existsSync(path) ? (error as Error).message : null;
  }
}
