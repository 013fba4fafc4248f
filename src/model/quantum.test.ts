import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, numberOf, stepOf } from './quantum.ts';

const steps = [0, 0.0001, 0.001, 0.01, 0.1, 1, 4_096];
const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
);

/** How far the value of a code may be from what was kept: half a step, or 0.05 % of it, or next to nothing. */
function allowed(value: number, step: number): number {
  // The last numbers before infinity have none above them to be rounded up to.
  const isLast = Math.abs(value) > 1.79e308;
  const relative = Math.abs(value) / (isLast ? 1_023 : 2_047) + 2 ** -20;
  return step === 0 ? relative : Math.abs(value) / step > 2 ** 49 ? relative : (step / 2) * (1 + 1e-9);
}

test('every finite number is kept to its quantum, whatever its size and sign', () => {
  fc.assert(
    fc.property(anyNumber, fc.constantFrom(...steps), (value, step) => {
      const code = codeOf(value, step);
      expect(Number.isSafeInteger(code)).toBe(true);
      expect(Math.abs(code)).toBeLessThan(2 ** 51);
      expect(Math.abs(numberOf(code, step) - value)).toBeLessThanOrEqual(allowed(value, step));
    }),
    { numRuns: 2_000 },
  );
});

test('codes have the order of their values, and a value that was kept once does not change when it is kept again', () => {
  fc.assert(
    fc.property(anyNumber, anyNumber, fc.constantFrom(...steps), (one, other, step) => {
      if (one <= other) expect(codeOf(one, step)).toBeLessThanOrEqual(codeOf(other, step));
      const kept = numberOf(codeOf(one, step), step);
      expect(numberOf(codeOf(kept, step), step)).toBe(kept);
    }),
    { numRuns: 2_000 },
  );
});

test('a number that is not finite has no code', () => {
  for (const step of steps)
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(codeOf(value, step)).toBeNaN();
});

test('numbers that people know come back as they read', () => {
  const read = (metric: string, unit: string, value: number) =>
    numberOf(codeOf(value, stepOf(metric, unit)), stepOf(metric, unit));
  expect(read('cpu_ratio', 'ratio', 0.3)).toBe(0.3);
  expect(read('load1', '', 1.234)).toBe(1.23);
  expect(read('loaded_modules', '', 12.4)).toBe(12);
  expect(read('temperature_celsius', 'celsius', 41.25)).toBe(41.3);
  expect(read('memory_used_bytes', 'bytes', 8_192)).toBe(8_192);
  expect(read('connection_seconds', 'seconds', 0.0424)).toBe(0.042);
  expect(read('network_bytes_per_second', 'bytes_per_second', 1_024)).toBe(1_024);
  expect(read('fan_speed', 'rpm', 1_500)).toBe(1_500);
  expect(read('network_bytes_per_second', 'bytes_per_second', 0)).toBe(0);
});
