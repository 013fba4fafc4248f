/** Days of a host on a clock of our own: how often it is tried, and when it is said to be down. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { holdStore, inventoryOf, watched } from '../../test/support/watched.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { type Failure, HostError, type Reason, type Stage } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Observation } from '../model/observation.ts';
import { failure } from '../ssh/failures.ts';
import type { Shell } from '../ssh/shell.ts';
import type { Held } from './connections/hold.ts';
import type { Reach } from './connections/reach.ts';
import { Scheduler } from './scheduler.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const restarts = 20;

/** A host that answers, until `close` is called. */
function heldHost(): Held & { readonly fail: () => void } {
  let open = true;
  const listeners: (() => void)[] = [];
  const close = (): void => {
    open = false;
  };
  const shell: Shell = {
    announced: null,
    request: async (_sections, _waitMs) => ({
      text: `\n@@n begin 1000\n/proc/uptime:1000.0 1\n@@n end\n`,
      nonce: 'n',
      complete: true,
    }),
    isOpen: () => open,
    onClose: () => {},
    close,
  };
  return {
    interactive: 'unknown',
    isOpen: () => open,
    shell: async () => shell,
    forward: async () => new PassThrough(),
    onClose: (listener) => void listeners.push(listener),
    close,
    fail: () => {
      close();
      for (const listener of listeners) listener();
    },
  };
}

type Site = {
  readonly targets: WatchTarget[];
  scheduler: Scheduler;
  readonly seen: Observation[];
  connects: number;
  pings: number;
  /** Ends the scheduler and starts another one, which knows of it only what was kept. */
  readonly restart: () => Promise<void>;
};

async function site(
  given: readonly WatchTarget[],
  connect: (target: WatchTarget) => Promise<Held>,
  up: (address: string) => boolean,
): Promise<Site> {
  const targets = [...given];
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const seen: Observation[] = [];
  bus.subscribe((one) => void seen.push(one));
  const counted = { connects: 0, pings: 0 };
  const reach: Reach = {
    connect: async (target) => {
      counted.connects += 1;
      return connect(target);
    },
    ping: async ({ address }) => {
      counted.pings += 1;
      return up(address)
        ? { up: true, latencyMs: 1, failure: null }
        : { up: false, latencyMs: null, failure: failure('tcp', 'timed-out') };
    },
  };
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const onError = (error: unknown): never => {
    throw error;
  };
  const holds = holdStore();
  const open = async (): Promise<Scheduler> => {
    const scheduler = await Scheduler.open({ clock, inventory: inventoryOf(targets), holds, bus, reach, onError });
    opened.push(scheduler);
    return scheduler;
  };
  const here: Site = Object.assign(counted, {
    targets,
    scheduler: await open(),
    seen,
    restart: async () => {
      await here.scheduler.close();
      here.scheduler = await open();
    },
  });
  return here;
}

/** A day in which Sonde is started anew twenty times, the first time after seven minutes. */
async function dayOfRestarts(day: Site): Promise<void> {
  for (let restart = 0; restart < restarts; restart += 1) {
    await pass(restart === 0 ? 7 * minuteMs : dayMs / (restarts + 1));
    await day.restart();
  }
  await pass((2 * dayMs) / (restarts + 1) - 7 * minuteMs);
}

const opened: Scheduler[] = [];
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const fails = (stage: Stage, reason: Reason) => (): Promise<Held> =>
  Promise.reject(new HostError(failure(stage, reason)));
