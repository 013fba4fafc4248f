/** Days of a host on a clock of our own: how often it is tried, and when it is said to be down. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEmbedded } from '../backends/embedded.ts';
import { type Failure, HostError, type Reason, type Stage } from '../model/failure.ts';
import type { Policy, WatchTarget } from '../model/host.ts';
import { noKnownKeys } from '../model/host-key.ts';
import type { Observation } from '../model/observation.ts';
import type { Inventory } from '../ports/inventory.ts';
import { failure } from '../ssh/failures.ts';
import type { Shell } from '../ssh/shell.ts';
import type { Held } from './hold.ts';
import type { Reach } from './links.ts';
import { openScheduler, type Scheduler } from './scheduler.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const always: Policy = {
  statusCheckEnabled: true,
  statusIntervalSeconds: 60,
  metricsEnabled: true,
  metricsIntervalSeconds: 30,
  tcpPingEnabled: true,
  collectAlways: true,
  sudo: false,
  excludedMounts: [],
  monitoredMounts: [],
};

function hostOf(id: number, policy: Partial<Policy> = {}, rest: Partial<WatchTarget> = {}): WatchTarget {
  return {
    id,
    ownerId: 'ada',
    name: `host ${id}`,
    connection: 'ssh',
    address: '192.0.2.1',
    port: 22,
    username: 'root',
    interactive: 'unknown',
    unsupported: null,
    jumpHosts: [],
    proxies: [],
    policy: { ...always, ...policy },
    revision: '1',
    ...rest,
  };
}

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
  readonly scheduler: Scheduler;
  readonly seen: Observation[];
  connects: number;
  pings: number;
};

async function site(targets: readonly WatchTarget[], connect: () => Promise<Held>, up: () => boolean): Promise<Site> {
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const seen: Observation[] = [];
  bus.subscribe((one) => void seen.push(one));
  const inventory: Inventory = {
    targets: async () => targets,
    target: async (id) => targets.find((one) => one.id === id) ?? null,
    login: async () => ({ type: 'password', password: 'x' }),
    proxies: async () => [],
    knownKeys: async () => noKnownKeys('host'),
    noteKey: async () => {},
    loggedIn: async () => {},
    setInteractive: async () => {},
  };
  const counted = { connects: 0, pings: 0 };
  const reach: Reach = {
    connect: async () => {
      counted.connects += 1;
      return connect();
    },
    ping: async () => {
      counted.pings += 1;
      return up()
        ? { up: true, latencyMs: 1, failure: null }
        : { up: false, latencyMs: null, failure: failure('tcp', 'timed-out') };
    },
  };
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const onError = (error: unknown): never => {
    throw error;
  };
  const scheduler = await openScheduler({ clock, inventory, bus, reach, onError });
  opened.push(scheduler);
  return Object.assign(counted, { scheduler, seen });
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
  for (const scheduler of opened.splice(0)) scheduler.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('in a day', () => {
  test('a refused password is offered three times', async () => {
    const day = await site([hostOf(1)], fails('auth', 'rejected'), () => true);
    await pass(dayMs);
    expect(day.connects).toBe(3);
    expect(last(day)).toMatchObject({ alive: true, failure: { reason: 'rejected' } });
  });

  test('a dead host is pinged, and connected to only until the first ping', async () => {
    const day = await site([hostOf(1)], fails('tcp', 'timed-out'), () => false);
    await pass(dayMs);
    expect(day.connects).toBe(1);
    expect(last(day)).toMatchObject({ alive: false });
  });

  test('a refused password is offered no more often to a host that goes down every hour', async () => {
    let hours = 0;
    const day = await site([hostOf(1)], fails('auth', 'rejected'), () => hours % 2 === 0);
    for (; hours < 24; hours += 1) await pass(60 * minuteMs);
    expect(day.connects).toBeLessThanOrEqual(3);
  });

  test.each([
    ['host-key', 'changed', 1],
    ['host-key', 'unknown-key', 1],
    ['jump', 'changed', 1],
    ['host-key', 'revoked', 1],
    ['host-key', 'bad-certificate', 24],
    ['shell', 'no-shell', 24],
    ['auth', 'needs-code', 1],
    ['shell', 'unsupported', 1],
  ] as const)('%s/%s is tried at most so often', async (stage, reason, most) => {
    const day = await site([hostOf(1)], fails(stage, reason), () => true);
    await pass(dayMs);
    expect(day.connects).toBeLessThanOrEqual(most);
  });

  test('every back-off but a person’s ends: a host that answers again is held again', async () => {
    const stages = fc.constantFrom<[Stage, Reason]>(['tcp', 'refused'], ['handshake', 'reset'], ['dns', 'not-found']);
    await fc.assert(
      fc.asyncProperty(stages, fc.integer({ min: 1, max: 600 }), async ([stage, reason], minutes) => {
        let isDown = true;
        const connect = () => (isDown ? fails(stage, reason)() : Promise.resolve(heldHost()));
        const here = await site([hostOf(1)], connect, () => !isDown);
        await pass(minutes * minuteMs);
        isDown = false;
        await pass(61 * minuteMs);
        expect(last(here)).toMatchObject({ alive: true, failure: null });
        here.scheduler.close();
      }),
      { numRuns: 10 },
    );
  });
});

describe('the status', () => {
  test('turns to offline only after a second look', async () => {
    let up = true;
    const here = await site([hostOf(1, { metricsEnabled: false })], fails('tcp', 'refused'), () => up);
    await pass(2 * minuteMs);
    const { pings } = here;
    up = false;
    await pass(minuteMs);
    expect(here.pings - pings).toBe(2);
    expect(last(here)).toMatchObject({ alive: false });
  });

  test('of a host that is held needs no ping', async () => {
    const here = await site(
      [hostOf(1)],
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
    const here = await site([hostOf(1)], connect, () => up);
    await pass(minuteMs);
    up = false;
    host.fail();
    await pass(3_000);
    expect(last(here)).toMatchObject({ alive: false, failure: { stage: 'tcp' } });
  });

  test('of a host that is down is looked at every other second while somebody has the host open', async () => {
    let up = false;
    const connect = () => (up ? Promise.resolve(heldHost()) : fails('tcp', 'refused')());
    const here = await site([hostOf(1)], connect, () => up);
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
    const here = await site([hostOf(1, policy)], fails('tcp', 'refused'), () => true);
    await pass(dayMs / 24);
    expect([here.connects, here.pings]).toEqual([0, 0]);
  });
});

describe('a host without watchers', () => {
  test('is pinged and never connected to', async () => {
    const here = await site(
      [hostOf(1, { collectAlways: false })],
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
      [hostOf(1, { collectAlways: false })],
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
});

test('a page that is loaded anew finds the connection that it left', async () => {
  const here = await site(
    [hostOf(1, { collectAlways: false })],
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

test('a connection that was made for somebody who has left meanwhile is let go', async () => {
  const host = heldHost();
  const connect = async (): Promise<Held> => {
    await new Promise((done) => setTimeout(done, 3_000));
    return host;
  };
  const here = await site([hostOf(1, { collectAlways: false })], connect, () => true);
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
    [hostOf(1)],
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
  const hosts = [...Array(1_000).keys()].map((index) => hostOf(index + 1));
  const here = await site(hosts, connect, () => true);
  await pass(2 * minuteMs);
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
});
