import type { TopProcesses } from '../../ports/history-store.ts';
import { ByteReader, type ByteWriter, DamagedError } from './bytes.ts';
import { Names, readTop, type TopAt, writeTop } from './top.ts';

/**
 * A record is one sample of a host as it is in the journal and in memory: a byte of flags, the time, and for each series of
 * the shape that has a value, the difference from its previous code.
 */
const flags = { first: 1, shape: 2, presence: 4, top: 8, end: 16 } as const;

/** More series than a host can have. */
const maxSeries = 4_096;
/** A limit on records × series, far above what an hour contains. */
const maxCodes = 1 << 22;

/** Writes the records of one chunk in order. */
export class RecordWriter {
  #at = 0;
  #isFirst = true;
  #shape = -1;
  #last = new Float64Array(0);
  #names = new Names();
  readonly #slot: number;

  /** `slot` tells which chunk of its hour it is: 0 unless the clock was set back. */
  constructor(slot = 0) {
    this.#slot = slot;
  }

  /**
   * Appends a record. `shape`: its number; the one of the record before may only be followed by one that begins with the same
   * series. `codes[i]`: of its series i; NaN: none. `at` is later than that of the record before.
   */
  write(to: ByteWriter, at: number, shape: number, codes: Float64Array, top: TopProcesses | null): void {
    const count = codes.length;
    let isFull = true;
    for (let index = 0; index < count; index += 1) if (Number.isNaN(codes[index])) isFull = false;
    const isNewShape = shape !== this.#shape;
    to.byte(
      (this.#isFirst ? flags.first : 0) |
        (isNewShape ? flags.shape : 0) |
        (isFull ? 0 : flags.presence) |
        (top === null ? 0 : flags.top),
    );
    to.unsigned(at - this.#at);
    if (this.#isFirst) to.unsigned(this.#slot);
    if (isNewShape) {
      to.unsigned(shape);
      to.unsigned(count);
      this.#grow(count);
    }
    if (!isFull) writePresence(to, codes);
    const last = this.#last;
    for (let index = 0; index < count; index += 1) {
      const code = codes[index] ?? Number.NaN;
      if (Number.isNaN(code)) continue;
      to.signed(code - (last[index] ?? 0));
      last[index] = code;
    }
    if (top !== null) writeTop(to, this.#names, top);
    this.#at = at;
    this.#shape = shape;
    this.#isFirst = false;
  }

  /** Continues after records that were read. */
  static after(records: Records): RecordWriter {
    const writer = new RecordWriter();
    writer.#isFirst = records.times.length === 0;
    writer.#at = records.times.at(-1) ?? 0;
    writer.#shape = records.shape;
    writer.#last = Float64Array.from(records.columns, (column) => column.findLast((code) => !Number.isNaN(code)) ?? 0);
    writer.#names = records.names;
    return writer;
  }

  #grow(count: number): void {
    const last = new Float64Array(count);
    last.set(this.#last.subarray(0, count));
    this.#last = last;
  }
}

/** The decoded records of a chunk: the last shape, and for each of its series one code per time, or NaN if there is none. */
export type Records = {
  readonly shape: number;
  readonly times: number[];
  readonly columns: number[][];
  readonly tops: TopAt[];
  readonly names: Names;
};

/** If a record begins a chunk: when the chunk begins, and which of its hour it is. Otherwise null. Throws DamagedError. */
export function beginningOf(record: Uint8Array): { readonly first: number; readonly slot: number } | null {
  const from = new ByteReader(record);
  if ((from.byte() & flags.first) === 0) return null;
  return { first: from.unsigned(), slot: from.unsigned() };
}

/** Written instead of a record when the host was deleted: everything before it is void. */
export const endRecord = Uint8Array.of(flags.end);

export function isEnd(record: Uint8Array): boolean {
  return ((record[0] ?? 0) & flags.end) !== 0;
}

/** Reads all records, starting with one that begins a chunk. Throws DamagedError. */
export function readRecords(from: ByteReader): Records {
  const names = new Names();
  const [times, columns, tops]: [number[], number[][], TopAt[]] = [[], [], []];
  const last: number[] = [];
  let [shape, at] = [-1, 0];
  while (!from.isAtEnd) {
    const flag = from.byte();
    at += from.unsigned();
    if ((flag & flags.first) !== 0) from.unsigned();
    if ((flag & flags.shape) !== 0) {
      shape = from.unsigned();
      const count = from.unsigned();
      if (count > maxSeries) throw new DamagedError('A shape has too many series');
      while (columns.length < count) columns.push(times.map(() => Number.NaN));
      while (last.length < count) last.push(0);
    }
    if (columns.length * times.length > maxCodes) throw new DamagedError('A chunk has too many records');
    const present = (flag & flags.presence) === 0 ? null : from.take(Math.ceil(columns.length / 8));
    for (let index = 0; index < columns.length; index += 1) {
      const has = present === null || (((present[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
      if (has) last[index] = (last[index] ?? 0) + from.signed();
      columns[index]?.push(has ? (last[index] ?? 0) : Number.NaN);
    }
    times.push(at);
    if ((flag & flags.top) !== 0) tops.push({ at, ...readTop(from, names) });
  }
  return { shape, times, columns, tops, names };
}

/** One bit per code: whether it has a value. */
export function writePresence(to: ByteWriter, codes: ArrayLike<number>): void {
  for (let index = 0; index < codes.length; index += 8) {
    let bits = 0;
    for (let bit = 0; bit < 8 && index + bit < codes.length; bit += 1)
      if (!Number.isNaN(codes[index + bit])) bits |= 1 << bit;
    to.byte(bits);
  }
}
