import { constants, deflateRawSync } from 'node:zlib';
import { ByteReader, ByteWriter, DamagedError } from './bytes.ts';
import { writePresence } from './record.ts';
import { inflate, seal, unseal } from './seal.ts';

/** What a chunk says without being unpacked: its shape, its number of times, and the first and last of them (ms since the epoch). */
export type ChunkHead = {
  readonly shape: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
};

/** The samples of a host: for each series one code per time, or NaN if it has none. */
export type Chunk = {
  readonly shape: number;
  readonly times: ArrayLike<number>;
  readonly columns: readonly ArrayLike<number>[];
};

export const chunkFormat = 1;
/**
 * Two ways to deflate. Differences are small numbers that seldom repeat: without a search for repeated sequences they usually
 * take 1 to 5 % less, and half the time. Where columns resemble each other, the search is worth it.
 */
const ways = [
  { level: 4, strategy: constants.Z_RLE },
  { level: 4, strategy: constants.Z_FILTERED },
] as const;
/** Limits on times, series, and times × series, far above what Sonde writes. A chunk that claims more is not decoded. */
const maxCount = 1 << 20;
const maxSeries = 4_096;
const maxCodes = 1 << 22;
const presences = { all: 0, none: 1, some: 2 } as const;
/** Added to the presence if a column contains codes instead of differences. */
const plain = 4;

export function encodeChunk({ shape, times, columns }: Chunk): Uint8Array {
  const body = new ByteWriter(16_384);
  let [last, lastStep] = [times[0] ?? 0, 0];
  for (let index = 1; index < times.length; index += 1) {
    const time = times[index] ?? 0;
    const step = time - last;
    body.signed(step - lastStep);
    [last, lastStep] = [time, step];
  }
  writeBlocks(body, columns.map(encodeColumn));
  const head: ChunkHead = { shape, count: times.length, first: times[0] ?? 0, last };
  return pack(chunkFormat, head, body.bytes);
}

/** Throws DamagedError. */
export function readChunkHead(blob: Uint8Array, format = chunkFormat): ChunkHead {
  return readHead(blob, format).head;
}

/** The times, and the series at the given places of the shape, in that order. Throws DamagedError. */
export function decodeChunk(blob: Uint8Array, wanted: readonly number[] | 'all') {
  const { head, from } = unpack(blob, chunkFormat);
  // Each time takes at least one byte.
  if (head.count > from.left + 1) throw new DamagedError('A chunk has too many times');
  const times = new Float64Array(head.count);
  let [time, step] = [head.first, 0];
  for (let index = 0; index < times.length; index += 1) {
    if (index > 0) {
      step += from.signed();
      time += step;
    }
    times[index] = time;
  }
  const blocks = readBlocks(from, head.count);
  const columns = (wanted === 'all' ? [...blocks.keys()] : wanted).map((place) => {
    const block = blocks[place];
    return block === undefined ? new Float64Array(head.count).fill(Number.NaN) : decodeColumn(block, head.count);
  });
  return { shape: head.shape, times, columns };
}

/**
 * Which times have a code, then the codes: as differences from the previous one or, if that takes fewer bytes, as they are.
 * The latter is shorter for series that are usually 0 and peak now and then.
 */
export function encodeColumn(codes: ArrayLike<number>): Uint8Array {
  const to = new ByteWriter(codes.length * 2 + 16);
  const [differences, values] = [new ByteWriter(codes.length * 2), new ByteWriter(codes.length * 2)];
  let [present, last] = [0, 0];
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? Number.NaN;
    if (Number.isNaN(code)) continue;
    present += 1;
    differences.signed(code - last);
    values.signed(code);
    last = code;
  }
  const isPlain = values.length < differences.length;
  const presence = present === codes.length ? presences.all : present === 0 ? presences.none : presences.some;
  to.byte(presence + (isPlain ? plain : 0));
  if (presence === presences.some) writePresence(to, codes);
  to.append((isPlain ? values : differences).bytes);
  return to.bytes;
}

export function decodeColumn(block: Uint8Array, count: number): Float64Array {
  return readColumn(new ByteReader(block), count);
}

export function readColumn(from: ByteReader, count: number): Float64Array {
  const codes = new Float64Array(count);
  const kind = from.byte();
  const [presence, isPlain] = [kind % plain, kind >= plain];
  if (presence > presences.some || kind >= 2 * plain) throw new DamagedError('A column has an unknown kind');
  if (presence === presences.none) return codes.fill(Number.NaN);
  const bits = presence === presences.some ? from.take(Math.ceil(count / 8)) : null;
  let last = 0;
  for (let index = 0; index < count; index += 1) {
    if (bits !== null && (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 0) codes[index] = Number.NaN;
    else {
      last = from.signed() + (isPlain ? 0 : last);
      codes[index] = last;
    }
  }
  return codes;
}

/** Blocks of bytes, preceded by their lengths, so that one can be found without reading the others. */
export function writeBlocks(to: ByteWriter, blocks: readonly Uint8Array[]): void {
  to.unsigned(blocks.length);
  for (const { length } of blocks) to.unsigned(length);
  for (const block of blocks) to.append(block);
}

/** `times` is how many codes a block may have. Throws DamagedError if all blocks together would have too many. */
export function readBlocks(from: ByteReader, times: number): Uint8Array[] {
  const count = from.unsigned();
  if (count > maxSeries || count * times > maxCodes) throw new DamagedError('A chunk has too many series');
  const lengths: number[] = [];
  while (lengths.length < count) lengths.push(from.unsigned());
  return lengths.map((length) => from.take(length));
}

/** The head, then the deflated body, sealed. */
export function pack(format: number, { shape, count, first, last }: ChunkHead, body: Uint8Array): Uint8Array {
  const to = new ByteWriter(body.length);
  to.byte(format);
  to.unsigned(shape);
  to.unsigned(count);
  to.unsigned(first);
  to.unsigned(last - first);
  const [shortest] = ways.map((way) => deflateRawSync(body, way)).sort((one, other) => one.length - other.length);
  to.append(shortest ?? body);
  return seal(to);
}

export function unpack(blob: Uint8Array, format: number): { readonly head: ChunkHead; readonly from: ByteReader } {
  const content = unseal(blob);
  const { head, at } = readHead(content, format);
  return { head, from: new ByteReader(inflate(content.subarray(at))) };
}

function readHead(blob: Uint8Array, format: number): { readonly head: ChunkHead; readonly at: number } {
  const from = new ByteReader(blob);
  if (from.byte() !== format) throw new DamagedError('A chunk has an unknown format');
  const [shape, count, first] = [from.unsigned(), from.unsigned(), from.unsigned()];
  if (count > maxCount) throw new DamagedError('A chunk has too many times');
  return { head: { shape, count, first, last: first + from.unsigned() }, at: from.at };
}
