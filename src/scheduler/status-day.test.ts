/** When a host is said to be up or down, on a clock of our own. */
import { describe, expect, test } from 'vitest';
import { dayMs, fails, heldHost, last, minuteMs, onFakeClock, pass, site } from '../../test/support/day.ts';
import { watched } from '../../test/support/watched.ts';
import type { Held } from './connections/hold.ts';

onFakeClock();

describe('the status', () => {
  test('turns to offline only after a second look', async () => {
    let up = true;
    const here = await site([watched(1, { metricsEnabled: false })], fails('tcp', 'refused'), () => up);
    await pass(2 * minuteMs);
    const { pings } = here;
    up = false;
    await pass(minuteMs);
    expect(here.pings - pings).toBe(2);
    expect(last(here)).toMatchObject({ alive: false });
  });

  test('of a host whose login works needs no ping after its connection was lost', async () => {
    const hosts: ReturnType<typeof heldHost>[] = [];
    const here = await site(
      [watched(1)],
      async () => {
        hosts.push(heldHost());
        return hosts.at(-1) as Held;
      },
      () => true,
    );
    for (let loss = 0; loss < 3; loss += 1) {
      await pass(20 * minuteMs);
      hosts.at(-1)?.fail();
    }
    await pass(minuteMs);
    hosts.at(-1)?.fail();
    await pass(20 * minuteMs);
    expect([here.connects, here.pings]).toEqual([5, 0]);
    expect(last(here)).toMatchObject({ alive: true, failure: null });
  });

  test('of many hosts whose login works needs no ping when they are started together again, or saved', async () => {
    const targets = [...Array(100).keys()].map((index) => watched(index + 1, {}, { loginKey: 'ldap' }));
    const here = await site(
      targets,
      async () => {
        await new Promise((done) => setTimeout(done, 2_000));
        return heldHost();
      },
      () => true,
    );
    await pass(5 * minuteMs);
    expect(here.connects).toBe(100);
    const { pings } = here;
    await here.restart();
    await pass(5 * minuteMs);
    expect([here.connects, here.pings]).toEqual([200, pings]);
    for (const [index, target] of targets.entries()) here.targets[index] = { ...target, revision: '2' };
    await here.scheduler.reloadAll();
    await pass(5 * minuteMs);
    expect([here.connects, here.pings]).toEqual([300, pings]);
    expect([...here.scheduler.watches()].every(({ isHeld }) => isHeld)).toBe(true);
  });

  test('of a host with a held connection needs no ping', async () => {
    const here = await site(
      [watched(1)],
      async () => heldHost(),
      () => true,
    );
    await pass(minuteMs);
    const { pings } = here;
    await pass(10 * minuteMs);
    expect([here.connects, here.pings - pings]).toEqual([1, 0]);
    expect(last(here)).toMatchObject({ alive: true });
  });

  test('is looked at as soon as a held connection is lost', async () => {
    const host = heldHost();
    let up = true;
    let first = true;
    const connect = async (): Promise<Held> => {
      if (!first) return fails('tcp', 'refused')();
      first = false;
      return host;
    };
    const here = await site([watched(1)], connect, () => up);
    await pass(minuteMs);
    up = false;
    host.fail();
    await pass(3_000);
    expect(last(here)).toMatchObject({ alive: false, failure: { stage: 'tcp' } });
  });

  test('of a host that is down is looked at every other second while somebody has the host open', async () => {
    let up = false;
    const connect = () => (up ? Promise.resolve(heldHost()) : fails('tcp', 'refused')());
    const here = await site([watched(1)], connect, () => up);
    await pass(5 * minuteMs);
    here.scheduler.viewers.register(1, 'ada', 'tab', 5);
    here.scheduler.watchersChanged(1);
    const { pings } = here;
    await pass(minuteMs);
    expect(here.pings - pings).toBeGreaterThan(30);
    up = true;
    await pass(2_500);
    expect(last(here)).toMatchObject({ alive: true, failure: null });
    expect(here.connects).toBe(2);
  });

  test.each([
    ['with TCP ping off', { tcpPingEnabled: false, metricsEnabled: false }],
    ['with status checks off', { statusCheckEnabled: false, metricsEnabled: false }],
  ])('%s opens no socket', async (_, policy) => {
    const here = await site([watched(1, policy)], fails('tcp', 'refused'), () => true);
    await pass(dayMs / 24);
    expect([here.connects, here.pings]).toEqual([0, 0]);
  });
});
