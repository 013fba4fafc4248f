import { expect, test } from 'vitest';
import { bandPath, linePath } from './day-path.ts';

test('a line has a hole where nothing is known, and so has its band', () => {
  expect(linePath([0, 1, null, 0.5])).toBe('M0.0 19.0L32.0 1.0M96.0 10.0');
  expect(bandPath([0, 0, null, 0, 0], [1, 1, null, 1, 1])).toBe(
    'M0.0 1.0L24.0 1.0L24.0 19.0L0.0 19.0ZM72.0 1.0L96.0 1.0L96.0 19.0L72.0 19.0Z',
  );
  expect(bandPath([0], [1])).toBe('');
});
