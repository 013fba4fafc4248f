/** Many hosts behind one jump host, on a clock of our own: one connection, one try, one back-off. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore } from '../../../test/support/watched.ts';
import { HostError, type Reason, type Stage } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import { failure } from '../../ssh/failures.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import { Connections } from './connections.ts';
import type { Held } from './hold.ts';
import { Holds } from './holds.ts';

const minuteMs = 60_000;

function target(id: number, jumps: readonly number[] = []): WatchTarget {
  const jumpHosts = jumps.map((hostId) => ({ hostId, isLent: true }));
  // Safe: only these fields are looked at.
  return {
    id,
    name: `h${id}`,
    login: `login of ${id}`,
    ownerId: 'ada',
    interactive: 'unknown',
    jumpHosts,
    proxies: [],
  } as unknown as WatchTarget;
}

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Host 1 is the jump host of all others. */
function site(connect: (id: number, ask: Ask | null) => Promise<void> = async () => {}) {
  const hosts = new Map(
    [target(1), ...[...Array(200).keys()].map((n) => target(n + 2, [1]))].map((one) => [one.id, one]),
  );
  const tries = new Map<number, number>();
  const open = new Set<number>();
  const lost = new Map<number, () => void>();
  let forwards = 0;
  let most = 0;
  const opened: number[] = [];
  const connections = new Connections({
    clock,
    // Safe: the reach below asks it for nothing.
    inventory: {} as never,
    targetOf: (id) => hosts.get(id),
    learned: async (id, interactive) => void hosts.set(id, { ...(hosts.get(id) as WatchTarget), interactive }),
    opened: (id) => void opened.push(id),
    logIn: (_target, _isPerson, make) => make(),
    meter: () => undefined,
    onError: () => {},
    holds: new Holds({ clock, store: holdStore(), onError: () => {} }),
    reach: {
      connect: async ({ id }, _start, _inventory, ask) => {
        tries.set(id, (tries.get(id) ?? 0) + 1);
        await connect(id, ask);
        open.add(id);
        const held: Held = {
          interactive: 'unknown',
          isOpen: () => open.has(id),
          shell: () => Promise.reject(new Error('not asked for')),
          forward: async () => new PassThrough(),
          onClose: (listener) => void lost.set(id, listener),
          close: () => void open.delete(id),
        };
        return held;
      },
      ping: async () => {
        forwards += 1;
        most = Math.max(most, forwards);
        await new Promise((done) => setTimeout(done, 50));
        forwards -= 1;
        return { up: true, latencyMs: 1, failure: null };
      },
    },
  });
  made.push(connections);
  const get = (id: number): WatchTarget => hosts.get(id) as WatchTarget;
  const signal = new AbortController().signal;
  return {
    connections,
    open,
    opened,
    tries: (id: number) => tries.get(id) ?? 0,
    most: () => most,
    lose: (id: number) => {
      open.delete(id);
      lost.get(id)?.();
    },
    behind: [...hosts.values()].filter(({ id }) => id !== 1),
    ping: (id: number) => connections.ping(get(id), signal),
    connect: (id: number, ask: Ask | null = null) =>
      connections.connect(get(id), ask && { ask, mayOverride: true }, () => {}, signal),
  };
}

const made: Connections[] = [];
const fails = (stage: Stage, reason: Reason) => Promise.reject(new HostError(failure(stage, reason)));
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const connections of made.splice(0)) connections.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('all that are behind a jump host share its connection, and few connections are opened from it at once', async () => {
  const here = site();
  const pings = Promise.all(here.behind.map(({ id }) => here.ping(id)));
  await pass(minuteMs);
  expect((await pings).every(({ up }) => up)).toBe(true);
  expect(here.tries(1)).toBe(1);
  expect(here.most()).toBe(32);
});

test('the jump host’s own watch shares it too, and letting go of one does not end the other', async () => {
  const here = site();
  const [own, behind] = [await here.connect(1), await here.connect(2)];
  expect(here.tries(1)).toBe(1);
  own.close();
  expect([here.open.has(1), behind.isOpen()]).toEqual([true, true]);
  behind.close();
  expect([here.open.has(1), here.open.has(2)]).toEqual([true, false]);
  await pass(5 * minuteMs + 1);
  expect(here.open.has(1)).toBe(false);
});

test('a refused login is tried once by all, then after an hour', async () => {
  const here = site((id) => (id === 1 ? fails('auth', 'rejected') : Promise.resolve()));
  const all = await Promise.all(here.behind.map(({ id }) => here.ping(id)));
  expect(all.every((seen) => seen.failure?.stage === 'jump' && seen.failure.reason === 'rejected')).toBe(true);
  for (let minute = 0; minute < 58; minute += 1) {
    await pass(minuteMs);
    await here.ping(2 + minute);
  }
  expect(here.tries(1)).toBe(1);
  await pass(3 * minuteMs);
  await here.ping(2);
  expect(here.tries(1)).toBe(2);
});

test('people who start hosts behind it try a refused login at most once a minute', async () => {
  const here = site((id) => (id === 1 ? fails('auth', 'rejected') : Promise.resolve()));
  const person = async (): Promise<string> => 'code';
  for (const { id } of here.behind) await expect(here.connect(id, person)).rejects.toThrow('Jump host h1');
  expect(here.tries(1)).toBe(1);
  await pass(minuteMs);
  await expect(here.connect(2, person)).rejects.toThrow('Jump host h1');
  expect(here.tries(1)).toBe(2);
});

