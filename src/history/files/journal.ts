import { ByteReader, ByteWriter, DamagedError } from '../codec/bytes.ts';
import { packBytes, unpackBytes } from '../codec/seal.ts';
import { DatabaseFile, isCorrupt } from './database.ts';
import { packShape, type Shape } from './shapes.ts';
import { setAside } from './tier-files.ts';

const journalTables = `CREATE TABLE journal(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, blob BLOB NOT NULL);
  CREATE TABLE shape(id INTEGER PRIMARY KEY, blob BLOB NOT NULL);
  CREATE TABLE absence(id INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, why TEXT NOT NULL, host INTEGER);
  CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`;

/** `host` is null if it concerns all hosts. */
export type Absence = {
  readonly from: number;
  readonly to: number;
  readonly why: string;
  readonly host: number | null;
};
/** Bytes that continue those of the host in earlier rows. Null if a row cannot be read: later rows do not continue anything. */
export type Entry = {
  readonly row: number;
  readonly at: number;
  readonly host: number;
  readonly bytes: Uint8Array;
} | null;

/** Small, because a few hosts write only some hundred bytes every ten seconds. */
const pageBytes = 1_024;
const deflateLevel = 1;
/** Rows are written before they exceed this size. */
export const maxRowBytes = 256 * 1024;
const maxAbsences = 10_000;

/** Records that are not in a chunk yet, in the order in which they came. Each row continues what its hosts had in earlier rows. */
export class Journal {
  readonly #file: DatabaseFile;
  #pending = new ByteWriter(4_096);
  #shapes = new Map<number, Shape>();
  readonly #savedShapes = new Set<number>();
  #nextRow: number;
  /** When the oldest bytes that are not written yet were added; null if everything is written. */
  pendingSince: number | null = null;

  constructor(file: DatabaseFile) {
    this.#file = file;
    this.#nextRow = Number(file.get('SELECT max(id) AS id FROM journal')?.id ?? 0) + 1;
    for (const { id } of file.all('SELECT id FROM shape')) this.#savedShapes.add(Number(id));
  }

  /** The number of the row that will contain what is added now. */
  get nextRow(): number {
    return this.#nextRow;
  }

  get pendingBytes(): number {
    return this.#pending.length;
  }

  add(host: number, bytes: Uint8Array, now: number): void {
    this.#pending.unsigned(host);
    this.#pending.unsigned(bytes.length);
    this.#pending.append(bytes);
    this.pendingSince ??= now;
  }

  /** Adds a shape that records refer to. It is written together with them. */
  need(shape: Shape): void {
    if (!this.#savedShapes.has(shape.id)) this.#shapes.set(shape.id, shape);
  }

  /** Writes what was added. Throws what SQLite throws; then nothing has changed. */
  flush(now: number): void {
    if (this.#pending.length === 0) return;
    const blob = packBytes(this.#pending.bytes, deflateLevel);
    this.#file.transaction(() => {
      for (const shape of this.#shapes.values())
        this.#file.run('INSERT OR IGNORE INTO shape(id, blob) VALUES (?, ?)', shape.id, packShape(shape));
      this.#file.run('INSERT INTO journal(id, at, blob) VALUES (?, ?, ?)', this.#nextRow, now, blob);
    });
    for (const id of this.#shapes.keys()) this.#savedShapes.add(id);
    this.#shapes.clear();
    this.clearPending();
    this.#nextRow += 1;
  }

  /** Drops what could not be written. What is added next must begin a new chunk. */
  clearPending(): void {
    this.#pending = new ByteWriter(Math.min(this.#pending.capacity, maxRowBytes));
    this.pendingSince = null;
  }

  *entries(): Generator<Entry> {
    for (const { id, at, blob } of this.#file.iterate('SELECT id, at, blob FROM journal ORDER BY id')) {
      try {
        const from = new ByteReader(unpackBytes(blob as Uint8Array));
        while (!from.isAtEnd) {
          const host = from.unsigned();
          yield { row: Number(id), at: Number(at), host, bytes: from.take(from.unsigned()) };
        }
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        yield null;
      }
    }
  }

  shape(id: number): Uint8Array | undefined {
    return this.#file.get('SELECT blob FROM shape WHERE id = ?', id)?.blob as Uint8Array | undefined;
  }

  /** Removes the rows before this one. The newest row always remains, because it tells when Sonde last ran. */
  trim(before: number): void {
    const { first, last } = this.#file.get('SELECT min(id) AS first, max(id) AS last FROM journal') ?? {};
    const end = Math.min(before, Number(last ?? 0));
    if (first !== null && Number(first) < end) this.#file.run('DELETE FROM journal WHERE id < ?', end);
  }

  /** Removes all other shapes. */
  keepShapes(ids: ReadonlySet<number>): void {
    for (const id of this.#savedShapes) {
      if (ids.has(id)) continue;
      this.#file.run('DELETE FROM shape WHERE id = ?', id);
      this.#savedShapes.delete(id);
    }
  }

  /** When the last row was written, ms since the epoch; null if there is none. */
  lastAt(): number | null {
    const at = this.#file.get('SELECT at FROM journal ORDER BY id DESC LIMIT 1')?.at;
    return at === undefined ? null : Number(at);
  }

  absences(): readonly Absence[] {
    return this.#file
      .all('SELECT first, last, why, host FROM absence ORDER BY id')
      .map(({ first, last, why, host }) => ({
        from: Number(first),
        to: Number(last),
        why: String(why),
        host: host === null ? null : Number(host),
      }));
  }

  addAbsence({ from, to, why, host }: Absence): void {
    this.#file.run('INSERT INTO absence(first, last, why, host) VALUES (?, ?, ?, ?)', from, to, why, host);
    this.#file.run('DELETE FROM absence WHERE id <= (SELECT max(id) FROM absence) - ?', maxAbsences);
  }

  meta(name: string): string | null {
    return (this.#file.get('SELECT value FROM meta WHERE name = ?', name)?.value as string | undefined) ?? null;
  }

  /** A number that was noted, such as a time in ms since the epoch; 0 if there is none or it is damaged. */
  metaNumber(name: string): number {
    const number = Number(this.meta(name) ?? 0);
    return Number.isSafeInteger(number) && number > 0 ? number : 0;
  }

  setMeta(name: string, value: string): void {
    if (this.meta(name) === value) return;
    this.#file.run('INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)', name, value);
  }

  checkpoint(): void {
    this.#file.checkpoint();
  }

  close(): void {
    this.#file.close();
  }
}

/** Opens the journal. If it cannot be read, it is set aside and a new one is made. Throws what SQLite throws otherwise. */
export function openJournal(path: string, onDamage: (error: unknown) => void): DatabaseFile {
  try {
    const file = new DatabaseFile(path, journalTables, false, pageBytes);
    addHosts(file);
    return file;
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    onDamage(error);
    setAside(path);
    return new DatabaseFile(path, journalTables, false, pageBytes);
  }
}

/** Journals of early versions do not say which host an absence concerns. */
function addHosts(file: DatabaseFile): void {
  const columns = file.all('SELECT name FROM pragma_table_info(?)', 'absence');
  if (!columns.some(({ name }) => name === 'host')) file.run('ALTER TABLE absence ADD COLUMN host INTEGER');
}
