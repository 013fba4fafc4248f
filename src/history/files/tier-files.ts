import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseFile, isCorrupt, NewerFormatError } from './database.ts';
import { chunkId, dayMs, type FileTier, fileName, fileSpan, hostOf, minuteMs } from './names.ts';
import { packShape, type Shape } from './shapes.ts';

const tables = `CREATE TABLE chunk(id INTEGER PRIMARY KEY, blob BLOB NOT NULL, top BLOB);
  CREATE TABLE shape(id INTEGER PRIMARY KEY, blob BLOB NOT NULL)`;

export type Row = { readonly id: number; readonly blob: Uint8Array; readonly top: Uint8Array | null };
export type ChunkToWrite = Row & { readonly shape: Shape };
export type TierFile = { readonly name: string; readonly tier: FileTier; readonly from: number; readonly to: number };

/** A chunk rarely fills its last page, so files of small chunks are 5 to 15 % smaller with small pages, and less is written. */
const pageBytes: Readonly<Record<FileTier, number>> = { raw: 1_024, '5m': 4_096, '1h': 2_048 };
const maxOpen = 24;
/** Counting the chunks of larger files takes too long. */
const maxCountedBytes = 64 << 20;
/** How much larger a file is than its chunks: pages are not full, above all after chunks were inserted between others. */
const pagesOverhead = 1.15;
/** The most bytes that the head of a blob takes. */
const headBytes = 48;

/** Is called for files that cannot be read. */
export type OnDamage = (file: TierFile, error: unknown) => void;

/** The files of the tiers in a folder. A damaged file is set aside; the others are not affected. */
export class TierFiles {
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #onDamage: OnDamage;
  readonly #all = new Map<string, TierFile>();
  /** The least recently used first. */
  readonly #open = new Map<string, { readonly file: DatabaseFile; readonly shapes: Set<number> }>();

  constructor(folder: string, readOnly: boolean, onDamage: OnDamage) {
    this.#folder = folder;
    this.#readOnly = readOnly;
    this.#onDamage = onDamage;
    for (const name of readdirSync(folder)) {
      const span = fileSpan(name);
      if (span !== null) this.#all.set(name, { name, ...span });
    }
  }

  /** The files of a tier that overlap a span, the oldest first. */
  of(tier: FileTier, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): readonly TierFile[] {
    return [...this.#all.values()]
      .filter((file) => file.tier === tier && file.to > from && file.from < to)
      .sort((a, b) => a.from - b.from);
  }

  /** Whether the file with the samples of a UTC day exists. */
  hasDay(day: number): boolean {
    return this.#all.has(fileName('raw', day));
  }

  /** Forgets files that somebody removed, and closes those that were replaced. Returns how many are gone. */
  forgetMissing(): number {
    for (const [name, { file }] of this.#open) if (!file.isThere) this.#close(name);
    const gone = [...this.#all.keys()].filter((name) => !existsSync(join(this.#folder, name)));
    for (const name of gone) this.#all.delete(name);
    return gone.length;
  }

  /** The span of all files together; from Infinity to -Infinity if there are none. */
  get span(): { readonly from: number; readonly to: number } {
    const all = [...this.#all.values()];
    return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
  }

  /**
   * Writes chunks of one tier, in one transaction per file. Chunks that exist are kept unless `replace` is set.
   * Throws what SQLite throws.
   */
  write(tier: FileTier, chunks: readonly ChunkToWrite[], startOf: (id: number) => number, replace = false): void {
    for (const [name, own] of Map.groupBy(chunks, ({ id }) => fileName(tier, startOf(id)))) {
      const span = fileSpan(name);
      if (span === null) continue;
      const known: TierFile = { name, ...span };
      this.#all.set(name, known);
      this.#guarded(known, undefined, ({ file, shapes }) => {
        file.transaction(() => {
          for (const { id, blob, top, shape } of own) {
            if (!shapes.has(shape.id))
              file.run('INSERT OR IGNORE INTO shape(id, blob) VALUES (?, ?)', shape.id, packShape(shape));
            file.run(
              `INSERT OR ${replace ? 'REPLACE' : 'IGNORE'} INTO chunk(id, blob, top) VALUES (?, ?, ?)`,
              id,
              blob,
              top,
            );
          }
        });
        for (const { shape } of own) shapes.add(shape.id);
      });
    }
  }

  has(tier: FileTier, id: number, start: number): boolean {
    const name = fileName(tier, start);
    const known = this.#all.get(name);
    if (known === undefined) return false;
    return this.#guarded(known, false, ({ file }) => file.get('SELECT 1 FROM chunk WHERE id = ?', id) !== undefined);
  }

  /** The chunks of a host in a file that begin in a span, the oldest first. */
  rows(known: TierFile, host: number, from: number, to: number): Row[] {
    const sql = 'SELECT id, blob, top FROM chunk WHERE id >= ? AND id < ? ORDER BY id';
    return this.#select(known, sql, host, from, to) as Row[];
  }

  /** The same, but only the first bytes of each blob. */
  heads(known: TierFile, host: number, from: number, to: number): Omit<Row, 'top'>[] {
    const sql = `SELECT id, substr(blob, 1, ${headBytes}) AS blob FROM chunk WHERE id >= ? AND id < ? ORDER BY id`;
    return this.#select(known, sql, host, from, to) as Omit<Row, 'top'>[];
  }

  shape(known: TierFile, id: number): Uint8Array | undefined {
    return this.#guarded(known, undefined, ({ file }) => {
      return file.get('SELECT blob FROM shape WHERE id = ?', id)?.blob as Uint8Array | undefined;
    });
  }

