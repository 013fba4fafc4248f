import { expect, test } from 'vitest';
import { createViewers } from './viewers.ts';

function setUp() {
  const time = { now: 0 };
  return { time, viewers: createViewers({ now: () => time.now, monotonic: () => time.now }) };
}

const open = (viewers: ReturnType<typeof setUp>['viewers'], userId: string, count: number) =>
  Array.from({ length: count }, (_, index) => viewers.register(1, userId, `viewer ${index}`));

test('a user has 2,000 viewers at most, and leaves places to others', () => {
  const { viewers } = setUp();
  const own = open(viewers, 'ann', 20_000);
  expect(own.filter((id) => id !== null)).toHaveLength(2_000);
  expect(viewers.register(1, 'bob', null)).toEqual(expect.any(String));
  expect(viewers.count(1)).toBe(2_001);
});

test('places of a user are free again when viewers end, expire or are renewed', () => {
  const { viewers, time } = setUp();
  open(viewers, 'ann', 2_000);
  expect(viewers.register(2, 'ann', 'viewer 0')).toBe('viewer 0');
  expect(viewers.register(1, 'ann', 'one more')).toBeNull();
  viewers.unregister('ann', 'viewer 1');
  expect(viewers.register(1, 'ann', 'one more')).toBe('one more');
  time.now += 120_000;
  viewers.expire();
  expect(open(viewers, 'ann', 2_000)).not.toContain(null);
});
