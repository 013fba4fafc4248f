import type { HistoryQuery } from '../../ports/history-store.ts';
import { type ChunkHead, readChunkHead } from '../codec/chunk.ts';
import { chunkId, dayMs, hourMs } from '../files/names.ts';
import type { Shape, Shapes } from '../files/shapes.ts';
import type { TierFiles } from '../files/tier-files.ts';
import type { Head } from '../store/heads.ts';
import { plan, type Segment } from './plan.ts';
import { isWanted } from './series.ts';

type Span = { readonly from: number; readonly to: number };

/** Where numbers are read from. */
export type Source = {
  readonly files: TierFiles;
  readonly shapes: Shapes;
  /** The records of a host that are not in a chunk yet, the oldest first. */
  readonly unwritten: (host: number) => readonly Head[];
  readonly shapeOf: (id: number) => Shape;
  /** Is called if a chunk of a host cannot be read, with the span that is missing. */
  readonly onDamage: (error: unknown, span: Span, host: number) => void;
};

/** Chooses series of a shape, by their places in it. */
export type Wanted = (shape: Shape) => readonly number[];

/** Chooses the series that a query matches. The result is remembered for each shape. */
export function wantedBy(metrics: HistoryQuery['metrics']): Wanted {
  const known = new Map<Shape, readonly number[]>();
  return (shape) => {
    const found = known.get(shape) ?? shape.series.flatMap((one, place) => (isWanted(metrics, one) ? [place] : []));
    known.set(shape, found);
    return found;
  };
}

/** Chooses where to read each part of a host's span from, for buckets of about `width` ms. With 0, as fine as possible. */
export function planOf({ files, unwritten }: Source, host: number, span: Span, width: number): readonly Segment[] {
  const heads = unwritten(host);
  const { from, to } = files.span;
  const filled = {
    from: Math.min(from, ...heads.map(({ first }) => first)),
    to: Math.max(to, ...heads.map(({ end }) => end)),
  };
  return plan(span, width, filled, (tier, day) => {
    if (tier !== 'raw') return files.has(tier, chunkId(host, day), day);
    return files.hasDay(day) || heads.some(({ first }) => first < day + dayMs && first >= day);
  });
}

/** The most samples that a segment of a host can contain, and how far apart they usually are, ms. Reads no values. */
export function densityOf(source: Source, host: number, { from, to }: Segment) {
  const heads = source.unwritten(host).map(({ count, first, last }) => ({ count, first, last }));
  const chunks = source.files
    .of('raw', from - hourMs, to + hourMs)
    .flatMap((file) => source.files.heads(file, host, from - hourMs, to + hourMs))
    .flatMap(({ blob }): ChunkHead[] => {
      try {
        return [readChunkHead(blob)];
      } catch {
        // The damage is reported when the values are read.
        return [];
      }
    });
  const all = [...chunks, ...heads].filter(({ first, last }) => last >= from && first < to);
  const intervals = all.flatMap(({ count, first, last }) => (count > 1 ? [(last - first) / (count - 1)] : []));
  intervals.sort((a, b) => a - b);
  return { samples: all.reduce((sum, { count }) => sum + count, 0), interval: intervals[intervals.length >> 1] ?? 0 };
}
