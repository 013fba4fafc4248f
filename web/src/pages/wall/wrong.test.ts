import { expect, test } from 'vitest';
import type { FleetHost } from '../../live/fleet.ts';
import { wrongOf } from './wrong.ts';

const host = (id: number, status: string | null, failure: object | null, cpuPercent = 5, at?: string): FleetHost =>
  // Safe: only these fields are looked at.
  ({
    host: { id, name: `host ${id}`, metricsInterval: 30 },
    status: { id, status, failure },
    vitals: { id, at, cpuPercent, memoryPercent: 5, disk: null },
  }) as unknown as FleetHost;

const refused = { stage: 'tcp', reason: 'refused', message: 'Nothing listens on port 22' };
const silent = { stage: 'tcp', reason: 'timed-out', message: 'No answer' };

test('what is wrong comes worst first, what fails alike is one, and what is well is left out', () => {
  const fleet = [
    host(1, 'online', null),
    host(2, 'online', null, 95),
    host(3, 'online', { stage: 'auth', reason: 'rejected', message: 'The login was rejected' }),
    ...[12, 10, 11].map((id) => host(id, 'offline', refused)),
    ...[20, 21].map((id) => host(id, 'offline', silent)),
    host(30, null, null),
  ];
  expect(wrongOf(fleet).map((one) => (one.kind === 'host' ? one.entry.host.name : [one.sentence, one.names]))).toEqual([
    ['3 hosts refuse the connection', ['host 10', 'host 11', 'host 12']],
    'host 20',
    'host 21',
    'host 3',
    'host 2',
  ]);
});

test('a host is not wrong for numbers that are old', () => {
  const at = '2026-11-30T10:00:00Z';
  const namesAt = (now: string) =>
    wrongOf([host(1, 'online', null, 99, at)], Date.parse(now)).map(
      (one) => one.kind === 'host' && one.entry.host.name,
    );
  expect(namesAt('2026-11-30T10:01:00Z')).toEqual(['host 1']);
  expect(namesAt('2026-11-30T10:01:01Z')).toEqual([]);
});
