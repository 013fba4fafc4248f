/** Chunks that are whole, with a right checksum, and claim to hold far more than there can be. */
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, DamagedError } from './bytes.ts';
import { type ChunkHead, chunkFormat, decodeChunk, pack } from './chunk.ts';
import { readRecords } from './record.ts';
import { packBytes } from './seal.ts';
import { decodeSummary, summaryFormat } from './summary.ts';
import { unpackTops } from './top.ts';

const head = (count: number): ChunkHead => ({ shape: 1, count, first: 0, last: 1 });
const bytes = (...parts: readonly (readonly [number, number])[]): ByteWriter => {
  const to = new ByteWriter();
  for (const [byte, times] of parts) to.append(new Uint8Array(times).fill(byte));
  return to;
};
const series = 1 << 20;

/** So many series of which each is empty, and a byte long. */
function emptySeries(to: ByteWriter, count: number): Uint8Array {
  to.unsigned(count);
  for (let index = 0; index < count; index += 1) to.unsigned(1);
  to.append(new Uint8Array(count).fill(1));
  return to.bytes;
}

test('a few kilobytes that claim a million series of many times are damaged, not terabytes', () => {
  const blob = pack(chunkFormat, head(1 << 16), emptySeries(bytes([0, (1 << 16) - 1]), series));
  expect(blob.length).toBeLessThan(10_000);
  expect(() => decodeChunk(blob, 'all')).toThrow(DamagedError);
  expect(() => decodeChunk(blob, [0])).toThrow(DamagedError);
  const fewer = pack(chunkFormat, head(1 << 16), emptySeries(bytes([0, (1 << 16) - 1]), 4_096));
  expect(() => decodeChunk(fewer, 'all')).toThrow(DamagedError);
});

test('more times than there are bytes for are damaged before there is room made for them', () => {
  expect(() => decodeChunk(pack(chunkFormat, head(1 << 20), bytes([0, 9]).bytes), 'all')).toThrow('too many times');
  const period = bytes([1, 1], [0, 8]).bytes;
  expect(() => decodeSummary(pack(summaryFormat, head(1 << 20), period), 'all')).toThrow('too many times');
  const column = emptySeries(bytes([1, 1], [0, (1 << 16) - 1], [1, 1]), series);
  expect(() => decodeSummary(pack(summaryFormat, head(1 << 16), column), 'all')).toThrow('too many series');
});

test('what unpacks to more than any chunk is damaged', () => {
  const blob = pack(chunkFormat, head(1), new Uint8Array(80 << 20));
  expect(blob.length).toBeLessThan(500_000);
  expect(() => decodeChunk(blob, 'all')).toThrow('cannot be unpacked');
});

test('top processes without end are damaged', () => {
  const many = new ByteWriter();
  many.unsigned(10_000_000);
  many.append(new Uint8Array(30_000_000));
  expect(() => unpackTops(packBytes(many.bytes, 3))).toThrow('too many top processes');
  const list = new ByteWriter();
  for (const number of [1, 0, 10_000_000]) list.unsigned(number);
  list.append(new Uint8Array(30_000_000).fill(1));
  expect(() => unpackTops(packBytes(list.bytes, 3))).toThrow('too many processes');
});

test('records of thousands of series that have no value are damaged when they are too many', () => {
  const to = new ByteWriter();
  for (const number of [1 | 2 | 4, 0, 0, 1, 4_096]) to.unsigned(number);
  to.append(new Uint8Array(512));
  for (let record = 0; record < 20_000; record += 1) {
    to.byte(4);
    to.unsigned(1);
    to.append(new Uint8Array(512));
  }
  expect(() => readRecords(new ByteReader(to.bytes))).toThrow('too many records');
});
