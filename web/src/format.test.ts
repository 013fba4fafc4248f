import { expect, test } from 'vitest';
import * as format from './format.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '0.98 KiB'],
  [1536, '1.50 KiB'],
  [123_456_789, '118 MiB'],
  [10 * 1024 ** 3, '10.0 GiB'],
  [null, '–'],
])('bytes %s', (value, text) => {
  expect(plain(format.bytes(value))).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.4, '0.4 %'],
  [9.96, '10 %'],
  [99.6, '100 %'],
  [null, '–'],
])('percent %s', (value, text) => {
  expect(plain(format.percent(value))).toBe(text);
});

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [65, '1 min 5 s'],
  [3600, '1 h'],
  [90_061, '1 d 1 h'],
  [null, '–'],
])('a duration of %s', (seconds, text) => {
  expect(plain(format.duration(seconds))).toBe(text);
});

test('a time that is none is shown as it came', () => {
  expect(format.time('soon')).toBe('soon');
  expect(format.time(null)).toBe('–');
});

test.each([
  ['2026-11-24T15:04:05', 15, '15:04:05'],
  ['2026-11-24T15:04:00', 60, '15:04'],
  ['2026-11-24T00:00:00', 3_600, '24 Nov'],
  ['2026-11-24T12:00:00', 86_400, '24 Nov'],
  ['2026-11-01T00:00:00', 30 * 86_400, 'Nov'],
  ['2027-01-01T00:00:00', 30 * 86_400, '2027'],
])('the axis mark %s with marks every %s s', (at, step, text) => {
  expect(format.axisTime(new Date(at).getTime() / 1000, step)).toBe(text);
});

test('a moment of another day has its date', () => {
  const now = new Date('2026-11-24T15:04:05').getTime();
  expect(format.moment(now / 1000 - 60, now)).toBe('15:03:05');
  expect(format.moment(now / 1000 - 86_400, now)).toBe('23 Nov 2026, 15:04:05');
});
