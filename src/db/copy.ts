import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { DatabaseError, sentenceOf } from './errors.ts';
import { requireFiles } from './files.ts';

const waitMs = 10_000;

/**
 * Copies a database, as it is at one moment, into a new file of mode 0600 that is on disk afterwards. Others may write to
 * the database meanwhile; it is not changed. Throws {@link DatabaseError}, whose cause is what SQLite threw.
 */
export function copyDatabase(from: string, to: string): void {
  requireFiles(from);
  // SQLite fills an empty file, and would make one that others may read.
  closeSync(openSync(to, 'wx', 0o600));
  try {
    const sqlite = openToRead(from);
    try {
      sqlite.prepare('VACUUM INTO ?').run(to);
    } finally {
      sqlite.close();
    }
  } catch (error) {
    throw new DatabaseError(`The database ${from} cannot be copied: ${sentenceOf(error)}`, { cause: error });
  }
  const descriptor = openSync(to, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** The version of a database that nobody has open. Throws {@link DatabaseError} if any part of it is damaged. */
export function checkDatabase(file: string): number {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(`${pathToFileURL(file).href}?immutable=1`, { readOnly: true });
    const [found] = sqlite.prepare('PRAGMA integrity_check(1)').all();
    if (found?.integrity_check !== 'ok') throw new Error(String(found?.integrity_check));
    return Number(sqlite.prepare('PRAGMA user_version').get()?.user_version);
  } catch (error) {
    throw new DatabaseError(`The database ${file} is damaged: ${sentenceOf(error)}`, { cause: error });
  } finally {
    sqlite?.close();
  }
}

/** A database to read from, while others may write to it. Throws what SQLite throws. */
export function openToRead(file: string): DatabaseSync {
  const sqlite = new DatabaseSync(file, { readOnly: true, timeout: waitMs });
  try {
    sqlite.prepare('PRAGMA user_version').get();
    return sqlite;
  } catch (error) {
    sqlite.close();
    const code = (error as { readonly errcode?: number }).errcode ?? 0;
    // A folder that cannot be written, so nobody writes there: SQLite could not make what readers share.
    if (![8, 14].includes(code & 0xff)) throw error;
    return new DatabaseSync(`${pathToFileURL(file).href}?immutable=1`, { readOnly: true });
  }
}
