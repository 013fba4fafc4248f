/** Hosts whose packets are dropped while a connection is held, on a clock of our own. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore, inventoryOf, watched } from '../../../test/support/watched.ts';
import { openEmbedded } from '../../backends/embedded.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Observation } from '../../model/observation.ts';
import { failure } from '../../ssh/failures.ts';
import type { Held } from '../connections/hold.ts';
import { Scheduler } from '../scheduler.ts';
import { unlessGone } from './silence.ts';

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
let scheduler: Scheduler | undefined;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  void scheduler?.close();
  vi.useRealTimers();
});

/** What of the host still answers. */
type Answers = { samples: boolean; keepalives: boolean; pings: boolean };

/** A host that somebody has open, and that is sampled every five seconds. */
async function open(target: WatchTarget) {
  const answers: Answers = { samples: true, keepalives: true, pings: true };
  const count = { pings: 0, keepalives: 0, connections: 0 };
  const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
  const nonce = 'a'.repeat(24);
  const held = (): Held => {
    let isOpen = true;
    let cut = (): void => {};
    const shell = {
      announced: null,
      isOpen: () => isOpen,
      onClose: () => {},
      close: () => cut(),
      request: async () => {
        const end = new Promise<boolean>((done) => {
          cut = () => done(false);
          if (answers.samples) done(true);
          else setTimeout(() => done(false), 15_000);
        });
        const complete = await end;
        return { text: `\n@@${nonce} begin 1\n@@${nonce} end\n`, nonce, complete };
      },
    };
    return {
      interactive: 'unknown',
      isOpen: () => isOpen,
      shell: async () => shell as never,
      forward: () => Promise.reject(new Error('no')),
      onClose: () => {},
      isAlive: async (timeoutMs) => {
        count.keepalives += 1;
        if (!answers.keepalives) await wait(timeoutMs);
        return answers.keepalives;
      },
      close: () => {
        isOpen = false;
        cut();
      },
    };
  };
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const seen: Observation[] = [];
  bus.subscribe((one) => void seen.push(one));
  scheduler = await Scheduler.open({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    inventory: inventoryOf([target]),
    holds: holdStore(),
    bus,
    reach: {
      connect: async () => {
        count.connections += 1;
        return held();
      },
      ping: async (_target, _start, _signal, timeoutMs) => {
        count.pings += 1;
        if (answers.pings) return { up: true, latencyMs: 1, failure: null };
        await wait(timeoutMs ?? 5_000);
        return { up: false, latencyMs: null, failure: failure('tcp', 'timed-out') };
      },
    },
    onError: (error) => {
      throw error;
    },
  });
  scheduler.viewers.register(target.id, 'ann', 'page', 5);
  scheduler.watchersChanged(target.id);
  await pass(12_000);
  return {
    answers,
    count,
    log: () => scheduler?.watch(target.id)?.session.connectionLog.map(({ message }) => message),
    /** Seconds until the host is said to be down; null: it is not within a minute. */
    downAfter: async (): Promise<number | null> => {
      const from = seen.length;
      for (let half = 1; half <= 120; half += 1) {
        await pass(500);
        if (seen.slice(from).some(({ alive }) => alive === false)) return half / 2;
      }
      return null;
    },
  };
}

test('a host whose packets are dropped is down within two intervals of five seconds', async () => {
  const host = await open(watched(1));
  // Right after a sample: the worst moment.
  host.answers.samples = false;
  host.answers.keepalives = false;
  host.answers.pings = false;
  expect(await host.downAfter()).toBeLessThanOrEqual(10);
  expect(host.log()).toEqual([
    'The host stopped answering; checking whether it is still there',
    expect.stringContaining('Checking whether'),
    expect.stringContaining('Checking whether'),
    failure('tcp', 'timed-out').message,
    failure('tcp', 'timed-out').message,
    'Its SSH server does not answer on the open connection either',
  ]);
  // It is looked for as any host that is down, and connected to when it is back.
  Object.assign(host.answers, { samples: true, keepalives: true, pings: true });
  await pass(10_000);
  expect(host.count.connections).toBe(2);
});

test('where nobody has it open, a host is looked for twice before it is down', async () => {
  const host = await open(watched(1));
  scheduler?.viewers.unregister('ann', 'page');
  scheduler?.watchersChanged(1);
  const { pings } = host.count;
  host.answers.samples = false;
  host.answers.keepalives = false;
  host.answers.pings = false;
  // Two intervals of thirty seconds.
  expect(await host.downAfter()).toBeLessThanOrEqual(60);
  expect(host.count.pings).toBe(pings + 2);
});

test('without pings, two silences of its SSH server within 20 seconds are enough', async () => {
  const host = await open(watched(1, { tcpPingEnabled: false }));
  host.answers.samples = false;
  host.answers.keepalives = false;
  expect(await host.downAfter()).toBeLessThanOrEqual(20);
  expect(host.count.pings).toBe(0);
});

test('a section that hangs on a host that is there touches nothing but the connection', async () => {
  const host = await open(watched(1));
  const { pings } = host.count;
  host.answers.samples = false;
  await pass(18_000);
  expect(host.count.keepalives).toBeGreaterThan(2);
  expect([host.count.pings, host.count.connections]).toEqual([pings, 1]);
});

test('a host that is too busy to answer over its connection, but answers a ping, is not down', async () => {
  const host = await open(watched(1));
  host.answers.samples = false;
  host.answers.keepalives = false;
  expect(await host.downAfter()).toBeNull();
});

test('while Sonde itself is late, a host that has not answered yet is not doubted', async () => {
  const now = vi.spyOn(performance, 'now');
  const look = vi.fn(async () => null);
  const { promise, resolve } = Promise.withResolvers<string>();
  const answer = unlessGone(promise, look);
  const at = performance.now();
  now.mockReturnValue(at + 4_000);
  await pass(1_500);
  expect(look).toHaveBeenCalledTimes(0);
  now.mockReturnValue(at + 5_500);
  await pass(1_500);
  expect(look).toHaveBeenCalledTimes(1);
  now.mockRestore();
  resolve('an answer');
  expect(await answer).toBe('an answer');
  await pass(10_000);
  expect(look).toHaveBeenCalledTimes(1);
});
