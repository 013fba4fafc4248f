import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cpu, historyContract, sample } from '../../test/support/history-contract.ts';
import { noon } from '../../test/support/history-engine.ts';
import { defaultRetention, type HistoryStore } from '../ports/history-store.ts';
import { openFileHistory } from './history-files.ts';
import { openSwitchedHistory } from './history-switch.ts';

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sonde-history-'));
  folders.push(made);
  return made;
}

afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

historyContract(async () => {
  const now = noon;
  const onError = (error: unknown): void => console.error(error);
  const store = openFileHistory({
    folder: join(folder(), 'history'),
    retention: defaultRetention,
    now: () => now,
    onError,
  });
  return { store, now };
});

/** A store of its own, and what ended its thread. */
function opened(now: number) {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const where = join(folder(), 'history');
  return { store: openFileHistory({ folder: where, retention: defaultRetention, now: () => now, onError }), errors };
}

/** Resolves when it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('a store that is opened again says when samples were last written', async () => {
  const now = noon;
  const where = join(folder(), 'history');
  const options = { folder: where, retention: defaultRetention, onError: () => {} };
  const before = openFileHistory({ ...options, now: () => now });
  expect(await before.seen?.()).toBe(null);
  before.append({ samples: [sample(1, now - 1_000, [0.5])] });
  await before.flush();
  // As after a kill: its files are read while it still has them.
  const after = openFileHistory({ ...options, now: () => now + 30_000 });
  const seen = (await after.seen?.()) ?? 0;
  // The thread's clock goes on from `now`.
  expect(seen).toBeGreaterThanOrEqual(now);
  expect(seen).toBeLessThan(now + 30_000);
  await after.close();
  await before.close();
});

/** Something that no code should send: the thread ends when it reads it. */
const poison = { samples: [{ ...sample(1, 1, [0]), series: [null as never] }] };

test('a thread that ends is started again with what was flushed, and history ends when it ends twice within a minute', async () => {
  const now = noon;
  const { store, errors } = opened(now);
  const ask = { hostIds: [1], metrics: [], from: now - 60_000, to: now, points: 100 };
  store.append({ samples: [sample(1, now - 50_000, [0.5])] });
  await store.flush();
  store.append(poison);
  await expect(store.query(ask)).rejects.toMatchObject({ statusCode: 503, retryAfterSeconds: 5 });
  await until(() => errors.length === 1 && store.state().status === 'on');
  store.append({ samples: [sample(1, now - 40_000, [0.75])] });
  expect((await store.query(ask)).hosts[0]?.series[0]?.mean).toEqual([0.5, 0.75]);

  store.append(poison);
  await until(() => store.state().status === 'ended');
  expect(store.state().trouble).toMatchObject({ reason: 'ended' });
  store.append({ samples: [sample(1, now - 30_000, [0.75])] });
  expect(store.state().dropped).toBeGreaterThan(0);
  await expect(store.query(ask)).rejects.toMatchObject({ statusCode: 503 });
  await store.close();
});

test('eight queries wait their turn, and the ninth is told when to come again', async () => {
  const now = noon;
  const { store } = opened(now);
  const ask = {
    hostIds: Array.from({ length: 50 }, (_, id) => id),
    metrics: [cpu],
    from: now - 365 * 86_400_000,
    to: now,
  };
  const asked = await Promise.allSettled(Array.from({ length: 9 }, () => store.query({ ...ask, points: 400 })));
  expect(asked.map(({ status }) => status)).toEqual([...Array(8).fill('fulfilled'), 'rejected']);
  expect(asked[8]).toMatchObject({ reason: { statusCode: 503, retryAfterSeconds: 5 } });
  await expect(store.query({ ...ask, points: 400 })).resolves.toMatchObject({ truncated: 0 });
  await store.close();
});

test('a query that nobody waits for any more ends, and the next is answered', async () => {
  const now = noon;
  const { store } = opened(now);
  const ask = { hostIds: [1], metrics: [], from: now - 60_000, to: now, points: 100 };
  const gone = new AbortController();
  const asked = store.query(ask, gone.signal);
  gone.abort(new Error('left'));
  await expect(asked).rejects.toThrow('left');
  await expect(store.query(ask)).resolves.toMatchObject({ times: [] });
  await store.close();
});

test('more than 64 batches at once are not waited for: they are counted, and it is said', async () => {
  const now = noon;
  const { store } = opened(now);
  for (let index = 0; index < 100; index += 1) store.append({ samples: [sample(1, now - 50_000 + index, [0.5])] });
  expect(store.state()).toMatchObject({ dropped: 36, trouble: { reason: 'busy' } });
  await store.flush();
  store.append({ samples: [sample(1, now - 40_000, [0.5])] });
  expect(store.state().trouble).toBe(null);
  const ask = { hostIds: [1], metrics: [], from: now - 60_000, to: now, points: 100 };
  expect((await store.query(ask)).times).toHaveLength(65);
  await store.close();
});

test('history that is off has no thread and no file; what was kept before can still be read and removed', async () => {
  const now = noon;
  const where = join(folder(), 'history');
  const stores: HistoryStore[] = [];
  const open = (): HistoryStore => {
    stores.push(openFileHistory({ folder: where, retention: defaultRetention, now: () => now, onError: () => {} }));
    return stores.at(-1) as HistoryStore;
  };
  const store = openSwitchedHistory({ folder: where, retention: defaultRetention, open, onError: () => {} });
  const ask = { hostIds: [1], metrics: [], from: now - 60_000, to: now, points: 100 };
  store.append({ samples: [sample(1, now - 50_000, [0.5])] });
  await store.retain(defaultRetention);
  await store.forget(1);
  await store.flush();
  await expect(store.query(ask)).rejects.toMatchObject({ statusCode: 409 });
  expect([stores.length, existsSync(where), store.state().status]).toEqual([0, false, 'off']);

  await store.turn?.(true);
  store.append({ samples: [sample(1, now - 40_000, [0.25])] });
  expect((await store.query(ask)).hosts[0]?.series[0]?.mean).toEqual([0.25]);
  await store.turn?.(false);
  expect(store.state().status).toBe('off');
  store.append({ samples: [sample(1, now - 30_000, [0.25])] });
  expect((await store.query(ask)).hosts[0]?.series[0]?.mean).toEqual([0.25]);
  await store.forget(1);
  expect((await store.query(ask)).hosts[0]?.series).toEqual([]);
  expect(stores).toHaveLength(2);
  await store.close();
});
