/** What happens to hosts while something else is happening to them, on a clock of our own. */
import { expect, test, vi } from 'vitest';
import { dayMs, fails, heldHost, minuteMs, onFakeClock, pass, site } from '../../test/support/day.ts';
import { watched } from '../../test/support/watched.ts';
import { HostError } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import { failure } from '../ssh/failures.ts';
import type { Held } from './connections/hold.ts';

onFakeClock();

test('a host that something changes of while it is connected to is connected to again at once, and nothing is said to be wrong', async () => {
  const here = await site(
    [watched(1)],
    async () => {
      await new Promise((done) => setTimeout(done, 500));
      return heldHost();
    },
    () => true,
  );
  await pass(100);
  here.scheduler.restart(1);
  await pass(5_000);
  expect(here.connects).toBe(2);
  expect(here.seen.map(({ failure: wrong }) => wrong)).toEqual(here.seen.map(() => null));
  expect(here.seen.some(({ sample }) => sample !== null)).toBe(true);

  const watch = here.scheduler.watch(1);
  watch?.drop();
  const started = watch?.start(
    { ask: () => Promise.reject(new Error('nobody is there')), mayOverride: true },
    () => {},
  );
  const cancelled = expect(started).rejects.toMatchObject({ failure: { reason: 'cancelled' } });
  await pass(100);
  here.scheduler.restart(1);
  await pass(5_000);
  await cancelled;
  expect([...here.scheduler.watches()].every(({ isHeld }) => isHeld)).toBe(true);
  expect(here.seen.at(-1)).toMatchObject({ failure: null });
});

test('attempts that keep being cancelled become less and less frequent', async () => {
  const here = await site([watched(1)], fails('auth', 'cancelled'), () => true);
  await pass(60 * minuteMs);
  expect(here.connects).toBeGreaterThan(10);
  expect(here.connects).toBeLessThan(150);
});

test('a reloaded page finds its connection still open', async () => {
  const here = await site(
    [watched(1, { collectAlways: false })],
    async () => heldHost(),
    () => true,
  );
  const { viewers, watchersChanged } = here.scheduler;
  viewers.register(1, 'ada', 'tab');
  watchersChanged(1);
  await pass(minuteMs);
  viewers.unregister('ada', 'tab');
  watchersChanged(1);
  await pass(10_000);
  const before = here.seen.length;
  viewers.register(1, 'ada', 'new tab');
  watchersChanged(1);
  await pass(1_000);
  expect([here.connects, here.seen.length > before]).toEqual([1, true]);
});

test('a connection made for somebody who has left in the meantime is closed', async () => {
  const host = heldHost();
  const connect = async (): Promise<Held> => {
    await new Promise((done) => setTimeout(done, 3_000));
    return host;
  };
  const here = await site([watched(1, { collectAlways: false })], connect, () => true);
  here.scheduler.viewers.register(1, 'ada', 'tab');
  here.scheduler.watchersChanged(1);
  await pass(1_000);
  here.scheduler.viewers.removeUser(1, 'ada');
  here.scheduler.watchersChanged(1, 'now');
  await pass(10_000);
  expect([here.connects, host.isOpen()]).toEqual([1, true]);
  await pass(minuteMs);
  expect(host.isOpen()).toBe(false);
});

test('our wall clock may jump a day: nothing is sampled more or less often for it', async () => {
  const here = await site(
    [watched(1)],
    async () => heldHost(),
    () => true,
  );
  await pass(5 * minuteMs);
  for (const jump of [dayMs, -2 * dayMs]) {
    const before = here.seen.length;
    vi.setSystemTime(Date.now() + jump);
    await pass(5 * minuteMs);
    expect(here.seen.length - before).toBeLessThanOrEqual(20);
    expect(here.seen.length - before).toBeGreaterThanOrEqual(9);
  }
});

test('a thousand hosts are spread over their interval, and few handshakes are made at once', async () => {
  let now = 0;
  let most = 0;
  const connect = async (): Promise<Held> => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((done) => setTimeout(done, 50));
    now -= 1;
    return heldHost();
  };
  const hosts = [...Array(1_000).keys()].map((index) => watched(index + 1));
  const here = await site(hosts, connect, () => true);
  await pass(2 * minuteMs);
  expect(most).toBeGreaterThanOrEqual(8);
  expect(most).toBeLessThanOrEqual(16);
  const samples = here.seen.length;
  const perSecond: number[] = [];
  for (let second = 0; second < 30; second += 1) {
    const before = here.seen.filter(({ sample }) => sample !== null).length;
    await pass(1_000);
    perSecond.push(here.seen.filter(({ sample }) => sample !== null).length - before);
  }
  expect(here.seen.length).toBeGreaterThanOrEqual(samples + 1_000);
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(60);
  expect(Math.min(...perSecond)).toBeGreaterThanOrEqual(10);
});

test('of hosts that are started together, those that are gone hold up nobody', async () => {
  const connect = async ({ address }: WatchTarget): Promise<Held> => {
    if (address === '192.0.2.1') return heldHost();
    await new Promise((done) => setTimeout(done, 10_000));
    throw new HostError(failure('tcp', 'timed-out'));
  };
  const gone = [...Array(500).keys()].map((index) => watched(index + 1, {}, { address: '192.0.2.9' }));
  const there = [...Array(20).keys()].map((index) => watched(index + 501));
  const here = await site([...gone, ...there], connect, (address) => address === '192.0.2.1');
  await pass(10_000);
  const known = new Map(here.seen.map(({ hostId, alive }) => [hostId, alive]));
  expect(known.size).toBe(520);
  expect([...known.values()].filter((alive) => alive === false)).toHaveLength(500);
  expect(new Set(here.seen.filter(({ sample }) => sample !== null).map(({ hostId }) => hostId)).size).toBe(20);
  expect(here.connects).toBe(20);
});
