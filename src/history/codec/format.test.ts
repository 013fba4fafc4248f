/** Reads files of history with nothing but what docs/history-format.md says: no code of ours, but for what made them. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32, inflateRawSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { gauges, hour, noon, numberAt, openRig, removeFolders } from '../../../test/support/history-engine.ts';

afterAll(removeFolders);

type Series = { readonly metric: string; readonly unit: string; readonly step: number };
type Row = { readonly id: number; readonly blob: Uint8Array; readonly top: Uint8Array | null };

/** The first bytes of the columns that were read. */
const kinds = new Set<number>();

class Bytes {
  readonly #bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }
  byte = (): number => this.#bytes[this.at++] ?? 0;
  unsigned = (): number => {
    for (let [value, factor] = [0, 1]; ; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  signed = (): number => {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  text = (): string => {
    const length = this.unsigned();
    this.at += length;
    return Buffer.from(this.#bytes.subarray(this.at - length, this.at)).toString();
  };
  rest = (): Uint8Array => this.#bytes.subarray(this.at);
  column = (count: number): (number | null)[] => {
    const first = this.byte();
    const [kind, isPlain] = [first % 4, first >= 4];
    kinds.add(first);
    const bits = Array.from({ length: kind === 2 ? Math.ceil(count / 8) : 0 }, this.byte);
    let last = 0;
    return Array.from({ length: count }, (_, index) => {
      if (kind === 1 || (kind === 2 && (((bits[index >> 3] ?? 0) >> (index % 8)) & 1) === 0)) return null;
      last = this.signed() + (isPlain ? 0 : last);
      return last;
    });
  };
}

function unsealed(blob: Uint8Array): Buffer {
  const content = Buffer.from(blob.subarray(0, -4));
  expect(Buffer.from(blob.subarray(-4)).readUInt32LE()).toBe(crc32(content));
  return content;
}

function value(code: number | null, step: number): number | null {
  if (code === null) return null;
  if (step > 0) return code * step;
  if (code === 0) return 0;
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE((Math.abs(code) - 1 + 1_003 * 1_024) * 1_024, 0);
  return bytes.readDoubleBE() * Math.sign(code);
}

function openFile(folder: string, name: string) {
  const file = new DatabaseSync(join(folder, name));
  const rows = file.prepare('SELECT id, blob, top FROM chunk ORDER BY id').all() as unknown as readonly Row[];
  const shapeOf = (id: number): readonly Series[] => {
    const blob = file.prepare('SELECT blob FROM shape WHERE id = ?').get(id)?.blob as Uint8Array;
    return JSON.parse(inflateRawSync(unsealed(blob)).toString()) as readonly Series[];
  };
  return { rows, shapeOf };
}

function headOf(blob: Uint8Array) {
  const content = unsealed(blob);
  const from = new Bytes(content);
  const [format, shape, count, first, span] = [from.byte(), ...Array.from({ length: 4 }, from.unsigned)];
  return {
    format,
    shape: shape ?? 0,
    count: count ?? 0,
    first: first ?? 0,
    span: span ?? 0,
    from: new Bytes(inflateRawSync(from.rest())),
  };
}

/** Right to so many halves of a quantum. */
const near = (number: number, step: number, halves = 1): unknown => {
  const allowed = halves * (step === 0 ? number / 2_040 + 1e-6 : (step / 2) * 1.01);
  return expect.closeTo(number, -Math.log10(2 * allowed));
};

const rig = openRig();
const top = (at: number) =>
  at % 300_000 === 0 ? { cpu: [{ name: 'job', value: 1.5 }], memory: [{ name: 'job', value: 8_192 }] } : null;
// In the first hours, one of them is usually 0.
const valueAt = (host: number, time: number, series: number): number =>
  series === 3 && time % 300_000 !== 0 && time < noon + 6 * hour ? 0 : numberAt(host, time, series);
rig.run(38 * hour, { hosts: [5], top, value: valueAt });
rig.engine.rollAll();
rig.engine.close();

test('samples', () => {
  const { rows, shapeOf } = openFile(rig.folder, 'raw-2026-06-10.db');
  const times: number[] = [];
  for (const { id, blob, top: packed } of rows) {
    const { format, shape, count, first, span, from } = headOf(blob);
    expect([format, Math.floor(id / 2 ** 26)]).toEqual([1, 5]);
    expect(first - (id % 2 ** 26) * 60_000).toBeLessThan(hour + 60_000);
    let [time, step] = [first, 0];
    const own = [first];
    while (own.length < count) {
      step += from.signed();
      time += step;
      own.push(time);
    }
    expect(own.at(-1)).toBe(first + span);
    const series = shapeOf(shape);
    expect(from.unsigned()).toBe(series.length);
    for (const _ of series) from.unsigned();
    series.forEach(({ metric, step: quantum }, index) => {
      expect(metric).toBe(gauges[index]?.metric);
      const column = from.column(count).map((code) => value(code, quantum));
      expect(column).toEqual(own.map((at) => near(valueAt(5, at, index), quantum)));
    });
    times.push(...own);
    const tops = new Bytes(inflateRawSync(unsealed(packed ?? new Uint8Array())));
    expect(tops.unsigned()).toBe(own.filter((at) => at % 300_000 === 0).length);
    expect(tops.unsigned()).toBe(own.find((at) => at % 300_000 === 0));
    expect([tops.unsigned(), tops.unsigned()]).toEqual([1, 0]);
    expect(tops.text()).toBe('job');
    expect([tops.unsigned(), tops.unsigned(), tops.unsigned(), tops.unsigned()]).toEqual([15_000, 1, 1, 2]);
  }
  expect(times).toEqual(times.map((_, index) => noon + index * 30_000));
  expect(kinds).toEqual(new Set([0, 4]));
});

test.each([
  ['5m-2026-06.db', 300_000],
  ['1h-2026.db', hour],
])('summaries of %s', (name, period) => {
  const { rows, shapeOf } = openFile(rig.folder, name);
  const { id, blob } = rows.at(-1) as Row;
  const day = noon + 12 * hour;
  expect(id).toBe(5 * 2 ** 26 + day / 60_000);
  const { format, shape, count, first, from } = headOf(blob);
  expect([format, count, first, from.unsigned()]).toEqual([2, (24 * hour) / period, day, period]);
  const times = [first];
  while (times.length < count) times.push((times.at(-1) ?? 0) + (from.unsigned() + 1) * period);
  expect(from.column(count)).toEqual(times.map(() => period / 30_000));
  const series = shapeOf(shape);
  from.unsigned();
  for (const _ of series) from.unsigned();
  series.forEach(({ step }, index) => {
    expect(from.byte()).toBe(0);
    const means = from.column(count);
    for (const [place, mean] of means.entries()) {
      const codes = [mean, (mean ?? 0) - from.unsigned(), (mean ?? 0) + from.unsigned()];
      const own = Array.from({ length: period / 30_000 }, (_, sample) =>
        valueAt(5, (times[place] ?? 0) + sample * 30_000, index),
      );
      const expected = [own.reduce((sum, one) => sum + one, 0) / own.length, Math.min(...own), Math.max(...own)];
      expect(codes.map((code) => value(code, step))).toEqual(
        expected.map((one, which) => near(one, step, which === 0 ? 2 : 1)),
      );
    }
  });
});
