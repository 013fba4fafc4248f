import { expect, test } from 'vitest';
import { toSaid } from './units.ts';

test.each([
  [7_716_049.38, 'bytes_per_second', '7.36 MiB/s'],
  [0.925, 'ratio', '92.5 %'],
  [1, 'errs_per_second', '1 errors per second'],
  [0.5, 'drop_per_second', '0.5 packets per second'],
  [0.001_234, '', '0.00123'],
  [2_345, '', '2345'],
])('%d of %s is said as %s', (value, unit, said) => {
  expect(toSaid(value, unit).replaceAll('\u00a0', ' ')).toBe(said);
});
