import { ByteReader, ByteWriter, DamagedError } from './bytes.ts';
import {
  type ChunkHead,
  encodeColumn,
  pack,
  readBlocks,
  readChunkHead,
  readColumn,
  unpack,
  writeBlocks,
} from './chunk.ts';

/** One series of a summary, in codes; NaN if a bucket has no value. `count` is how many samples had one. */
export type SummaryColumn = {
  readonly min: Float64Array;
  readonly mean: Float64Array;
  readonly max: Float64Array;
  readonly count: Float64Array;
};

/** The buckets of a host's day that contain samples: `times` is when they begin, `samples` how many samples they contain. */
export type Summary = {
  readonly shape: number;
  readonly periodMs: number;
  readonly times: Float64Array;
  readonly samples: Float64Array;
  readonly columns: readonly SummaryColumn[];
};

export const summaryFormat = 2;
/** Whether a series has the counts of its host or its own. */
const counts = { host: 0, own: 1 } as const;

export function encodeSummary({ shape, periodMs, times, samples, columns }: Summary): Uint8Array {
  const body = new ByteWriter(32_768);
  body.unsigned(periodMs);
  for (let index = 1; index < times.length; index += 1)
    body.unsigned(((times[index] ?? 0) - (times[index - 1] ?? 0)) / periodMs - 1);
  body.append(encodeColumn(samples));
  writeBlocks(
    body,
    columns.map((column) => encodeSeries(column, samples)),
  );
  return pack(summaryFormat, { shape, count: times.length, first: times[0] ?? 0, last: times.at(-1) ?? 0 }, body.bytes);
}

/** Throws DamagedError. */
export function readSummaryHead(blob: Uint8Array): ChunkHead {
  return readChunkHead(blob, summaryFormat);
}

/** Decodes the series at the given places of the shape, in that order. Throws DamagedError. */
export function decodeSummary(blob: Uint8Array, wanted: readonly number[] | 'all'): Summary {
  const { head, from } = unpack(blob, summaryFormat);
  const periodMs = from.unsigned();
  if (head.count > from.left + 1) throw new DamagedError('A chunk has too many times');
  const times = new Float64Array(head.count);
  let time = head.first;
  for (let index = 0; index < times.length; index += 1) {
    if (index > 0) time += (from.unsigned() + 1) * periodMs;
    times[index] = time;
  }
  const samples = readColumn(from, head.count);
  const blocks = readBlocks(from, head.count);
  const columns = (wanted === 'all' ? [...blocks.keys()] : wanted).map((place) => {
    const block = blocks[place];
    return block === undefined ? emptyColumn(head.count) : decodeSeries(block, samples);
  });
  return { shape: head.shape, periodMs, times, samples, columns };
}

/** The means, then for each mean that exists, how far below it the minimum is and how far above it the maximum. */
function encodeSeries({ min, mean, max, count }: SummaryColumn, samples: Float64Array): Uint8Array {
  const to = new ByteWriter(mean.length * 4 + 16);
  const isHosts = count.every((one, index) => one === samples[index] || (one === 0 && Number.isNaN(mean[index])));
  to.byte(isHosts ? counts.host : counts.own);
  to.append(encodeColumn(mean));
  for (let index = 0; index < mean.length; index += 1) {
    const middle = mean[index] ?? Number.NaN;
    if (Number.isNaN(middle)) continue;
    to.unsigned(middle - (min[index] ?? middle));
    to.unsigned((max[index] ?? middle) - middle);
  }
  if (!isHosts) to.append(encodeColumn(count));
  return to.bytes;
}

function decodeSeries(block: Uint8Array, samples: Float64Array): SummaryColumn {
  const from = new ByteReader(block);
  const isHosts = from.byte() === counts.host;
  const mean = readColumn(from, samples.length);
  const [min, max] = [new Float64Array(mean), new Float64Array(mean)];
  for (let index = 0; index < mean.length; index += 1) {
    if (Number.isNaN(mean[index])) continue;
    min[index] = (mean[index] ?? 0) - from.unsigned();
    max[index] = (mean[index] ?? 0) + from.unsigned();
  }
  const count = isHosts
    ? samples.map((value, index) => (Number.isNaN(mean[index]) ? 0 : value))
    : readColumn(from, samples.length);
  return { min, mean, max, count };
}

function emptyColumn(count: number): SummaryColumn {
  const none = new Float64Array(count).fill(Number.NaN);
  return { min: none, mean: none, max: none, count: new Float64Array(count) };
}
