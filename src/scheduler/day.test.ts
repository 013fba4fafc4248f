/** Days of a host on a clock of our own: how often it is tried, and when it is said to be down. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dayMs,
  dayOfRestarts,
  fails,
  heldHost,
  last,
  minuteMs,
  onFakeClock,
  pass,
  restarts,
  type Site,
  site,
} from '../../test/support/day.ts';
import { watched } from '../../test/support/watched.ts';
import type { Failure, Reason, Stage } from '../model/failure.ts';
import type { Held } from './connections/hold.ts';

onFakeClock();

describe('in a day', () => {
  test('a refused password is offered three times', async () => {
    const day = await site([watched(1)], fails('auth', 'rejected'), () => true);
    await pass(dayMs);
    expect(day.connects).toBe(3);
    expect(last(day)).toMatchObject({ alive: true, failure: { reason: 'rejected' } });
  });

  test('a dead host is pinged, and connected to only until the first ping', async () => {
    const day = await site([watched(1)], fails('tcp', 'timed-out'), () => false);
    await pass(dayMs);
    expect(day.connects).toBe(1);
    // One for every check of the status, and one more before it is said to be down.
    expect(day.pings).toBeGreaterThanOrEqual(24 * 60 - 1);
    expect(day.pings).toBeLessThanOrEqual(24 * 60 + 2);
    expect(last(day)).toMatchObject({ alive: false });
  });

  test('a dead host that may not be pinged is connected to 150 times at most', async () => {
    const day = await site([watched(1, { tcpPingEnabled: false })], fails('tcp', 'timed-out'), () => false);
    await pass(dayMs);
    expect(day.connects).toBeGreaterThanOrEqual(90);
    expect(day.connects).toBeLessThanOrEqual(150);
    expect(day.pings).toBe(0);
  });

  test('a host that ends every connection after its first sample is logged in to 150 times at most', async () => {
    const connect = async (): Promise<Held> => {
      const host = heldHost();
      setTimeout(host.fail, 1_000);
      return host;
    };
    const day = await site([watched(1)], connect, () => true);
    await pass(dayMs);
    expect(day.connects).toBeGreaterThanOrEqual(90);
    expect(day.connects).toBeLessThanOrEqual(150);
  });

  test.each([
    ['handshake', 'penalised'],
    ['handshake', 'too-many-sessions'],
  ] as const)(
    'a host that says %s/%s is neither pinged nor connected to while it is waited for',
    async (stage, reason) => {
      let tries = 0;
      const ends: number[] = [];
      const connect = (): Promise<Held> => {
        tries += 1;
        ends.push(performance.now());
        return fails(stage, reason)();
      };
      const day = await site([watched(1)], connect, () => true);
      await pass(dayMs);
      expect(tries).toBeGreaterThanOrEqual(90);
      expect(tries).toBeLessThanOrEqual(150);
      expect(day.pings).toBeLessThanOrEqual(tries);
      expect((ends[1] ?? 0) - (ends[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
      expect(last(day)).toMatchObject({ failure: { stage, reason } });
    },
  );

  test('a host that is gone soon after it refused a login is taken to have banned us, and left alone ever longer', async () => {
    let banned = false;
    const connect = (): Promise<Held> => {
      banned = true;
      return fails('auth', 'rejected')();
    };
    const day = await site([watched(1)], connect, () => !banned);
    await pass(12 * 60 * minuteMs);
    expect(day.connects).toBe(1);
    expect(day.pings).toBeGreaterThanOrEqual(45);
    expect(day.pings).toBeLessThanOrEqual(75);
    expect(last(day)).toMatchObject({ failure: { stage: 'tcp', reason: 'penalised' } });
    banned = false;
    const before = day.seen.length;
    await pass(17 * minuteMs);
    // It is tried again then, and bans us again.
    expect(day.seen.slice(before).some(({ probe }) => probe?.up)).toBe(true);
  });

  test('a host that goes down long after it refused a login has not banned us', async () => {
    let up = true;
    const day = await site([watched(1)], fails('auth', 'rejected'), () => up);
    await pass(20 * minuteMs);
    up = false;
    await pass(5 * minuteMs);
    expect(last(day)).toMatchObject({ alive: false, failure: { stage: 'tcp', reason: 'timed-out' } });
  });

  test.each([
    ['once: it may have been started anew', 1, 'timed-out'],
    ['again and again: it permits no more tries, and then bans', 3, 'penalised'],
  ])('a host that ends the connection during the login, %s', async (_, resets, reason) => {
    const connect = (): Promise<Held> =>
      day.connects > resets ? fails('tcp', 'timed-out')() : fails('auth', 'reset')();
    const day = await site([watched(1)], connect, () => day.connects <= resets);
    await pass(20 * minuteMs);
    expect(last(day)).toMatchObject({ failure: { stage: 'tcp', reason } });
  });

  test('a refused password is offered no more often to a host that goes down every hour', async () => {
    let hours = 0;
    const day = await site([watched(1)], fails('auth', 'rejected'), () => hours % 2 === 0);
    for (; hours < 24; hours += 1) await pass(60 * minuteMs);
    expect(day.connects).toBe(3);
  });

  /** A host for each failure, in one day of all of them: how often each was connected to, and what was said last. */
  async function dayOf<Case extends readonly [Stage, Reason, ...unknown[]]>(
    cases: readonly Case[],
    live: (day: Site) => Promise<unknown>,
  ): Promise<(readonly [Case, connects: number, Failure | null])[]> {
    const connects = new Map<number, number>();
    const day = await site(
      cases.map((_, index) => watched(index + 1, {}, { address: `192.0.2.${index + 1}` })),
      ({ id }) => {
        connects.set(id, (connects.get(id) ?? 0) + 1);
        const [stage, reason] = cases[id - 1]!;
        return fails(stage, reason)();
      },
      () => true,
    );
    await live(day);
    return cases.map((one, index) => {
      const said = day.seen.findLast(({ hostId }) => hostId === index + 1);
      return [one, connects.get(index + 1) ?? 0, said?.failure ?? null] as const;
    });
  }

  function expectTried(tried: Awaited<ReturnType<typeof dayOf<readonly [Stage, Reason, number, number]>>>): void {
    for (const [[stage, reason, least, most], connects] of tried) {
      expect(connects, `${stage}/${reason}`).toBeGreaterThanOrEqual(least);
      expect(connects, `${stage}/${reason}`).toBeLessThanOrEqual(most);
    }
  }

  test('each failure is tried so often and no more', async () => {
    // An hourly one has one try more if its first came early in its minute.
    const cases = [
      ['host-key', 'changed', 1, 1],
      ['host-key', 'unknown-key', 1, 1],
      ['jump', 'changed', 1, 1],
      ['host-key', 'revoked', 1, 1],
      ['host-key', 'bad-certificate', 24, 25],
      ['shell', 'no-shell', 3, 3],
      ['shell', 'timed-out', 25, 25],
      ['auth', 'no-agent', 24, 25],
      ['auth', 'expired', 24, 25],
      ['auth', 'needs-code', 1, 1],
      ['shell', 'unsupported', 1, 1],
    ] as const;
    expectTried(await dayOf(cases, () => pass(dayMs)));
  });

  test('with twenty restarts each failure is tried no more often than without', async () => {
    const cases = [
      ['host-key', 'changed', 1, 1],
      ['host-key', 'bad-certificate', 24, 25],
      ['shell', 'no-shell', 3, 3],
      ['shell', 'timed-out', 25, 25],
      ['auth', 'rejected', 3, 3],
      ['auth', 'expired', 24, 25],
      ['auth', 'needs-code', 1, 1],
      ['auth', 'reset', 90, 150],
      ['handshake', 'timed-out', 90, 150],
      ['handshake', 'penalised', 90, 150],
      ['handshake', 'too-many-sessions', 90, 150],
    ] as const;
    const tried = await dayOf(cases, dayOfRestarts);
    expectTried(tried);
    expect(tried.map(([, , said]) => said)).toMatchObject(cases.map(([stage, reason]) => ({ stage, reason })));
  });

  test('with twenty restarts a dead host is connected to once, and without pings no more often than without restarts', async () => {
    const dead = await site([watched(1)], fails('tcp', 'timed-out'), () => false);
    await dayOfRestarts(dead);
    expect(dead.connects).toBe(1);
    await dead.scheduler.close();
    const silent = await site([watched(1, { tcpPingEnabled: false })], fails('tcp', 'timed-out'), () => false);
    await dayOfRestarts(silent);
    expect(silent.connects).toBeGreaterThanOrEqual(90);
    expect(silent.connects).toBeLessThanOrEqual(150);
  });

  test('with twenty restarts a host that loses every connection is logged in to 150 times at most', async () => {
    const connect = async (): Promise<Held> => {
      const host = heldHost();
      setTimeout(host.fail, 1_000);
      return host;
    };
    const day = await site([watched(1)], connect, () => true);
    await dayOfRestarts(day);
    expect(day.connects).toBeGreaterThanOrEqual(90);
    expect(day.connects).toBeLessThanOrEqual(150);
  });

  test('with twenty restarts a host that has banned us is neither connected to nor pinged more often', async () => {
    let banned = false;
    const connect = (): Promise<Held> => {
      banned = true;
      return fails('auth', 'rejected')();
    };
    const day = await site([watched(1)], connect, () => !banned);
    await dayOfRestarts(day);
    expect(day.connects).toBe(1);
    expect(day.pings).toBeGreaterThanOrEqual(90);
    expect(day.pings).toBeLessThanOrEqual(150);
    expect(last(day)).toMatchObject({ failure: { stage: 'tcp', reason: 'penalised' } });
  });

  test('with twenty restarts a good host is logged in to once after each', async () => {
    const day = await site(
      [watched(1)],
      async () => heldHost(),
      () => true,
    );
    await dayOfRestarts(day);
    expect(day.connects).toBe(1 + restarts);
  });

  test('a login that a host refused is offered at once after a restart when it was changed, and not because a setting was', async () => {
    const day = await site([watched(1)], fails('auth', 'rejected'), () => true);
    await pass(minuteMs);
    for (const revision of ['2', '3']) {
      day.targets[0] = watched(1, { metricsIntervalSeconds: 10 }, { revision });
      await day.scheduler.reloadAll();
      await day.restart();
      await pass(minuteMs);
    }
    expect(day.connects).toBe(1);
    day.targets[0] = watched(1, {}, { revision: '4', login: 'another password' });
    await day.scheduler.reloadAll();
    await pass(minuteMs);
    expect(day.connects).toBe(2);
  });

  test('every back-off ends except one for a person: a host that answers again is held again', async () => {
    const stages = fc.constantFrom<[Stage, Reason]>(['tcp', 'refused'], ['handshake', 'reset'], ['dns', 'not-found']);
    await fc.assert(
      fc.asyncProperty(stages, fc.integer({ min: 1, max: 600 }), async ([stage, reason], minutes) => {
        let isDown = true;
        const connect = () => (isDown ? fails(stage, reason)() : Promise.resolve(heldHost()));
        const here = await site([watched(1)], connect, () => !isDown);
        await pass(minutes * minuteMs);
        isDown = false;
        await pass(61 * minuteMs);
        expect(last(here)).toMatchObject({ alive: true, failure: null });
        await here.scheduler.close();
      }),
      { numRuns: 10 },
    );
  });
});
