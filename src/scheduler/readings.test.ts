/** Clients that read snapshots, with and without viewers, on a clock of their own. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore, inventoryOf, watched } from '../../test/support/watched.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { factsOf } from '../collectors/index.ts';
import { HostError } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Control, StartResult } from '../ports/control.ts';
import { writeSnapshots } from '../snapshots/writer.ts';
import { failure } from '../ssh/failures.ts';
import type { Held } from './connections/hold.ts';
import { createControl } from './control.ts';
import { Scheduler } from './scheduler.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const quiet = { collectAlways: false, statusCheckEnabled: false };
const closers: (() => unknown)[] = [];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.useRealTimers();
});

/** A host whose CPU is busy for a quarter of its time. */
function busyHost(answer: () => Promise<void>): Held {
  const startedAt = performance.now();
  let open = true;
  const text = (): string => {
    const seconds = 1_000 + (performance.now() - startedAt) / 1_000;
    const ticks = Math.round(seconds * 100);
    const cpu = `cpu  ${ticks / 4} 0 0 ${(ticks * 3) / 4} 0 0 0 0 0 0`;
    return `\n@@n begin ${seconds.toFixed(2)}\n/proc/stat:${cpu}\n/proc/uptime:${seconds.toFixed(2)} 1\n@@n end\n`;
  };
  const request = async () => {
    await answer();
    return { text: text(), nonce: 'n', complete: true };
  };
  const close = (): void => {
    open = false;
  };
  return {
    interactive: 'unknown',
    isOpen: () => open,
    shell: async () => ({ announced: null, request, isOpen: () => open, onClose: () => {}, close }),
    forward: async () => new PassThrough(),
    onClose: () => {},
    close,
  };
}

async function site(targets: readonly WatchTarget[], connect?: () => Promise<Held>) {
  const onError = (error: unknown): never => {
    throw error;
  };
  const { bus, snapshots } = openEmbedded(onError);
  writeSnapshots(bus, snapshots);
  const held: Held[] = [];
  const seen = { connects: 0, samples: 0 };
  bus.subscribe(({ sample }) => {
    if (sample !== null) seen.samples += 1;
  });
  const reach = {
    connect: async (): Promise<Held> => {
      seen.connects += 1;
      const host = await (connect?.() ?? busyHost(async () => {}));
      held.push(host);
      return host;
    },
    ping: async () => ({ up: true, latencyMs: 1, failure: null }),
  };
  const scheduler = await Scheduler.open({
    clock,
    inventory: inventoryOf(targets),
    holds: holdStore(),
    bus,
    reach,
    onError,
  });
  const control = createControl({ scheduler, snapshots, clock, forget: () => {} });
  closers.push(() => scheduler.close(), control.close);
  await pass(1_000);
  return { control, scheduler, seen, snapshots, openNow: () => held.filter((host) => host.isOpen()).length };
}

/** Reads every so often, as a dashboard does. */
async function poll(control: Control, seconds: number, everySeconds: number, hostId = 1): Promise<void> {
  for (let left = seconds; left > 0; left -= everySeconds) {
    control.read(hostId, 'ada');
    await pass(everySeconds * 1_000);
  }
}

test('a program that only reads has fresh samples while it does, and the connection ends after it', async () => {
  const { control, seen, openNow } = await site([watched(1, quiet)]);
  expect(seen).toEqual({ connects: 0, samples: 0 });
  await poll(control, 600, 60);
  expect(seen.connects).toBe(1);
  expect(seen.samples).toBeGreaterThanOrEqual(20);
  await pass(60_000);
  expect(openNow()).toBe(1);
  await pass(120_000);
  expect(openNow()).toBe(0);
});

test('a client that was hidden until its viewer expired is not recognised, and has fresh samples again as soon as it reads', async () => {
  const { control, seen, openNow } = await site([watched(1, quiet)]);
  const viewer = control.registerViewer(1, 'ada', 'V');
  await pass(150_000);
  await pass(31_000);
  expect(openNow()).toBe(0);
  const before = seen.samples;
  expect(control.heartbeat(viewer as string, 'ada')).toBe(false);
  await poll(control, 60, 15);
  expect(control.heartbeat(viewer as string, 'ada')).toBe(false);
  expect(seen.samples).toBeGreaterThanOrEqual(before + 3);
});