test('a jump host that is down is tried about once a minute, and the hosts behind it learn when it is back', async () => {
  let isDown = true;
  const here = site((id) => (id === 1 && isDown ? fails('tcp', 'refused') : Promise.resolve()));
  for (let second = 0; second < 3_600; second += 10) {
    await Promise.all([2, 3, 4].map((id) => here.ping(id)));
    await pass(10_000);
  }
  expect(here.tries(1)).toBeLessThanOrEqual(130);
  isDown = false;
  await pass(minuteMs);
  const back = here.ping(2);
  await pass(1_000);
  expect(await back).toMatchObject({ up: true });
  expect(here.opened).toEqual([1]);
});

test('one that needs a code asks the person who starts a host behind it, by name, and nobody else waits', async () => {
  const asked: string[] = [];
  let answer: (code: string) => void = () => {};
  const here = site(async (id, ask) => {
    if (id !== 1) return;
    if (ask === null) return fails('auth', 'needs-code');
    await ask('Verification code: ', false);
  });
  for (const id of [2, 3])
    expect(await here.ping(id)).toMatchObject({ up: false, failure: { stage: 'jump', reason: 'needs-code' } });
  expect(here.tries(1)).toBe(1);
  const started = here.connect(2, (prompt) => {
    asked.push(prompt);
    return new Promise((done) => {
      answer = done;
    });
  });
  await pass(0);
  expect(asked).toEqual(['h1: Verification code: ']);
  expect(await here.ping(3)).toMatchObject({ failure: { reason: 'needs-code' } });
  answer('123456');
  await started;
  const ping = here.ping(3);
  await pass(1_000);
  expect(await ping).toMatchObject({ up: true });
  expect(here.tries(1)).toBe(2);
});

test('when its connection is lost, so is what ran over it, and the next use makes a new one', async () => {
  const here = site();
  await here.connect(2);
  here.lose(1);
  await here.connect(3);
  expect(here.tries(1)).toBe(2);
});

test('a jump host behind a proxy that several records name is reached through it, whichever of them was removed', async () => {
  const proxy = { type: 'socks5', host: 'proxy.example', port: 1080, username: '' } as const;
  const through = (id: number): WatchTarget => ({ ...target(id, [1]), proxies: [proxy] });
  const hosts = new Map([target(1), through(2), through(3)].map((one) => [one.id, one]));
  const routes: string[] = [];
  const lose = new Map<number, () => void>();
  const connections = new Connections({
    clock,
    // Safe: nothing else is asked for. Of a host that is gone there are no proxies.
    inventory: {
      proxies: async (id: number) => (hosts.get(id)?.proxies ?? []).map((one) => ({ ...one, password: null })),
      loggedIn: async () => {},
    } as never,
    targetOf: (id) => hosts.get(id),
    learned: async () => {},
    opened: () => {},
    logIn: (_target, _isPerson, make) => make(),
    meter: () => undefined,
    onError: () => {},
    holds: new Holds({ clock, store: holdStore(), onError: () => {} }),
    reach: {
      connect: async ({ id }, start) => {
        routes.push(`${id} by ${start.via?.name ?? start.proxies.map(({ host }) => host).join()}`);
        let isOpen = true;
        const listeners: (() => void)[] = [];
        const close = (): void => {
          isOpen = false;
        };
        lose.set(id, () => {
          close();
          for (const listener of listeners) listener();
        });
        return {
          interactive: 'unknown',
          isOpen: () => isOpen,
          shell: () => Promise.reject(new Error('not asked for')),
          forward: async () => new PassThrough(),
          onClose: (listener) => void listeners.push(listener),
          close,
        };
      },
      ping: async () => ({ up: true, latencyMs: 1, failure: null }),
    },
  });
  made.push(connections);
  const connect = (id: number): Promise<Held> =>
    connections.connect(hosts.get(id) as WatchTarget, null, () => {}, new AbortController().signal);
  await connect(2);
  await connect(3);
  hosts.delete(2);
  connections.end(2);
  for (const id of [1, 3]) lose.get(id)?.();
  await connect(3);
  expect(routes).toEqual(['1 by proxy.example', '2 by h1', '3 by h1', '1 by proxy.example', '3 by h1']);
});

test('a login that could not be recorded is reported as an internal error, and the host is connected to', async () => {
  const full = new Error('the disk is full');
  const told: unknown[] = [];
  const held = { interactive: 'unknown', isOpen: () => true, onClose: () => {}, close: () => {} };
  const connections = new Connections({
    clock,
    holds: new Holds({ clock, store: holdStore(), onError: () => {} }),
    // Safe: nothing else is asked for.
    inventory: { proxies: async () => [], loggedIn: () => Promise.reject(full) } as never,
    targetOf: () => undefined,
    learned: async () => {},
    opened: () => {},
    logIn: (_target, _isPerson, make) => make(),
    meter: () => undefined,
    onError: (error) => told.push(error),
    // Safe: only these of a connection are used.
    reach: { connect: async () => held as never, ping: async () => ({ up: true, latencyMs: 1, failure: null }) },
  });
  made.push(connections);
  const host = { ...target(1), connection: 'ssh' } as WatchTarget;
  expect((await connections.connect(host, null, () => {}, new AbortController().signal)).isOpen()).toBe(true);
  await vi.waitFor(() => expect(told).toEqual([full]), { timeout: 60_000 });
});
