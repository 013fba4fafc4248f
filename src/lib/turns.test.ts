import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const stays = new AbortController().signal;

/** Work that ends when it is told to. */
function createWork(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  return {
    end: () => resolve(name),
    run: () => {
      log.push(name);
      return promise;
    },
  };
}

test('one piece of work of a user runs at a time, others wait in order', async () => {
  const turns = new Turns({ atOnce: 3, waiting: 2 });
  const log: string[] = [];
  const [first, second, third, others] = ['first', 'second', 'third', 'others'].map((name) => createWork(log, name));
  const ran = [first, second, third].map((work) => turns.run('ada', stays, () => work?.run() ?? Promise.reject()));
  const other = turns.run('bob', stays, () => others?.run() ?? Promise.reject());
  await setImmediate();
  expect(log).toEqual(['first', 'others']);
  first?.end();
  await ran[0];
  await setImmediate();
  expect(log).toEqual(['first', 'others', 'second']);
  for (const work of [second, third, others]) work?.end();
  expect(await Promise.all([...ran, other])).toEqual(['first', 'second', 'third', 'others']);
});

test('a user with more waiting than may be is refused with 429, others are not', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 1 });
  const work = createWork([], 'a');
  const ran = [1, 2].map(() => turns.run('ada', stays, work.run));
  await expect(turns.run('ada', stays, work.run)).rejects.toMatchObject({ statusCode: 429, retryAfterSeconds: 5 });
  const other = turns.run('bob', stays, work.run);
  work.end();
  expect(await Promise.all([...ran, other])).toEqual(['a', 'a', 'a']);
});

test('a caller that leaves while waiting gives up its place', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 1 });
  const log: string[] = [];
  const [long, never, next] = ['long', 'never', 'next'].map((name) => createWork(log, name));
  const running = turns.run('ada', stays, () => long?.run() ?? Promise.reject());
  const left = new AbortController();
  const waiting = turns.run('ada', left.signal, () => never?.run() ?? Promise.reject());
  left.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
  const after = turns.run('ada', stays, () => next?.run() ?? Promise.reject());
  long?.end();
  next?.end();
  await Promise.all([running, after]);
  expect(log).toEqual(['long', 'next']);
});

test('work that fails gives its turn on', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 1 });
  await expect(turns.run('ada', stays, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turns.run('ada', stays, async () => 'yes')).toBe('yes');
});
