import { expect, test } from 'vitest';
import { alike, stillHeld } from './still-held.ts';

test('what was to be tried again at a time that has passed is not held back any more', () => {
  const holds = [{ until: null }, { until: '2026-11-30T10:00:00.000Z' }, { until: '2026-11-30T10:00:10.000Z' }];
  expect(stillHeld(holds, Date.parse('2026-11-30T10:00:05Z'))).toEqual([holds[0], holds[2]]);
});

test('what is held back for the same reason and time is one line', () => {
  const refused = { failure: { message: 'The host refused the login' }, since: '2026-11-30T10:00:00Z' };
  const holds = [
    { ...refused, what: 'connect', until: '2026-11-30T11:00:00Z' },
    { ...refused, what: 'login', since: '2026-11-30T10:00:00.250Z', until: '2026-11-30T11:00:00.250Z' },
    { ...refused, what: 'sudo', until: null },
  ];
  expect(alike(holds).map(({ kinds, until }) => [kinds, until])).toEqual([
    [['connect', 'login'], '2026-11-30T11:00:00Z'],
    [['sudo'], null],
  ]);
});
