import { expect, test } from 'vitest';
import { Closers } from './closers.ts';

test('closes everything in reverse, even after one that throws or rejects', async () => {
  const closed: string[] = [];
  const errors: unknown[] = [];
  const closers = new Closers((error) => errors.push((error as Error).message), 1_000);
  closers.push(() => closed.push('first'));
  closers.push(() => Promise.reject(new Error('rejected')));
  closers.push(() => closed.push('third'));
  closers.push(() => {
    throw new Error('thrown');
  });
  await closers.close();
  expect(closed).toEqual(['third', 'first']);
  expect(errors).toEqual(['thrown', 'rejected']);
  await closers.close();
  expect(closed).toHaveLength(2);
});

test('farewells are said side by side, within one time, and before what was opened before them is closed', async () => {
  const closed: string[] = [];
  const closers = new Closers(() => undefined, 50);
  closers.push(() => closed.push('database'));
  closers.join();
  closers.push(() => closed.push('history'));
  const until = (name: string) => (signal: AbortSignal) =>
    new Promise<void>((done) => {
      closed.push(`${name} begins`);
      signal.addEventListener('abort', () => {
        closed.push(`${name} is over`);
        done();
      });
    });
  closers.pushFarewell(until('outbox'));
  closers.push(() => closed.push('hosts'));
  closers.pushFarewell(until('pusher'));
  await closers.close();
  expect(closed).toEqual([
    'pusher begins',
    'hosts',
    'outbox begins',
    'history',
    'pusher is over',
    'outbox is over',
    'database',
  ]);
});

test('a farewell that fails is told, and keeps nothing else open', async () => {
  const closed: string[] = [];
  const errors: unknown[] = [];
  const closers = new Closers((error) => errors.push((error as Error).message), 1_000);
  closers.push(() => closed.push('database'));
  closers.join();
  closers.pushFarewell(() => Promise.reject(new Error('no way')));
  await closers.close();
  expect([closed, errors]).toEqual([['database'], ['no way']]);
});
