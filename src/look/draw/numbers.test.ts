import { expect, test } from 'vitest';
import * as page from '../../../web/src/format.ts';
import * as terminal from './numbers.ts';

test('the same number reads the same in a terminal and on the page', () => {
  const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
  for (const value of [null, 0, 999, 1000, 1536, 123_456_789, 10 * 1024 ** 3, -5_000_000])
    expect(terminal.bytes(value)).toBe(plain(page.bytes(value)));
  for (const value of [null, 0, 0.004, 0.0996, 0.5, 1]) expect(terminal.percent(value)).toBe(plain(page.ratio(value)));
  for (const value of [0, 59.9, 65, 3_600, 90_061]) expect(terminal.duration(value)).toBe(plain(page.duration(value)));
});

test('a part of a whole has its unit once', () => {
  expect(terminal.ofBytes(1.4 * 1024 ** 3, 23.5 * 1024 ** 3)).toBe('1.40 of 23.5 GiB');
  expect(terminal.ofBytes(500 * 1024 ** 2, 2 * 1024 ** 3)).toBe('500 MiB of 2.00 GiB');
});