const last = ({ seen }: Site): { alive: boolean | null; failure: Failure | null } | undefined => seen.at(-1);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const scheduler of opened.splice(0)) void scheduler.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

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

  test.each([
    ['host-key', 'changed', 1],
    ['host-key', 'unknown-key', 1],
    ['jump', 'changed', 1],
    ['host-key', 'revoked', 1],
    ['host-key', 'bad-certificate', 24],
    ['shell', 'no-shell', 3],
    ['shell', 'timed-out', 25],
    ['auth', 'no-agent', 24],
    ['auth', 'expired', 24],
    ['auth', 'needs-code', 1],
    ['shell', 'unsupported', 1],
  ] as const)('%s/%s is tried so often and no more', async (stage, reason, times) => {
    const day = await site([watched(1)], fails(stage, reason), () => true);
    await pass(dayMs);
    expect(day.connects).toBe(times);
  });

  test.each([
    ['host-key', 'changed', 1, 1],
    ['host-key', 'bad-certificate', 24, 24],
    ['shell', 'no-shell', 3, 3],
    ['shell', 'timed-out', 25, 25],
    ['auth', 'rejected', 3, 3],
    ['auth', 'expired', 24, 24],
    ['auth', 'needs-code', 1, 1],
    ['auth', 'reset', 90, 150],
    ['handshake', 'timed-out', 90, 150],
    ['handshake', 'penalised', 90, 150],
    ['handshake', 'too-many-sessions', 90, 150],
  ] as const)('with twenty restarts %s/%s is tried no more often than without', async (stage, reason, least, most) => {
    const day = await site([watched(1)], fails(stage, reason), () => true);
    await dayOfRestarts(day);
    expect(day.connects).toBeGreaterThanOrEqual(least);
    expect(day.connects).toBeLessThanOrEqual(most);
    expect(last(day)).toMatchObject({ failure: { stage, reason } });
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
  }, 20_000);

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

describe('a host without watchers', () => {
  test('is pinged and never connected to', async () => {
    const here = await site(
      [watched(1, { collectAlways: false })],
      async () => heldHost(),
      () => true,
    );
    await pass(30 * minuteMs);
    expect(here.connects).toBe(0);
    expect(here.pings).toBeGreaterThanOrEqual(29);
  });

  test('is sampled at once when somebody comes, and let go when their heartbeats end', async () => {
    const host = heldHost();
    const here = await site(
      [watched(1, { collectAlways: false })],
      async () => host,
      () => true,
    );
    await pass(minuteMs);
    here.scheduler.viewers.register(1, 'ada', 'tab');
    here.scheduler.watchersChanged(1);
    await pass(2_000);
    expect(here.seen.filter(({ sample }) => sample !== null)).toHaveLength(2);
    await pass(4 * minuteMs);
    expect(host.isOpen()).toBe(false);
    const { connects } = here;
    await pass(30 * minuteMs);
    expect(here.connects).toBe(connects);
  });

  test.each([0, 1, 3])(
    'is let go when nobody looks any more, also where %d connections before were lost',
    async (times) => {
      const hosts: ReturnType<typeof heldHost>[] = [];
      const here = await site(
        [watched(1, { collectAlways: false })],
        async () => {
          hosts.push(heldHost());
          return hosts.at(-1) as Held;
        },
        () => true,
      );
      const { viewers, watchersChanged } = here.scheduler;
      viewers.register(1, 'ada', 'tab');
      watchersChanged(1);
      const stay = async (minutes: number): Promise<void> => {
        for (let left = minutes; left > 0; left -= 1) {
          viewers.heartbeat('ada', 'tab');
          await pass(minuteMs);
        }
      };
      await stay(1);
      for (let time = 0; time < times; time += 1) {
        hosts.at(-1)?.fail();
        await stay(5);
      }
      expect(hosts.filter((host) => host.isOpen())).toHaveLength(1);
      viewers.unregister('ada', 'tab');
      watchersChanged(1);
      await pass(60 * minuteMs);
      expect(hosts.filter((host) => host.isOpen())).toHaveLength(0);
    },
  );

  test('is not sampled twice within a second, whoever asks: rates of so short a time are chance', async () => {
    const here = await site(
      [watched(1, { collectAlways: false })],
      async () => heldHost(),
      () => true,
    );
    const samples = (): number => here.seen.filter(({ sample }) => sample !== null).length;
    const watch = here.scheduler.watch(1);
    const started: Promise<void>[] = [];
    for (const viewer of ['a', 'b', 'c']) {
      here.scheduler.viewers.register(1, 'ada', viewer);
      here.scheduler.watchersChanged(1);
      watch?.refresh();
      if (watch)
        started.push(
          watch.start({ ask: () => Promise.reject(new Error('nobody is there')), mayOverride: true }, () => {}),
        );
      await pass(100);
    }
    expect(samples()).toBe(1);
    await pass(1_000);
    expect(samples()).toBe(2);
    await pass(500);
    await Promise.all(started);
    expect(samples()).toBe(2);
  });
});

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
