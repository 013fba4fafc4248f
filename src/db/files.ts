import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { DatabaseError } from './errors.ts';

/** What SQLite keeps beside a database in WAL mode; without it the newest writes are lost. */
const besides = ['', '-wal', '-shm'];

/**
 * Checks that what exists at the paths of a database's files can be a database. SQLite would wait forever for a pipe,
 * and reports the others as "unable to open". Throws {@link DatabaseError} with one sentence.
 */
export function requireFiles(file: string): void {
  for (const name of besides.map((suffix) => `${file}${suffix}`)) {
    const kind = kindOf(name);
    if (kind !== null)
      throw new DatabaseError(`${name} must be a file and is ${kind}. Move it away, and start Sonde again`);
  }
}

/** What exists there instead of a file; null: a file, or nothing. */
function kindOf(name: string): string | null {
  const own = lstatSync(name, { throwIfNoEntry: false });
  if (own === undefined) return null;
  const found = own.isSymbolicLink() ? statSync(name, { throwIfNoEntry: false }) : own;
  if (found === undefined) return 'a link to nothing';
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a named pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/**
 * Notices when the files of an open database are no longer those at their paths because they were removed, moved or
 * replaced; SQLite keeps writing to files that nobody will find again. `isThere` takes a few microseconds.
 */
export class OpenFiles {
  readonly #opened: readonly { readonly name: string; first: Stats | undefined }[];

  /** `file` was just opened. */
  constructor(file: string) {
    const real = realpathSync(file);
    this.#opened = [file, `${real}-wal`, `${real}-shm`].map((name) => ({ name, first: look(name) }));
  }

  /** Whether all are where they were. SQLite creates the two others at the first use and removes them at the end. */
  isThere(): boolean {
    return this.#opened.every((one) => {
      const now = look(one.name);
      one.first ??= now;
      return one.first === undefined || isSame(one.first, now);
    });
  }
}

function isSame(first: Stats, now: Stats | undefined): boolean {
  return now?.ino === first.ino && now.dev === first.dev;
}

function look(name: string): Stats | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false });
  } catch {
    // A parent folder is gone, or cannot be read.
    return undefined;
  }
}
