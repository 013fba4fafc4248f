/** People's starts of hosts that ask for codes, on a clock of our own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HostError } from '../model/failure.ts';
import { failure } from '../ssh/failures.ts';
import type { Starter } from './connections/reach.ts';
import { Starts } from './starts.ts';

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
let starts: Starts;

beforeEach(() => {
  vi.useFakeTimers();
  starts = new Starts(clock);
});
afterEach(() => {
  starts.close();
  vi.useRealTimers();
});

/** A host that asks for a code after so long, and takes "right". */
function hostThatAsks(afterMs: number) {
  const seen = { begun: 0, open: 0 };
  const start = async ({ ask }: Starter): Promise<void> => {
    seen.begun += 1;
    seen.open += 1;
    try {
      await new Promise((done) => setTimeout(done, afterMs));
      const code = await ask('Code: ', false).catch(() => {
        throw new HostError(failure('auth', 'cancelled'));
      });
      if (code !== 'right') throw new HostError(failure('auth', 'rejected'));
    } finally {
      seen.open -= 1;
    }
  };
  return { seen, start };
}

test('a question that comes after the answer to the start belongs to the next start of this user', async () => {
  const { seen, start } = hostThatAsks(30_000);
  const slow = starts.start({ start }, 1, 'ada', true);
  await pass(12_000);
  expect(await slow).toMatchObject({ outcome: 'failed', failure: { reason: 'timed-out' } });
  const again = starts.start({ start }, 1, 'ada', true);
  await pass(12_000);
  expect(await again).toMatchObject({ outcome: 'failed', failure: { reason: 'timed-out' } });
  const third = starts.start({ start }, 1, 'ada', true);
  await pass(6_000);
  const asked = await third;
  expect(asked).toMatchObject({ outcome: 'needs-code', prompt: 'Code: ' });
  expect(seen.begun).toBe(1);
  const { sessionId } = asked as { sessionId: string };
  expect(await starts.start({ start }, 1, 'ada', true)).toMatchObject({ outcome: 'needs-code', sessionId });
  expect(await starts.start({ start }, 1, 'bob', true)).toMatchObject({ failure: { reason: 'needs-code' } });
  expect(await starts.answerCode(sessionId, 'bob', 'right')).toEqual({ outcome: 'not-yours' });
  expect(await starts.answerCode(sessionId, 'ada', 'right')).toMatchObject({ outcome: 'started', hostId: 1 });
});

test('a question that came while nobody asked is there for the next start', async () => {
  const { start } = hostThatAsks(20_000);
  const slow = starts.start({ start }, 1, 'ada', true);
  await pass(60_000);
  expect(await slow).toMatchObject({ outcome: 'failed' });
  expect(await starts.start({ start }, 1, 'ada', true)).toMatchObject({ outcome: 'needs-code', prompt: 'Code: ' });
});

test('a question that nobody answers ends the login after three minutes', async () => {
  const { seen, start } = hostThatAsks(20_000);
  void starts.start({ start }, 1, 'ada', true);
  await pass(199_000);
  expect(seen.open).toBe(1);
  await pass(7_000);
  expect(seen.open).toBe(0);
});

test('logins that wait beyond the bound are ended, not only forgotten', async () => {
  const hosts = [...Array(1_001).keys()].map((id) => ({ id, ...hostThatAsks(0) }));
  for (const { id, start } of hosts) void starts.start({ start }, id, 'ada', true);
  await pass(1_000);
  expect(hosts.filter(({ seen }) => seen.open === 1)).toHaveLength(1_000);
  expect(hosts[0]?.seen.open).toBe(0);
});
