import { afterEach, expect, test, vi } from 'vitest';
import { startHosts } from '../../test/support/hosts.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { openMemoryHistory } from '../backends/history-memory.ts';
import { RequestError } from '../lib/errors.ts';
import { defaultRetention, type HistoryState, type HistoryStore, type HistoryTrouble } from '../ports/history-store.ts';
import { History } from './history.ts';

const dayMs = 86_400_000;
const never = new AbortController().signal;

afterEach(() => void vi.useRealTimers());

async function start(store: Partial<HistoryStore>, given?: Awaited<ReturnType<typeof startHosts>>['hosts']) {
  const onError = (error: unknown): never => {
    throw error;
  };
  const { hosts } = given === undefined ? await startHosts() : { hosts: given };
  return History.open({
    ...openEmbedded(onError),
    store: { ...openMemoryHistory(() => dayMs), ...store },
    spans: hosts.spans,
    clock: { now: () => dayMs, monotonic: () => 0 },
    collectors: [],
    topOf: () => null,
    freshMs: () => 0,
    onError,
  });
}

test('where nothing was ever stored, nothing is found, and the whole time is a gap', async () => {
  const query = async () => Promise.reject(new RequestError(409, 'History is off'));
  const history = await start({ query });
  const asked = { hostIds: [7], metrics: [], from: 1, to: 2, points: 1 };
  expect(await history.query(asked, never)).toMatchObject({
    times: [],
    hosts: [{ hostId: 7, series: [], gaps: [{ from: 1, to: 2, why: 'unknown' }] }],
  });
  await history.close();
});

test('after a kill, when samples were last written is when Sonde still ran, if history is on', async () => {
  for (const [enabled, until] of [
    [true, 50_000],
    [false, 10],
  ] as const) {
    const { hosts } = await startHosts();
    await hosts.spans.save([], { since: 0, until: 10, why: 'start' });
    const history = await start({ seen: async () => 50_000 }, hosts);
    await history.apply({ ...defaultRetention, enabled });
    await expect.poll(async () => (await history.known(1, 0, dayMs)).runs[0]?.until).toBe(until);
    await history.close();
  }
});

test('a busy store is told to whoever asks', async () => {
  const query = async () => Promise.reject(new RequestError(503, 'Too many', undefined, 5));
  const history = await start({ query });
  const asked = { hostIds: [7], metrics: [], from: 1, to: 2, points: 1 };
  await expect(history.query(asked, never)).rejects.toMatchObject({ statusCode: 503, retryAfterSeconds: 5 });
  await history.close();
});

test('what is too old is removed also while history is off', async () => {
  vi.useFakeTimers();
  let looked = 0;
  const policies: unknown[] = [];
  const { storage } = openMemoryHistory(() => dayMs);
  const history = await start({
    retain: async (policy) => void policies.push(policy),
    storage: () => {
      looked += 1;
      return storage();
    },
  });
  await history.apply({ ...defaultRetention, enabled: true });
  await vi.advanceTimersByTimeAsync(2 * dayMs);
  expect([looked, history.isOn]).toEqual([0, true]);
  await history.apply({ ...defaultRetention, rawDays: 1, enabled: false });
  await vi.advanceTimersByTimeAsync(2 * dayMs);
  expect([looked, history.isOn]).toEqual([2, false]);
  expect(policies).toEqual([defaultRetention, { ...defaultRetention, rawDays: 1 }]);
  await history.close();
});

test('answers are final only while the store can read everything it has', async () => {
  let state: HistoryState = { status: 'on', trouble: null, dropped: 0 };
  const history = await start({ state: () => state });
  const settled = (status: HistoryState['status'], reason?: HistoryTrouble['reason']) => {
    state = { status, trouble: reason === undefined ? null : { reason, message: '' }, dropped: 0 };
    return history.isSettled;
  };
  expect([settled('on'), settled('off'), settled('on', 'damaged'), settled('on', 'gone')]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  // The journal may not be readable, so the newest hour may be missing.
  expect([settled('reading'), settled('on', 'broken'), settled('on', 'read-only'), settled('on', 'newer')]).toEqual([
    false,
    false,
    false,
    false,
  ]);
  await history.close();
});
