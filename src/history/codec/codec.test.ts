import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, numberOf } from '../../model/quantum.ts';
import type { TopProcesses } from '../../ports/history-store.ts';
import { ByteReader, ByteWriter, DamagedError } from './bytes.ts';
import { decodeChunk, decodeColumn, encodeChunk, encodeColumn, readChunkHead } from './chunk.ts';
import { beginningOf, RecordWriter, readRecords } from './record.ts';
import { busiest, Rollup } from './rollup.ts';
import { decodeSummary, encodeSummary, readSummaryHead } from './summary.ts';
import { packTops, unpackTops } from './top.ts';

const maxCode = 2 ** 50 + 2 ** 21;
const code = fc.oneof(
  { weight: 2, arbitrary: fc.constant(Number.NaN) },
  { weight: 5, arbitrary: fc.integer({ min: -300, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: -maxCode, max: maxCode }) },
);
const top = fc.record({
  cpu: fc.array(fc.record({ name: fc.string({ unit: 'binary' }), value: fc.integer({ min: 0, max: 64 }) }), {
    maxLength: 3,
  }),
  memory: fc.array(fc.record({ name: fc.string(), value: fc.nat({ max: 99 }).map((pages) => pages * 4_096) }), {
    maxLength: 3,
  }),
});

type Row = { readonly at: number; readonly codes: readonly number[]; readonly top: TopProcesses | null };
/** Samples of a chunk whose shape may grow: times ascend by anything from a millisecond to a year. */
const rows = fc
  .array(
    fc.record({
      after: fc.oneof(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 31_536_000_000 })),
      codes: fc.array(code, { maxLength: 12 }),
      top: fc.option(top, { nil: null }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps): Row[] => {
    let [at, size] = [1_795_000_000_000, 0];
    return steps.map(({ after, codes, top }) => {
      at += after;
      size = Math.max(size, codes.length);
      return { at, codes: Array.from({ length: size }, (_, index) => codes[index] ?? Number.NaN), top };
    });
  });

const sizeOf = (all: readonly Row[]): number => all.at(-1)?.codes.length ?? 0;
const columnsOf = (all: readonly Row[]): number[][] =>
  Array.from({ length: sizeOf(all) }, (_, series) => all.map(({ codes }) => codes[series] ?? Number.NaN));

function written(all: readonly Row[], writer = new RecordWriter(3), to = new ByteWriter()): Uint8Array {
  for (const { at, codes, top } of all) writer.write(to, at, codes.length, Float64Array.from(codes), top);
  return to.bytes;
}

describe('bytes', () => {
  test('every whole number comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (numbers) => {
        const to = new ByteWriter(1);
        for (const one of numbers) {
          to.unsigned(Math.abs(one));
          to.signed(Math.trunc(one / 2));
        }
        const from = new ByteReader(to.bytes);
        for (const one of numbers)
          expect([from.unsigned(), from.signed()]).toEqual([Math.abs(one), Math.trunc(one / 2) || 0]);
        expect(from.isAtEnd).toBe(true);
        expect(() => from.unsigned()).toThrow(DamagedError);
      }),
    );
  });

  test('an endless number is not read forever', () => {
    expect(() => new ByteReader(new Uint8Array(64).fill(255)).unsigned()).toThrow(DamagedError);
  });
});

describe('records', () => {
  test('come back as they were written, whatever values, gaps, times and shapes', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const bytes = written(all);
        expect(beginningOf(bytes)).toEqual({ first: all[0]?.at, slot: 3 });
        const read = readRecords(new ByteReader(bytes));
        expect(read.times).toEqual(all.map(({ at }) => at));
        expect(read.shape).toBe(sizeOf(all));
        expect(read.columns).toEqual(columnsOf(all));
        expect(read.tops).toEqual(all.flatMap(({ at, top }) => (top === null ? [] : [{ at, ...top }])));
      }),
    );
  });

  test('go on after they were read as if they had never been', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (all, cut) => {
        const before = all.slice(0, 1 + (cut % all.length));
        const first = written(before);
        const writer = RecordWriter.after(readRecords(new ByteReader(first)));
        const rest = written(all.slice(before.length), writer);
        expect(Buffer.concat([first, rest])).toEqual(Buffer.from(written(all)));
      }),
    );
  });

  test('that were cut short or changed are damaged, never endless', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat({ max: 255 }), (all, where, byte) => {
        const bytes = Buffer.from(written(all));
        bytes[where % bytes.length] = byte;
        try {
          readRecords(new ByteReader(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedError);
        }
      }),
    );
  });
});

