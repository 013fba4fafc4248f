import { expect, test } from 'vitest';
import { Closers } from './closers.ts';

test('closes everything in reverse, even after one that throws or rejects', async () => {
  const closed: string[] = [];
  const errors: unknown[] = [];
  const closers = new Closers((error) => errors.push((error as Error).message));
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
