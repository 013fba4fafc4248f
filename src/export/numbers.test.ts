import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestNumber, numberText, writeNumber } from './numbers.ts';

function written(value: number): string {
  const bytes = Buffer.alloc(longestNumber + 2, '#');
  const end = writeNumber(bytes, 1, value);
  // Nothing else is touched.
  expect(bytes.toString('latin1', 0, 1) + bytes.toString('latin1', end)).toMatch(/^#+$/);
  return bytes.toString('latin1', 1, end);
}

test.each([
  [0, '0'],
  [-0, '0'],
  [9, '9'],
  [10, '10'],
  [-10, '-10'],
  [999_999_999, '999999999'],
  [1_000_000_000, '1000000000'],
  [2 ** 31, '2147483648'],
  [2 ** 53 - 1, '9007199254740991'],
  [-(2 ** 53 - 1), '-9007199254740991'],
  [2 ** 53, '9007199254740992'],
  [1e18, '1000000000000000000'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
  [0.05, '0.05'],
  [0.007, '0.007'],
  [12.5, '12.5'],
  [1234.56, '1234.56'],
  [1_764_498_000.123, '1764498000.123'],
  [999_999_999_999.999, '999999999999.999'],
  [1_000_000_000_000.001, '1000000000000.001'],
  [0.1 + 0.2, '0.30000000000000004'],
  [-1.5, '-1.5'],
  [1e-7, '1e-7'],
  [-1.2345678901234567e-6, '-0.0000012345678901234567'],
  [5e-324, '5e-324'],
  [-Number.MAX_VALUE, '-1.7976931348623157e+308'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('%d is written as %s', (value, text) => {
  expect([written(value), numberText(value)]).toEqual([text, text]);
});

/** Numbers as hosts have them, and any others. */
const numbers = fc.oneof(
  fc.double(),
  fc.float(),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.nat(2_000),
  fc.maxSafeInteger().map((whole) => whole / 100),
  fc.integer().map((whole) => whole / 1_000),
  fc.tuple(fc.nat(15), fc.nat(1_100)).map(([power, more]) => (10 ** power + more) / 1_000),
);

test('every number is written as its string', () => {
  fc.assert(
    fc.property(numbers, (value) => {
      expect(written(value)).toBe(numberText(value));
    }),
    { numRuns: 1_000 },
  );
});
