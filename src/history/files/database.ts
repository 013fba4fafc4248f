import { closeSync, openSync, type Stats, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { storageReasonOf } from '../../model/storage.ts';
import type { HistoryTrouble } from '../../ports/history-store.ts';

/** The format of all files of history. Files of a higher one are left alone. */
export const fileFormat = 1;

/** A file was made by a newer Sonde. */
export class NewerFormatError extends Error {
  override readonly name = 'NewerFormatError';
}

/** One SQLite file that only its owner can read, in WAL mode, with checkpoints on demand. Throws what SQLite throws. */
export class DatabaseFile {
  readonly path: string;
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #opened: Stats | undefined;
  #isDirty = false;

  /**
   * Creates the file if it does not exist, unless `readOnly` is set. Every change writes at least one page of `pageBytes`.
   * Throws NewerFormatError too.
   */
  constructor(path: string, tables: string, readOnly: boolean, pageBytes = 4_096) {
    this.path = path;
    // SQLite gives the files beside it the same mode.
    if (!readOnly) closeSync(openSync(path, 'a', 0o600));
    this.#sqlite = readOnly ? openToRead(path) : new DatabaseSync(path, { timeout: 1_000 });
    try {
      const version = versionOf(this.#sqlite);
      if (version > fileFormat) throw new NewerFormatError(`${path} was made by a newer Sonde`);
      if (!readOnly) this.#prepare(version, tables, pageBytes);
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
    this.#opened = look(path);
  }

  /** Whether the file is still at its path. SQLite goes on writing to one that was removed or replaced. */
  get isThere(): boolean {
    const now = look(this.path);
    return now !== undefined && now.ino === this.#opened?.ino && now.dev === this.#opened.dev;
  }

  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#statement(sql).all(...values);
  }

  iterate(sql: string, ...values: SQLInputValue[]): IterableIterator<Record<string, unknown>> {
    return this.#statement(sql).iterate(...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...values);
  }

  /** How many rows were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    this.#isDirty = true;
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** Does all of the work or nothing. */
  transaction<Result>(work: () => Result): Result {
    this.#sqlite.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk makes SQLite roll back by itself.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  /** Makes sure that everything written is on disk, even if the machine loses power. Does nothing if nothing was written. */
  checkpoint(): void {
    if (!this.#isDirty) return;
    this.#sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#isDirty = false;
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }

  #prepare(version: number, tables: string, pageBytes: number): void {
    this.#sqlite.exec(`PRAGMA page_size=${pageBytes}`);
    this.#sqlite.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-1024',
    );
    if (version < fileFormat) this.#sqlite.exec(`BEGIN; ${tables}; PRAGMA user_version=${fileFormat}; COMMIT`);
  }

  #statement(sql: string): StatementSync {
    const found = this.#statements.get(sql) ?? this.#sqlite.prepare(sql);
    this.#statements.set(sql, found);
    return found;
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A parent folder is gone, or cannot be read.
    return undefined;
  }
}

function versionOf(sqlite: DatabaseSync): number {
  return Number(sqlite.prepare('PRAGMA user_version').get()?.user_version);
}

/**
 * Opens a file of history for reading only. On a read-only disk, SQLite cannot create the file that readers share, and must be
 * told that nobody writes. Throws what SQLite throws.
 */
export function openToRead(path: string): DatabaseSync {
  const sqlite = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
  try {
    versionOf(sqlite);
    return sqlite;
  } catch (error) {
    sqlite.close();
    if (isCorrupt(error)) throw error;
    return new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
  }
}

/** Whether the content of a file is not what SQLite wrote. Source: sqlite.org/rescode.html. */
export function isCorrupt(error: unknown): boolean {
  const code = codeOfError(error);
  return code === 11 || code === 26 || code === 24;
}

/** Why a file cannot be written or read. */
export function reasonOfError(error: unknown): HistoryTrouble['reason'] {
  if (error instanceof NewerFormatError) return 'newer';
  const system = (error as NodeJS.ErrnoException).code;
  if (system === 'ENOSPC' || system === 'EDQUOT') return 'full';
  if (system === 'EROFS' || system === 'EACCES' || system === 'EPERM') return 'read-only';
  return storageReasonOf(codeOfError(error) ?? 0) ?? 'broken';
}

/** The primary result code of SQLite; null: the error is not of SQLite. */
function codeOfError(error: unknown): number | null {
  const code = (error as { readonly errcode?: unknown }).errcode;
  return typeof code === 'number' ? code & 0xff : null;
}