describe('chunks', () => {
  test('come back as they were written, all series or any of them', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.nat({ max: 15 })), (all, wanted) => {
        const [times, columns] = [all.map(({ at }) => at), columnsOf(all)];
        const blob = encodeChunk({ shape: 7, times, columns });
        expect(readChunkHead(blob)).toEqual({ shape: 7, count: all.length, first: times[0], last: times.at(-1) });
        const read = decodeChunk(blob, 'all');
        expect([read.shape, [...read.times]]).toEqual([7, times]);
        expect(read.columns.map((column) => [...column])).toEqual(columns);
        const some = decodeChunk(blob, wanted);
        const none = times.map(() => Number.NaN);
        expect(some.columns.map((column) => [...column])).toEqual(wanted.map((place) => columns[place] ?? none));
      }),
    );
  });

  test('that were changed are damaged, whichever bit', () => {
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat({ max: 7 }), (all, where, bit) => {
        const blob = encodeChunk({ shape: 7, times: all.map(({ at }) => at), columns: columnsOf(all) });
        const place = where % blob.length;
        blob[place] = (blob[place] ?? 0) ^ (1 << bit);
        expect(() => decodeChunk(blob, 'all')).toThrow(DamagedError);
        expect(() => decodeChunk(blob.subarray(0, place), 'all')).toThrow(DamagedError);
      }),
    );
  });

  test('of what is usually 0 keep each peak once, not the way up and the way down', () => {
    const codes = Float64Array.from({ length: 120 }, (_, index) => (index % 10 === 4 ? 40_000 + index : 0));
    const block = encodeColumn(codes);
    // A byte for the kind and for each 0, and three for each peak.
    expect(block).toHaveLength(1 + 108 + 12 * 3);
    expect(decodeColumn(block, 120)).toEqual(codes);
  });

  test('with a column of a kind that is unknown are damaged', () => {
    for (const kind of [3, 7, 8, 255])
      expect(() => decodeColumn(Uint8Array.of(kind, 2, 2), 2), String(kind)).toThrow(DamagedError);
  });

  test('keep the top processes', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const tops = all.flatMap(({ at, top }) => (top === null ? [] : [{ at, ...top }]));
        expect(unpackTops(packTops(tops))).toEqual(tops);
      }),
    );
  });
});

describe('summaries', () => {
  const day = Date.UTC(2026, 10, 29);
  const hour = 3_600_000;
  const buckets = { from: day, periodMs: hour, count: 24 };
  const samples = fc.array(
    fc.record({
      after: fc.integer({ min: -hour, max: 25 * hour }),
      values: fc.array(fc.option(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { nil: Number.NaN }), {
        minLength: 3,
        maxLength: 3,
      }),
    }),
    { maxLength: 60 },
  );

  test('are those of a naive computation, in one go or in parts, and come back as they were written', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0, 0.01, 4_096), fc.nat(), (all, step, cut) => {
        const rollup = new Rollup(buckets);
        const parts = [all.slice(0, cut % (all.length + 1)), all.slice(cut % (all.length + 1))];
        for (const part of parts) {
          const places = rollup.places(part.map(({ after }) => day + after));
          for (const series of [0, 1, 2])
            rollup.add(
              series,
              step,
              places,
              part.map(({ values }) => codeOf(values[series] ?? 0, step)),
            );
        }
        const made = rollup.summary(5);
        const inDay = all.filter(({ after }) => after >= 0 && after < 24 * hour);
        if (made === null) {
          expect(inDay).toEqual([]);
          return;
        }
        const blob = encodeSummary(made);
        expect(decodeSummary(blob, 'all')).toEqual(made);
        expect(decodeSummary(blob, [2, 9]).columns[0]).toEqual(made.columns[2]);
        expect(readSummaryHead(blob)).toMatchObject({ shape: 5, count: made.times.length });
        const groups = Map.groupBy(inDay, ({ after }) => day + Math.floor(after / hour) * hour);
        expect([...made.times]).toEqual([...groups.keys()].sort((a, b) => a - b));
        made.times.forEach((time, bucket) => {
          const group = groups.get(time) ?? [];
          expect(made.samples[bucket]).toBe(group.length);
          for (const series of [0, 1, 2]) {
            const kept = group
              .map(({ values }) => numberOf(codeOf(values[series] ?? 0, step), step))
              .filter((value) => !Number.isNaN(value));
            const column = made.columns[series];
            expect(column?.count[bucket]).toBe(kept.length);
            if (kept.length === 0) {
              expect([column?.min[bucket], column?.mean[bucket], column?.max[bucket]]).toEqual([
                Number.NaN,
                Number.NaN,
                Number.NaN,
              ]);
              continue;
            }
            expect(column?.min[bucket]).toBe(codeOf(Math.min(...kept), step));
            expect(column?.max[bucket]).toBe(codeOf(Math.max(...kept), step));
            const mean = codeOf(kept.reduce((sum, value) => sum + value, 0) / kept.length, step);
            expect(Math.abs((column?.mean[bucket] ?? 0) - mean)).toBeLessThanOrEqual(1);
          }
        });
      }),
    );
  });

  test('of top processes keep those of the busiest sample of each bucket', () => {
    const at = (minutes: number, value: number) => ({
      at: day + minutes * 60_000,
      cpu: [{ name: 'x', value }],
      memory: [],
    });
    const tops = [at(1, 0.5), at(2, 1), at(59, 1), at(60, 0.1), at(-1, 9), at(24 * 60, 9)];
    expect(busiest(tops, buckets)).toEqual([at(2, 1), at(60, 0.1)]);
  });
});
