import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEmbedded } from '../backends/embedded.ts';
import { failure } from '../ssh/failures.ts';
import { openOwnTrouble } from './own-trouble.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a shortage that affects a thousand hosts is reported once, and once when it is over', async () => {
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const told: string[] = [];
  const trouble = openOwnTrouble(
    bus,
    { now: () => Date.now(), monotonic: () => performance.now() },
    { began: ({ reason }) => told.push(`began ${reason}`), ended: ({ reason }) => told.push(`ended ${reason}`) },
  );
  for (let hostId = 1; hostId <= 1_000; hostId += 1)
    bus.publish({ hostId, at: 0, alive: null, probe: null, sample: null, failure: failure('sonde', 'no-files') });
  expect(told).toEqual(['began no-files']);
  expect(trouble.current().map(({ reason }) => reason)).toEqual(['no-files']);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(told).toEqual(['began no-files', 'ended no-files']);
  expect(trouble.current()).toEqual([]);
  trouble.close();
});
