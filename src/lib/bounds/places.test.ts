import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Places } from './places.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const takes = (ms: number) => () => new Promise<void>((done) => void setTimeout(done, ms));

/** The order in which works end, each with its time. */
function site(options: { readonly quick: number; readonly slow: number; readonly slowAfterMs: number }) {
  const places = new Places(options);
  const ended: [number, number][] = [];
  const begin = performance.now();
  let [atOnce, most] = [0, 0];
  const add = (key: number, ms: number): Promise<void> =>
    places.run(key, async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await takes(ms)();
      atOnce -= 1;
      ended.push([key, performance.now() - begin]);
    });
  return { places, ended, add, most: () => most };
}

test('six hundred silent hosts keep ten good ones waiting for seconds, not for minutes', async () => {
  const { add, ended } = site({ quick: 16, slow: 512, slowAfterMs: 150 });
  for (let key = 0; key < 600; key += 1) void add(key, 10_000);
  for (let key = 600; key < 610; key += 1) void add(key, 50);
  await vi.advanceTimersByTimeAsync(60_000);
  const good = ended.filter(([key]) => key >= 600).map(([, at]) => at);
  expect(good).toHaveLength(10);
  expect(Math.max(...good)).toBeLessThanOrEqual(11_000);
  expect(ended).toHaveLength(610);
});

test('a host that was slow last time keeps nobody waiting', async () => {
  const { add, ended } = site({ quick: 4, slow: 8, slowAfterMs: 100 });
  for (let key = 0; key < 50; key += 1) void add(key, 1_000);
  await vi.advanceTimersByTimeAsync(60_000);
  ended.length = 0;
  const begin = performance.now();
  for (let key = 0; key < 50; key += 1) void add(key, 1_000);
  void add(99, 10);
  await vi.advanceTimersByTimeAsync(20);
  expect(ended.map(([key]) => key)).toEqual([99]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ended).toHaveLength(51);
  expect(performance.now() - begin).toBeGreaterThan(0);
});

test('a host that was quick last time goes before a new one', async () => {
  const { add, ended } = site({ quick: 1, slow: 1, slowAfterMs: 100 });
  void add(7, 10);
  await vi.advanceTimersByTimeAsync(10);
  for (const key of [1, 2, 7]) void add(key, 10);
  await vi.advanceTimersByTimeAsync(100);
  expect(ended.map(([key]) => key)).toEqual([7, 1, 7, 2]);
});

test('no more run at once than there are places, whatever they do', async () => {
  const { add, most, places } = site({ quick: 3, slow: 5, slowAfterMs: 100 });
  for (let key = 0; key < 100; key += 1) void add(key, (key * 37) % 400);
  const failed = places.run(500, () => Promise.reject(new Error('no')));
  const rejected = expect(failed).rejects.toThrow('no');
  await vi.advanceTimersByTimeAsync(60_000);
  await rejected;
  expect(most()).toBe(8);
});
