/** Days of a login that many hosts share, on a clock of our own. */
import { describe, expect, test } from 'vitest';
import { fails, heldHost, minuteMs, onFakeClock, pass, restarts, site } from '../../test/support/day.ts';
import { watched } from '../../test/support/watched.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Held } from './connections/hold.ts';

onFakeClock();

describe('a login that many hosts share', () => {
  const shared = (count: number, loginKey = 'ldap'): WatchTarget[] =>
    [...Array(count).keys()].map((index) => watched(index + 1, { statusIntervalSeconds: 3600 }, { loginKey }));
  const slowly = async <T>(answer: () => Promise<T>): Promise<T> => {
    await new Promise((done) => setTimeout(done, 200));
    return answer();
  };

  test('and that is wrong is offered few times in a day, whichever hosts these are', async () => {
    const day = await site(
      shared(500),
      () => slowly(fails('auth', 'rejected')),
      () => true,
    );
    await pass(minuteMs);
    expect(day.connects).toBeGreaterThanOrEqual(2);
    expect(day.connects).toBeLessThanOrEqual(3);
    expect(day.seen.filter((one) => one.failure?.reason === 'paused').length).toBeGreaterThanOrEqual(497);
    expect(day.seen.every(({ alive }) => alive === true)).toBe(true);
    for (let hour = 0; hour < 24; hour += 1) {
      const before = day.connects;
      await pass(60 * minuteMs);
      expect(day.connects - before).toBeLessThanOrEqual(2);
    }
    expect(day.connects).toBeGreaterThan(3);
  });

  test('stays held back after restarts, and is free for all once a host accepts it', async () => {
    let isRight = false;
    const connect = () => slowly(async () => (isRight ? heldHost() : fails('auth', 'rejected')()));
    const day = await site(shared(100), connect, () => true);
    await pass(minuteMs);
    const first = day.connects;
    expect(first).toBeGreaterThanOrEqual(2);
    expect(first).toBeLessThanOrEqual(3);
    for (let restart = 0; restart < restarts; restart += 1) {
      await day.restart();
      await pass(minuteMs);
    }
    expect(day.connects).toBe(first);
    isRight = true;
    const nobody = () => Promise.reject(new Error('nobody'));
    const watch = day.scheduler.watch(90);
    await Promise.all([watch?.start({ ask: nobody, mayOverride: true }, () => {}), pass(3_000)]);
    await pass(minuteMs);
    expect([...day.scheduler.watches()].filter(({ isHeld }) => isHeld).length).toBeGreaterThanOrEqual(97);
    await day.restart();
    await pass(minuteMs);
    expect([...day.scheduler.watches()].filter(({ isHeld }) => isHeld).length).toBeGreaterThanOrEqual(97);
  });

  test('and that is right reaches all of them as fast as usual', async () => {
    const here = await site(
      shared(500),
      () => slowly(async () => heldHost()),
      () => true,
    );
    await pass(minuteMs);
    expect(here.connects).toBe(500);
  });

  test('is no longer held back once one host accepts it', async () => {
    let isRight = false;
    const connect = () => slowly(async () => (isRight ? heldHost() : fails('auth', 'rejected')()));
    const here = await site(shared(100), connect, () => true);
    await pass(minuteMs);
    isRight = true;
    const person = () => Promise.reject(new Error('nobody'));
    await Promise.all([here.scheduler.watch(90)?.start({ ask: person, mayOverride: true }, () => {}), pass(3_000)]);
    await pass(minuteMs);
    expect(here.connects).toBeGreaterThanOrEqual(98);
  });

  test('is offered on to all where one accepts it and others do not', async () => {
    const connect = (target: WatchTarget) =>
      slowly(async () => (target.id === 1 || target.id > 50 ? heldHost() : fails('auth', 'rejected')()));
    const [first, ...others] = shared(100);
    const here = await site([first as WatchTarget], connect, () => true);
    await pass(5_000);
    here.targets.push(...others);
    await here.scheduler.reloadAll();
    await pass(5 * minuteMs);
    expect([...here.scheduler.watches()].filter(({ isHeld }) => isHeld).length).toBe(51);
  });

  test('and that was right until it was changed on the hosts is offered few times', async () => {
    let isRight = true;
    const hosts: (Held & { readonly fail: () => void })[] = [];
    const connect = () =>
      slowly(async () => {
        if (!isRight) return fails('auth', 'rejected')();
        hosts.push(heldHost());
        return hosts.at(-1) as Held;
      });
    const here = await site(shared(100), connect, () => true);
    await pass(minuteMs);
    const { connects } = here;
    isRight = false;
    for (const host of hosts) host.fail();
    await pass(30 * minuteMs);
    expect(here.connects - connects).toBeGreaterThanOrEqual(2);
    expect(here.connects - connects).toBeLessThanOrEqual(4);
  });

  test('says nothing of another login, and dead hosts that share it hold nobody up', async () => {
    const other = watched(1_000, {}, { loginKey: 'another' });
    const dead = shared(200).map((target) => ({ ...target, address: '192.0.2.99' }));
    const alive = shared(300).slice(200);
    const connect = async ({ address }: WatchTarget): Promise<Held> => {
      if (address !== '192.0.2.99') return heldHost();
      await new Promise((done) => setTimeout(done, 10_000));
      return fails('tcp', 'timed-out')();
    };
    const here = await site([...dead, ...alive, other], connect, (address) => address !== '192.0.2.99');
    await pass(5_000);
    expect(here.scheduler.watch(1_000)?.isHeld).toBe(true);
    await pass(2 * minuteMs);
    expect([...here.scheduler.watches()].filter(({ isHeld }) => isHeld).length).toBe(101);
  });
});
