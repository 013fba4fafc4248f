import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Line, plain } from './lines.ts';

test('rounding errors of binary fractions are removed, and nothing else is changed', () => {
  expect([0.1 + 0.2, 3 * 0.0001, 1e6 * 0.1 + 0.2, 0, -1.5, 2 ** 39].map(plain)).toEqual([
    0.3,
    0.0003,
    100_000.2,
    0,
    -1.5,
    2 ** 39,
  ]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), (value) => {
      expect(plain(value)).toBe(Number(value.toPrecision(12)));
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      fc.constantFrom(0.0001, 0.001, 0.01, 0.1),
      (code, step) => {
        expect(plain(code * step)).toBe(Number((code * step).toPrecision(12)));
      },
    ),
  );
});

test('a line has minimum, mean and maximum of each time, and nothing where it has no value', () => {
  const line = new Line(3);
  const samples = Float64Array.of(1, 4, Number.NaN);
  line.add(Int32Array.of(0, 0, 2), { min: samples, mean: samples, max: samples, count: null });
  const summary = (value: number) => Float64Array.of(value);
  line.add(Int32Array.of(0), { min: summary(0), mean: summary(2), max: summary(8), count: summary(2) });
  expect(line.show({ metric: 'load1', labels: {}, unit: '' })).toMatchObject({
    min: [0, null, null],
    mean: [2.25, null, null],
    max: [8, null, null],
    count: [4, 0, 0],
  });
});
