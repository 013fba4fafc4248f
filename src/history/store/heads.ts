import { codeOf } from '../../model/quantum.ts';
import type { TopProcesses } from '../../ports/history-store.ts';
import { ByteReader, ByteWriter } from '../codec/bytes.ts';
import { beginningOf, type Records, RecordWriter, readRecords } from '../codec/record.ts';
import { chunkId, dayMs, hourMs, hourOf } from '../files/names.ts';
import { type Series, type Shape, type Shapes, shapeLimits } from '../files/shapes.ts';

/** One hour of a host's records that are not in a chunk yet, in the bytes of the journal. */
export class Head {
  readonly host: number;
  readonly slot: number;
  /** The number of the chunk that it will become, and the end of its hour, ms since the epoch. */
  readonly id: number;
  readonly end: number;
  /** The time of its first record, ms since the epoch. */
  readonly first: number;
  /** The row of the journal that contains its first record. */
  firstRow: number;
  readonly #stream: ByteWriter;
  #writer: RecordWriter | null;
  #codes = new Float64Array(0);
  #shape: Shape | null = null;
  /** The time of its newest record. For heads from the journal, it is set by `resume`. */
  last: number;
  count: number;

  private constructor(host: number, first: number, slot: number, row: number, writer: RecordWriter | null) {
    this.host = host;
    this.first = first;
    this.slot = slot;
    this.id = chunkId(host, hourOf(host, first), slot);
    this.end = hourOf(host, first) + hourMs;
    this.firstRow = row;
    this.#stream = new ByteWriter(1_024);
    this.#writer = writer;
    this.last = 0;
    this.count = 0;
  }

  static begin(host: number, at: number, slot: number, row: number): Head {
    return new Head(host, at, slot, row, new RecordWriter(slot));
  }

  /** Restores a head from bytes of the journal; null if they do not begin a chunk. Throws DamagedError. */
  static restore(host: number, bytes: Uint8Array, row: number): Head | null {
    const beginning = beginningOf(bytes);
    if (beginning === null) return null;
    const head = new Head(host, beginning.first, beginning.slot, row, null);
    head.#stream.append(bytes);
    return head;
  }

  /** All records as bytes. Appending more does not change what was returned. */
  get bytes(): Uint8Array {
    return this.#stream.bytes;
  }

  get shape(): Shape | null {
    return this.#shape;
  }

  /** Adds more bytes from the journal. */
  extend(bytes: Uint8Array): void {
    this.#stream.append(bytes);
  }

  records(): Records {
    return readRecords(new ByteReader(this.#stream.bytes));
  }

  /** Prepares a head from the journal for further samples. Throws DamagedError. */
  resume(shapeOf: (id: number) => Shape): void {
    if (this.#writer !== null) return;
    const records = this.records();
    this.#writer = RecordWriter.after(records);
    this.#shape = shapeOf(records.shape);
    this.last = records.times.at(-1) ?? this.first;
    this.count = records.times.length;
  }

  /** Appends a sample and returns its bytes. `places[i]` is the place of value i in the shape. */
  append(at: number, shape: Shape, places: Int32Array, values: Float64Array, top: TopProcesses | null): Uint8Array {
    const { series } = shape;
    if (this.#codes.length !== series.length) this.#codes = new Float64Array(series.length);
    const codes = this.#codes.fill(Number.NaN);
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] ?? -1;
      if (place >= 0) codes[place] = codeOf(values[index] ?? Number.NaN, series[place]?.step ?? 0);
    }
    const before = this.#stream.length;
    this.#writer?.write(this.#stream, at, shape.id, codes, top);
    this.#shape = shape;
    this.last = at;
    this.count += 1;
    return this.#stream.bytes.subarray(before);
  }
}

const maxNewShapes = 50;

/** Chooses the shapes of a host, and limits how many new ones it may have per day. */
export class HostShapes {
  #last: Shape | null = null;
  #day = 0;
  #made = 0;
  /** How many series of the newest sample did not fit. */
  truncated = 0;

  /**
   * The shape for a sample. Within a head (`current`) it is that of the head, extended if the sample has new series. A new
   * head takes the previous shape if it still fits. Series beyond the limits are left out.
   */
  shapeFor(shapes: Shapes, current: Shape | null, series: readonly Series[], at: number): Shape {
    const shape = this.#choose(shapes, current, series, at);
    this.#last = shape;
    this.truncated = shapes.cover(shape, series).missing.length;
    return shape;
  }

  #choose(shapes: Shapes, current: Shape | null, series: readonly Series[], at: number): Shape {
    const before = current ?? this.#last;
    if (before === null) return this.#make(shapes, series, at) ?? shapes.of([]);
    const { missing } = shapes.cover(before, series);
    if (missing.length === 0) {
      // A new head can drop series that no longer exist.
      if (current !== null || 2 * series.length >= before.series.length) return before;
      return this.#make(shapes, series, at) ?? before;
    }
    if (current === null) return this.#make(shapes, series, at) ?? before;
    if (before.series.length >= shapeLimits.series) return before;
    return this.#make(shapes, [...before.series, ...missing.flatMap((index) => series[index] ?? [])], at) ?? before;
  }

  /** Null if the host has had too many new shapes today. */
  #make(shapes: Shapes, series: readonly Series[], at: number): Shape | null {
    const day = Math.floor(at / dayMs);
    if (day !== this.#day) {
      this.#day = day;
      this.#made = 0;
    }
    if (this.#made >= maxNewShapes) return null;
    this.#made += 1;
    const unique = new Map<string, Series>();
    for (const one of series) if (unique.size < shapeLimits.series && !unique.has(one.key)) unique.set(one.key, one);
    return shapes.of([...unique.values()]);
  }
}
