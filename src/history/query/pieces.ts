import { numberOf } from '../../model/quantum.ts';
import { ByteReader, DamagedError } from '../codec/bytes.ts';
import { decodeChunk, readChunkHead } from '../codec/chunk.ts';
import { readRecords } from '../codec/record.ts';
import { decodeSummary } from '../codec/summary.ts';
import { type TopAt, unpackTops } from '../codec/top.ts';
import { dayMs, dayOf, hourMs, periodOf, startOf } from '../files/names.ts';
import type { Shape } from '../files/shapes.ts';
import type { TierFile } from '../files/tier-files.ts';
import type { Head } from '../store/heads.ts';
import type { Column } from './lines.ts';
import { holding } from './overlap.ts';
import type { Segment } from './plan.ts';
import type { Source, Wanted } from './source.ts';

/** The part of a segment that one chunk or head contains. Times outside of the segment, or covered by a newer chunk, are NaN. */
export type Piece = {
  readonly shape: Shape;
  readonly times: Float64Array;
  readonly columns: readonly Column[];
  /** The place of each column in the shape. */
  readonly places: readonly number[];
  readonly tops: readonly TopAt[];
};

/** What to read of a host: the series that `wanted` chooses, and the top processes if `withTop` is set. */
export type Asked = {
  readonly host: number;
  readonly segment: Segment;
  readonly wanted: Wanted;
  readonly withTop: boolean;
};

/** All pieces of a segment of a host, the oldest first. Each is read only when the caller asks for it. */
export function piecesOf(source: Source, asked: Asked): Generator<Piece> {
  return asked.segment.tier === 'raw' ? samplesOf(source, asked) : summariesOf(source, asked);
}

function* summariesOf(source: Source, { host, segment, wanted, withTop }: Asked): Generator<Piece> {
  const { tier, from, to } = segment;
  const first = dayOf(from);
  for (const file of source.files.of(tier, first, to)) {
    for (const { id, blob, top } of source.files.rows(file, host, first, to)) {
      const day = startOf(id);
      const piece = guarded(source, host, { from: day, to: day + dayMs }, () => {
        const shape = shapeIn(source, file, decodeHeadShape(blob, tier));
        const places = wanted(shape);
        const { times, columns } = decodeSummary(blob, places);
        const decoded = columns.map((column, index): Column => {
          const step = shape.series[places[index] ?? 0]?.step ?? 0;
          const decode = (codes: Float64Array) => codes.map((code) => numberOf(code, step));
          return { min: decode(column.min), mean: decode(column.mean), max: decode(column.max), count: column.count };
        });
        const period = periodOf[tier];
        // A bucket that begins before the span and ends in it is included.
        const inside = times.map((time) => (time + period <= from || time >= to ? Number.NaN : Math.max(time, from)));
        return { shape, times: inside, columns: decoded, places, tops: withTop ? unpackTops(top) : [] };
      });
      if (piece !== null) yield piece;
    }
  }
}

function* samplesOf(source: Source, { host, segment, wanted, withTop }: Asked): Generator<Piece> {
  const { from, to } = segment;
  // After the clock was set back, the number of a chunk is later than its samples.
  const chunks = source.files
    .of('raw', from - hourMs, to + hourMs)
    .flatMap((file) => source.files.rows(file, host, from - hourMs, to + hourMs).map((row) => ({ file, ...row })))
    .flatMap((row) => {
      const span = hourFrom(row.id);
      const head = guarded(source, host, span, () => readChunkHead(row.blob));
      return head === null ? [] : [{ ...head, id: row.id, read: () => readChunk(source, row, wanted, withTop) }];
    });
  const heads = source.unwritten(host).map((head) => {
    const { first, last, id } = head;
    return { first, last, id, read: () => readHead(source, head, wanted, withTop) };
  });
  const all = [...chunks, ...heads].sort((a, b) => a.id - b.id);
  const holds = holding(all);
  for (const [index, { first, last, id, read }] of all.entries()) {
    if (last < from || first >= to) continue;
    const piece = guarded(source, host, hourFrom(id), read);
    if (piece === null) continue;
    const times = piece.times.map((time) => (time < from || time >= to || !holds(index, time) ? Number.NaN : time));
    yield { ...piece, times };
  }
}

type ChunkRow = { readonly file: TierFile; readonly blob: Uint8Array; readonly top: Uint8Array | null };

function readChunk(source: Source, { file, blob, top }: ChunkRow, wanted: Wanted, withTop: boolean): Piece {
  const shape = shapeIn(source, file, readChunkHead(blob).shape);
  const places = wanted(shape);
  const { times, columns } = decodeChunk(blob, places);
  return { shape, times, places, columns: samples(shape, places, columns), tops: withTop ? unpackTops(top) : [] };
}

function readHead(source: Source, head: Head, wanted: Wanted, withTop: boolean): Piece {
  const { shape: id, times, columns, tops } = readRecords(new ByteReader(head.bytes));
  const shape = head.shape?.id === id ? head.shape : source.shapeOf(id);
  const places = wanted(shape);
  const codes = places.map((place) => Float64Array.from(columns[place] ?? []));
  return {
    shape,
    times: Float64Array.from(times),
    places,
    columns: samples(shape, places, codes),
    tops: withTop ? tops : [],
  };
}

function samples(shape: Shape, places: readonly number[], columns: readonly Float64Array[]): readonly Column[] {
  return columns.map((codes, index) => {
    const step = shape.series[places[index] ?? 0]?.step ?? 0;
    const values = codes.map((code) => numberOf(code, step));
    return { min: values, mean: values, max: values, count: null };
  });
}

function decodeHeadShape(blob: Uint8Array, tier: Segment['tier']): number {
  return readChunkHead(blob, tier === 'raw' ? 1 : 2).shape;
}

function shapeIn({ shapes, files }: Source, file: TierFile, id: number): Shape {
  return shapes.byId(id, () => files.shape(file, id));
}

/** The hour of a chunk. Its number contains its start, to the minute. */
function hourFrom(id: number): { readonly from: number; readonly to: number } {
  return { from: startOf(id), to: startOf(id) + hourMs + 60_000 };
}

function guarded<Result>(
  { onDamage }: Source,
  host: number,
  span: { readonly from: number; readonly to: number },
  read: () => Result,
): Result | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    onDamage(error, span, host);
    return null;
  }
}
