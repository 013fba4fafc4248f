import { afterAll, expect, test } from 'vitest';
import { RequestError } from './errors.ts';
import { ThreadLimitError, Threads } from './threads.ts';

const threads = new Threads({ maxThreads: 1, maxQueue: 1, memoryMb: 32 });
const module = new URL('../../test/support/thread-work.ts', import.meta.url);
afterAll(() => threads[Symbol.asyncDispose]());

test('runs an exported function in another thread', async () => {
  expect(await threads.run(module, 'sum', [1, 2, 3], { timeoutMs: 60_000 })).toBe(6);
});

test('a refusal keeps its status and sentence', async () => {
  const refused = threads.run(module, 'refuse', 'no such format', { timeoutMs: 60_000 });
  await expect(refused).rejects.toThrow(RequestError);
  await expect(refused).rejects.toMatchObject({ statusCode: 400, message: 'no such format' });
});

test('ends work that never ends, and goes on', async () => {
  await expect(threads.run(module, 'spin', null, { timeoutMs: 1_000 })).rejects.toThrow(ThreadLimitError);
  expect(await threads.run(module, 'sum', [4], { timeoutMs: 60_000 })).toBe(4);
});

test('ends work that fills its memory, and goes on', async () => {
  await expect(threads.run(module, 'hoard', null, { timeoutMs: 60_000 })).rejects.toMatchObject({ limit: 'memory' });
  expect(await threads.run(module, 'sum', [5], { timeoutMs: 60_000 })).toBe(5);
});

test('ends work whose caller left', async () => {
  const left = new AbortController();
  const running = threads.run(module, 'spin', null, { timeoutMs: 60_000, signal: left.signal });
  left.abort(new Error('the client left'));
  await expect(running).rejects.toThrow('the client left');
});

test('refuses work beyond its queue', async () => {
  const left = new AbortController();
  const all = [1, 2, 3, 4, 5].map(() =>
    threads.run(module, 'spin', null, { timeoutMs: 60_000, signal: left.signal }).catch((error: unknown) => error),
  );
  expect(await Promise.race(all)).toMatchObject({ statusCode: 503 });
  left.abort(new Error('enough'));
  await Promise.all(all);
});

test.each([10_000.5, Number.POSITIVE_INFINITY])('takes a limit of %d ms', async (timeoutMs) => {
  expect(await threads.run(module, 'sum', [6], { timeoutMs })).toBe(6);
});

test('work that cannot begin keeps no place of the queue', async () => {
  const bad = { timeoutMs: Number.NaN };
  for (let count = 0; count < 5; count += 1)
    await expect(threads.run(module, 'sum', [7], bad)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  expect(await threads.run(module, 'sum', [7], { timeoutMs: 60_000 })).toBe(7);
});

test('what a thread is given is all it knows', async () => {
  expect(await threads.run(module, 'environment', null, { timeoutMs: 60_000 })).toEqual([]);
});
