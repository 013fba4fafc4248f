import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSealer, SealError } from './seal.ts';

const sealer = createSealer(randomBytes(32));

test('opens what it sealed, for the same record only', () => {
  const sealed = sealer.seal('hunter2 ✓', 'host:1:password');
  expect(sealed).not.toContain('hunter2');
  expect(sealer.open(sealed, 'host:1:password')).toBe('hunter2 ✓');
  expect(() => sealer.open(sealed, 'host:2:password')).toThrow(SealError);
});

test('does not open with another key, nor when a byte was changed', () => {
  const sealed = sealer.seal('x', 'a');
  expect(() => createSealer(randomBytes(32)).open(sealed, 'a')).toThrow(SealError);
  const bytes = Buffer.from(sealed.slice(3), 'base64');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  expect(() => sealer.open(`v1.${bytes.toString('base64')}`, 'a')).toThrow(SealError);
});

test('seals the same text differently every time', () => {
  expect(sealer.seal('x', 'a')).not.toBe(sealer.seal('x', 'a'));
});
