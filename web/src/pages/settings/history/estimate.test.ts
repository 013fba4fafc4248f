import { expect, test } from 'vitest';
import { estimateOf, limitOf } from './estimate.ts';

const perDay = { raw: 200_000, '5m': 50_000, '1h': 5_000 };
const stored = { estimate: { hosts: 20, bytesPerHostDay: perDay, isMeasured: true, bytes: 0 }, journalBytes: 7 };
const gib = 2 ** 30;

test('the estimate is what a day of a host takes, times hosts and the days that whole files are kept on average, and the journal', () => {
  expect(estimateOf(stored, { raw: 7, '5m': 60, '1h': 400 })).toBe(
    20 * (7.5 * 200_000 + 75 * 50_000 + 400 * 5_000) + 7,
  );
  expect(estimateOf(stored, { raw: Number.NaN, '5m': 60, '1h': 400 })).toBeNull();
});

test('it is too much beyond what is free, or beyond the limit that is set or is the usual one', () => {
  const storage = { bytes: gib, freeBytes: 9 * gib, maxBytes: 2 * gib };
  expect(limitOf(gib, storage, null)).toBeNull();
  expect(limitOf(3 * gib, storage, null)).toEqual({ what: 'limit', bytes: 2 * gib });
  expect(limitOf(3 * gib, storage, 4)).toBeNull();
  expect(limitOf(11 * gib, storage, 20)).toEqual({ what: 'free', bytes: 9 * gib });
  expect(limitOf(3 * gib, { ...storage, maxBytes: null }, null)).toEqual({ what: 'limit', bytes: 2 * gib });
});
