import { expect, test } from 'vitest';
import type { MaintenanceTime } from '../../model/alerts/quiet.ts';
import { isWithin } from './maintenance-time.ts';

/** How many minutes of these days, UTC, are within maintenance, and the first and last of them. */
function within(time: MaintenanceTime, from: string, until: string) {
  const found: string[] = [];
  for (let at = Date.parse(from); at < Date.parse(until); at += 60_000)
    if (isWithin(time, at)) found.push(new Date(at).toISOString().slice(5, 16));
  return { minutes: found.length, first: found[0], last: found.at(-1) };
}

const nights = { kind: 'weekly', days: [6], begins: '22:00', ends: '05:00' } as const;

test('the night in which clocks go forward is an hour shorter, the one in which they go back an hour longer', () => {
  const berlin = { ...nights, zone: 'Europe/Berlin' };
  expect(within(berlin, '2026-03-28T00:00Z', '2026-03-30T00:00Z')).toEqual({
    minutes: 360,
    first: '03-28T21:00',
    last: '03-29T02:59',
  });
  expect(within(berlin, '2026-10-24T00:00Z', '2026-10-26T00:00Z').minutes).toBe(480);
  const chicago = { ...nights, zone: 'America/Chicago' };
  expect(within(chicago, '2026-03-07T00:00Z', '2026-03-09T12:00Z')).toEqual({
    minutes: 360,
    first: '03-08T04:00',
    last: '03-08T09:59',
  });
  expect(within(chicago, '2026-10-31T00:00Z', '2026-11-02T12:00Z').minutes).toBe(480);
});

test('maintenance within a day is only on its days; of a zone that does not exist there is none', () => {
  const days = { kind: 'weekly', days: [1], begins: '09:00', ends: '10:30', zone: 'UTC' } as const;
  expect(within(days, '2026-11-29T00:00Z', '2026-12-06T00:00Z')).toEqual({
    minutes: 90,
    first: '11-30T09:00',
    last: '11-30T10:29',
  });
  expect(within({ ...days, zone: 'Nowhere/Else' }, '2026-11-29T00:00Z', '2026-12-06T00:00Z').minutes).toBe(0);
});

test('maintenance that is once ends when it says', () => {
  const once = { kind: 'once', from: 60_000, until: 180_000 } as const;
  expect([0, 60_000, 179_999, 180_000].map((at) => isWithin(once, at))).toEqual([false, true, true, false]);
});
