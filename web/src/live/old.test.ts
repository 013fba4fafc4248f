import { expect, test } from 'vitest';
import type { FleetHost } from './fleet.ts';
import { isOld } from './old.ts';

const now = Date.parse('2026-11-30T10:00:00Z');
const online = { status: 'online', stale: false, failure: null };
// Safe: the rule reads nothing else.
const hostAt = (at: string | null, status: object = online): FleetHost =>
  ({ host: { metricsInterval: 30 }, status, vitals: at === null ? null : { at } }) as unknown as FleetHost;

test('numbers are old after two intervals, not before', () => {
  expect(isOld(hostAt('2026-11-30T09:59:00Z'), now)).toBe(false);
  expect(isOld(hostAt('2026-11-30T09:58:59Z'), now)).toBe(true);
});

test('numbers of a host that is down, cut off, or refuses the login are old at once', () => {
  const fresh = '2026-11-30T10:00:00Z';
  expect(isOld(hostAt(fresh), now)).toBe(false);
  for (const status of [
    { ...online, status: 'offline' },
    { ...online, stale: true },
    { ...online, failure: { stage: 'auth', reason: 'rejected' } },
    { ...online, failure: { stage: 'host-key', reason: 'changed' } },
    { ...online, failure: { stage: 'tcp', reason: 'refused', hop: { index: 0 } } },
  ])
    expect(isOld(hostAt(fresh, status), now)).toBe(true);
});

test('a host without numbers has no old ones', () => {
  expect(isOld(hostAt(null), now)).toBe(false);
});
