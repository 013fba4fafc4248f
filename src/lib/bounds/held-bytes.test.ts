import { expect, test } from 'vitest';
import { HeldBytes } from './held-bytes.ts';

test('two hundred and fifty-six holders of 8 MB never hold more than the bound in all, and small ones are left alone', () => {
  const all = new HeldBytes(128_000_000);
  let [ended, most, smallEnded] = [0, 0, 0];
  const small = all.hold(() => {
    smallEnded += 1;
  });
  small.add(20_000);
  const large = [...Array(256)].map(() =>
    all.hold(() => {
      ended += 1;
    }),
  );
  const isEnded = (): number => ended;
  for (let piece = 0; piece < 250; piece += 1)
    for (const one of large) {
      if (isEnded() > 250) break;
      one.add(32_000);
      most = Math.max(most, all.total);
    }
  expect(most).toBeLessThanOrEqual(128_000_000);
  expect(ended).toBeGreaterThan(0);
  expect(smallEnded).toBe(0);
});

test('what is released is free again, once', () => {
  const all = new HeldBytes(100);
  const one = all.hold(() => {});
  one.add(60);
  one.release();
  one.release();
  expect(all.total).toBe(0);
  all.hold(() => {}).add(100);
  expect(all.total).toBe(100);
});

test('the largest is ended first', () => {
  const all = new HeldBytes(100);
  const ended: string[] = [];
  for (const [name, bytes] of [
    ['a', 20],
    ['b', 50],
    ['c', 40],
  ] as const)
    all.hold(() => ended.push(name)).add(bytes);
  expect(ended).toEqual(['b']);
  expect(all.total).toBe(60);
});
