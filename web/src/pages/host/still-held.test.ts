import { expect, test } from 'vitest';
import { stillHeld } from './still-held.ts';

test('what was to be tried again at a time that has passed is not held back any more', () => {
  const holds = [{ until: null }, { until: '2026-11-30T10:00:00.000Z' }, { until: '2026-11-30T10:00:10.000Z' }];
  expect(stillHeld(holds, Date.parse('2026-11-30T10:00:05Z'))).toEqual([holds[0], holds[2]]);
});
