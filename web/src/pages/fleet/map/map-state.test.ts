import { expect, test } from 'vitest';
import { worstFirst } from '../../../live/badness.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { stateOf } from './map-state.ts';

const at = Date.parse('2026-11-30T10:00:00Z');
// Safe: only these fields are looked at.
const host = (name: string, cpuPercent: number, status: string | null = 'online'): FleetHost =>
  ({
    host: { name, metricsInterval: 30 },
    status: { status, stale: false, failure: null },
    vitals: { at: new Date(at).toISOString(), cpuPercent, memoryPercent: 5, disk: null },
  }) as unknown as FleetHost;

test('a host is near its limits on the map while its numbers are current, then only what its status is', () => {
  const states = (now: number) => [85, 95, 5].map((cpu) => stateOf(host('a', cpu), now));
  expect(states(at + 60_000)).toEqual(['high', 'critical', 'online']);
  expect(states(at + 61_000)).toEqual(['online', 'online', 'online']);
  expect(stateOf(host('a', 95, 'offline'), at)).toBe('offline');
});

test('what is wrong is found first, and old numbers are not wrong', () => {
  const fleet = [host('well', 5), host('busy', 95), host('down', 5, 'offline'), host('not tried', 5, null)];
  const names = (now: number) => worstFirst(fleet, now).map((entry) => entry.host.name);
  expect(names(at)).toEqual(['down', 'busy', 'not tried', 'well']);
  expect(names(at + 61_000)).toEqual(['down', 'not tried', 'well', 'busy']);
});
