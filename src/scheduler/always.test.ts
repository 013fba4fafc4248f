/** Hosts that are sampled with nobody watching, and what switching that on and off does to them. On a clock of our own. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore, inventoryOf, watched } from '../../test/support/watched.ts';
import { openEmbedded } from '../backends/embedded.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Held } from './connections/hold.ts';
import { Scheduler } from './scheduler.ts';

const minuteMs = 60_000;
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
let scheduler: Scheduler | undefined;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(async () => {
  await scheduler?.close();
  vi.useRealTimers();
});

/** One host that answers; how often it was connected to and sampled, and whether its connection is open. */
async function site(target: WatchTarget) {
  const targets = [target];
  const onError = (error: unknown): never => {
    throw error;
  };
  const { bus } = openEmbedded(onError);
  const told = { connects: 0, open: 0, sampledAt: [] as number[] };
  bus.subscribe(({ sample, at }) => {
    if (sample !== null) told.sampledAt.push(at);
  });
  const connect = async (): Promise<Held> => {
    told.connects += 1;
    told.open += 1;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) told.open -= 1;
      isOpen = false;
    };
    const text = '\n@@n begin 1000\n/proc/uptime:1000.0 1\n@@n end\n';
    const request = async () => ({ text, nonce: 'n', complete: true });
    const shell = { announced: null, request, isOpen: () => isOpen, onClose: () => {}, close };
    const forward = async (): Promise<PassThrough> => new PassThrough();
    return {
      interactive: 'unknown',
      isOpen: () => isOpen,
      shell: async () => shell,
      forward,
      onClose: () => {},
      close,
    };
  };
  const ping = async () => ({ up: true, latencyMs: 1, failure: null });
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const reach = { connect, ping };
  const opened = await Scheduler.open({
    clock,
    inventory: inventoryOf(targets),
    holds: holdStore(),
    bus,
    reach,
    onError,
  });
  scheduler = opened;
  return {
    told,
    scheduler: opened,
    /** How many samples there were in a time. */
    samplesIn: async (ms: number): Promise<number> => {
      const before = told.sampledAt.length;
      await pass(ms);
      return told.sampledAt.length - before;
    },
    turn: async (collectAlways: boolean): Promise<void> => {
      targets[0] = { ...target, policy: { ...target.policy, collectAlways } };
      await opened.reloadAll();
    },
  };
}

test('a host is sampled at its interval with nobody watching, until that is switched off', async () => {
  const { told, samplesIn, turn } = await site(watched(1));
  expect(await samplesIn(10 * minuteMs)).toBeGreaterThanOrEqual(20);
  await turn(false);
  expect(await samplesIn(10 * minuteMs)).toBe(0);
  expect([told.connects, told.open]).toEqual([1, 0]);
  await turn(true);
  expect(await samplesIn(10 * minuteMs)).toBeGreaterThanOrEqual(20);
  expect([told.connects, told.open]).toEqual([2, 1]);
});

test('switching it leaves the connection of a host that somebody watches alone', async () => {
  const { told, scheduler: running, samplesIn, turn } = await site(watched(1));
  await pass(minuteMs);
  running.viewers.register(1, 'ada', 'tab');
  for (const collectAlways of [false, true]) {
    await turn(collectAlways);
    expect(await samplesIn(minuteMs)).toBeGreaterThan(0);
  }
  expect([told.connects, told.open]).toEqual([1, 1]);
});

test('a host that asks for a code is not tried with nobody there', async () => {
  const { told, samplesIn } = await site(watched(1, {}, { interactive: 'needs-code' }));
  expect(await samplesIn(60 * minuteMs)).toBe(0);
  expect(told.connects).toBe(0);
});
