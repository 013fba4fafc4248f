import { expect, test } from 'vitest';
import './small-buffers.ts';

test('a small buffer that is kept keeps no more than 8 KiB', () => {
  // A piece that was begun before is used up first.
  const kept = Array.from({ length: 65_536 / 64 + 1 }, () => Buffer.from('x'.repeat(64)));
  expect(kept.at(-1)?.buffer.byteLength).toBe(8_192);
});