  /** The hosts that have chunks in a file. Does not read the chunks. */
  hosts(known: TierFile): number[] {
    return this.#guarded(known, [] as number[], ({ file }) => {
      const found: number[] = [];
      for (let next = 0; ; ) {
        const id = file.get('SELECT id FROM chunk WHERE id >= ? ORDER BY id LIMIT 1', next)?.id;
        if (id === undefined) return found;
        found.push(hostOf(Number(id)));
        next = chunkId(hostOf(Number(id)) + 1, 0);
      }
    });
  }

  /** How much disk space a chunk takes on average, with its share of pages that are not full; null if there is none. */
  bytesPerChunk(known: TierFile): number | null {
    return this.#guarded(known, null, ({ file }) => {
      const pages = Number(file.get('PRAGMA page_count')?.page_count) * Number(file.get('PRAGMA page_size')?.page_size);
      if (pages <= maxCountedBytes) {
        const count = Number(file.get('SELECT count(*) AS count FROM chunk')?.count);
        return count === 0 ? null : pages / count;
      }
      const sql =
        'SELECT avg(length(blob) + ifnull(length(top), 0)) AS bytes FROM (SELECT blob, top FROM chunk LIMIT 200)';
      return Number(file.get(sql)?.bytes) * pagesOverhead;
    });
  }

  forget(known: TierFile, host: number): void {
    this.#guarded(known, undefined, ({ file }) => {
      file.run('DELETE FROM chunk WHERE id >= ? AND id < ?', chunkId(host, 0), chunkId(host + 1, 0));
    });
  }

  /** Its size on disk, including its write-ahead log. */
  bytes({ name }: TierFile): number {
    return sizeOf(join(this.#folder, name));
  }

  remove(known: TierFile): void {
    this.#close(known.name);
    this.#all.delete(known.name);
    removeFile(join(this.#folder, known.name));
  }

  checkpoint(): void {
    for (const { file } of this.#open.values()) file.checkpoint();
  }

  /** Closes all files, so that those that could not be written are opened again. */
  close(): void {
    for (const name of this.#open.keys()) this.#close(name);
  }

  #select(known: TierFile, sql: string, host: number, from: number, to: number): unknown[] {
    const [low, high] = [Math.max(from, known.from - dayMs), Math.min(to, known.to + dayMs)];
    if (low >= high) return [];
    return this.#guarded(known, [] as unknown[], ({ file }) =>
      // Ids are whole minutes, so what begins in the last minute of the span is included.
      file.all(sql, chunkId(host, Math.max(0, low)), chunkId(host, high + minuteMs - 1)),
    );
  }

  #guarded<Result>(
    known: TierFile,
    otherwise: Result,
    work: (open: { readonly file: DatabaseFile; readonly shapes: Set<number> }) => Result,
  ): Result {
    try {
      return work(this.#opened(known));
    } catch (error) {
      if (error instanceof NewerFormatError) this.#all.delete(known.name);
      else if (isCorrupt(error)) this.#setAside(known);
      else throw error;
      this.#onDamage(known, error);
      return otherwise;
    }
  }

  #opened({ name, tier }: TierFile): { readonly file: DatabaseFile; readonly shapes: Set<number> } {
    const found = this.#open.get(name);
    if (found !== undefined) {
      this.#open.delete(name);
      this.#open.set(name, found);
      return found;
    }
    const [oldest] = this.#open.size >= maxOpen ? this.#open.keys() : [];
    if (oldest !== undefined) this.#close(oldest);
    const opened = {
      file: new DatabaseFile(join(this.#folder, name), tables, this.#readOnly, pageBytes[tier]),
      shapes: new Set<number>(),
    };
    this.#open.set(name, opened);
    return opened;
  }

  #close(name: string): void {
    const open = this.#open.get(name);
    this.#open.delete(name);
    try {
      open?.file.close();
    } catch {
      // SQLite reads its write-ahead log when it is opened again.
    }
  }

  #setAside(known: TierFile): void {
    this.#close(known.name);
    this.#all.delete(known.name);
    if (!this.#readOnly) setAside(join(this.#folder, known.name));
  }
}

/** The size of a SQLite file on disk, including its write-ahead log. */
export function sizeOf(path: string): number {
  return ['', '-wal'].reduce((sum, end) => sum + (statSync(path + end, { throwIfNoEntry: false })?.size ?? 0), 0);
}

export function removeFile(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
}

/** Renames a file that cannot be read, so that it is not used again and a person can examine it. Never throws. */
export function setAside(path: string): void {
  try {
    for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
    renameSync(path, `${path}.damaged`);
  } catch {
    // The folder cannot be written. The file is not read again until the next start.
  }
}
