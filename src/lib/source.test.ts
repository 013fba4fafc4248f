import { expect, test } from 'vitest';
import { sourceOf } from './source.ts';

test('counts IPv4 by address and IPv6 by its /64', () => {
  expect(sourceOf('192.0.2.1')).toBe('192.0.2.1');
  expect(sourceOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(sourceOf('::ffff:c000:201')).toBe('192.0.2.1');
  expect(sourceOf('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
  expect(sourceOf('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe('2001:db8:1:2::/64');
  expect(sourceOf('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
  expect(sourceOf('fe80::1%eth0')).toBe(sourceOf('fe80::2%eth0'));
});

test('keeps at most 64 characters of an invalid address', () => {
  expect(sourceOf('x'.repeat(10_000))).toHaveLength(64);
});