test('a read within half a minute of the same user’s stop is no wish for samples; another user’s is', async () => {
  const { control, seen, openNow } = await site([watched(1, quiet)]);
  control.registerViewer(1, 'ada', 'V');
  control.read(1, 'ada');
  await pass(5_000);
  expect(openNow()).toBe(1);
  control.stop(1, 'ada', 'V');
  await poll(control, 29, 1);
  expect([seen.connects, openNow()]).toEqual([1, 0]);
  control.read(1, 'bob');
  await pass(2_000);
  expect([seen.connects, openNow()]).toEqual([2, 1]);
  control.stop(1, 'bob', null);
  expect(openNow()).toBe(0);
  await poll(control, 2, 1);
  expect([seen.connects, openNow()]).toEqual([3, 1]);
});

test('the end of a viewer is the end of what its user reads', async () => {
  const { control, openNow } = await site([watched(1, quiet)]);
  control.registerViewer(1, 'ada', 'V');
  control.read(1, 'ada');
  await pass(5_000);
  control.unregisterViewer(1, 'ada', 'V');
  await pass(32_000);
  expect(openNow()).toBe(0);
});

test('reads start no login that needs a person, nor one that is held back', async () => {
  const coded = watched(1, quiet, { interactive: 'needs-code' });
  const refused = () => Promise.reject(new HostError(failure('auth', 'rejected')));
  const { control, seen } = await site([coded, watched(2, quiet)], refused);
  await poll(control, 3_000, 10, 1);
  expect(seen.connects).toBe(0);
  await poll(control, 3_000, 10, 2);
  expect(seen.connects).toBe(1);
  for (let times = 0; times < 20; times += 1) {
    control.stop(2, 'ada', null);
    await pass(31_000);
    control.read(2, 'ada');
  }
  expect(seen.connects).toBe(1);
});

test('one user’s reads wake 500 hosts at most', async () => {
  const targets = [...Array(600).keys()].map((index) =>
    watched(index + 1, quiet, { address: `192.0.2.${index % 250}` }),
  );
  const { control, scheduler } = await site(targets);
  for (const { id } of targets) control.read(id, 'ada');
  expect(targets.filter(({ id }) => scheduler.readings.isRead(id))).toHaveLength(500);
  control.read(600, 'bob');
  expect(scheduler.readings.isRead(600)).toBe(true);
  await pass(130_000);
  expect(targets.filter(({ id }) => scheduler.readings.isRead(id))).toHaveLength(0);
});

test('a start is answered when there are shares and rates', async () => {
  const { control, snapshots, seen } = await site([watched(1, quiet)]);
  const answer = control.start(1, 'ada', true);
  await pass(900);
  expect(seen.samples).toBe(1);
  await pass(300);
  expect(await answer).toMatchObject({ outcome: 'started' });
  expect(seen.samples).toBe(2);
  expect(factsOf(snapshots.get(1)?.sections ?? {}).cpu?.total?.busy).toBeCloseTo(0.25, 2);
});

test.each([
  ['its second sample does not come', 20_000, 4_000],
  ['its first sample takes ten seconds', 10_000, 12_000],
])('a start whose host is so slow that %s is answered with the first sample', async (_, slowMs, answeredMs) => {
  let requests = 0;
  const host = busyHost(async () => {
    requests += 1;
    const waits = answeredMs === 4_000 ? requests > 1 : requests === 1;
    if (waits) await new Promise((done) => setTimeout(done, slowMs));
  });
  const { control, seen } = await site([watched(1, quiet)], async () => host);
  let answer: StartResult | null = null;
  void control.start(1, 'ada', true).then((found) => {
    answer = found;
  });
  await pass(answeredMs - 500);
  const wasEarly = answer !== null;
  await pass(1_000);
  expect([wasEarly, answer]).toMatchObject([answeredMs !== 4_000, { outcome: 'started' }]);
  expect(seen.samples).toBeGreaterThanOrEqual(1);
  await pass(30_000);
});
