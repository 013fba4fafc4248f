/** Hosts that an export wants, on a clock of their own. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore, inventoryOf, watched } from '../../../test/support/watched.ts';
import { openEmbedded } from '../../backends/embedded.ts';
import { HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Sampled } from '../../ports/control.ts';
import { writeSnapshots } from '../../snapshots/writer.ts';
import { failure } from '../../ssh/failures.ts';
import type { Held } from '../connections/hold.ts';
import { createControl } from '../control.ts';
import { Scheduler } from '../scheduler.ts';

/** By how much time passed, ms, in which Sonde did not get to its timers. */
let stopped = 0;
const clock = { now: () => Date.now(), monotonic: () => performance.now() + stopped };
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const quiet = { collectAlways: false, statusCheckEnabled: false };
const fresh = { maxAgeMs: 2_000, withinMs: 5_000 };
const closers: (() => unknown)[] = [];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.useRealTimers();
});

/** A host whose core 0 counts 25 ticks a second; `requests` are what it was asked. */
function countingHost(requests: string[], answer: () => Promise<void>): Held {
  let open = true;
  const text = (): string => {
    const seconds = performance.now() / 1_000;
    const ticks = Math.round(seconds * 25);
    const stat = [`cpu  ${ticks} 0 0 ${ticks} 0 0 0 0 0 0`, `cpu0 ${ticks} 0 0 ${ticks} 0 0 0 0 0 0`, 'ctxt 17'];
    const lines = [...stat.map((line) => `/proc/stat:${line}`), `/proc/uptime:${seconds.toFixed(2)} 1`];
    return `\n@@n begin ${seconds.toFixed(2)}\n${lines.join('\n')}\n@@n end\n`;
  };
  const request = async (asked: string) => {
    requests.push(asked);
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

async function site(
  given: WatchTarget | readonly WatchTarget[],
  connect?: () => Promise<void>,
  answer: () => Promise<void> = async () => {},
) {
  const onError = (error: unknown): never => {
    throw error;
  };
  const { bus, snapshots } = openEmbedded(onError);
  writeSnapshots(bus, snapshots);
  const requests: string[] = [];
  const seen = { connects: 0, open: 0 };
  const reach = {
    connect: async (): Promise<Held> => {
      seen.connects += 1;
      await connect?.();
      return countingHost(requests, answer);
    },
    ping: async () => ({ up: true, latencyMs: 1, failure: null }),
  };
  const scheduler = await Scheduler.open({
    clock,
    inventory: inventoryOf(Array.isArray(given) ? given : [given as WatchTarget]),
    holds: holdStore(),
    bus,
    reach,
    onError,
  });
  const control = createControl({ scheduler, snapshots, clock, forget: () => {} });
  closers.push(() => scheduler.close(), control.close);
  await pass(1_000);
  return { control, scheduler, requests, seen };
}

/** A value of a host's series by its name and labels. */
function valueIn({ series }: Sampled, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  const at = series?.layout.series.findIndex(
    (one) => one.family.name === name && JSON.stringify(one.labels) === JSON.stringify(labels),
  );
  return at === undefined ? undefined : series?.values[at];
}

/** What an answer is that comes while time passes. */
async function after<T>(answer: Promise<T>, ms: number): Promise<T> {
  await pass(ms);
  return answer;
}

test('a scrape connects to a host that nobody watches, samples it, and the connection ends when scrapes do', async () => {
  const here = await site(watched(1, quiet));
  expect(here.control.exported(1)).toBe(null);
  const first = await after(here.control.sampleNow(1, fresh), 100);
  expect(valueIn(first, 'node_context_switches_total')).toBe(17);
  expect(valueIn(first, 'node_cpu_seconds_total', { cpu: '0', mode: 'user' })).toBeCloseTo(
    performance.now() / 4_000,
    1,
  );
  expect(here.control.exported(1)).toBe(first.series);
  expect(here.scheduler.watch(1)?.isHeld).toBe(true);
  await pass(299_000);
  expect(here.scheduler.watch(1)?.isHeld).toBe(true);
  await pass(40_000);
  expect(here.scheduler.watch(1)?.isHeld).toBe(false);
  expect(here.control.exported(1)).toBe(null);
});

test('callers at the same time share one sample, and a young one is not taken again', async () => {
  const here = await site(watched(1, { ...quiet, metricsIntervalSeconds: 60 }));
  await after(here.control.sampleNow(1, fresh), 10_000);
  const before = here.requests.length;
  const [one, two] = await after(
    Promise.all([here.control.sampleNow(1, fresh), here.control.sampleNow(1, fresh)]),
    100,
  );
  expect(here.requests.length).toBe(before + 1);
  expect(two.series).toBe(one.series);
  expect((await here.control.sampleNow(1, fresh)).series).toBe(one.series);
  expect(here.requests.length).toBe(before + 1);
});

test('a sample from before the clock was set back is not taken for a young one', async () => {
  const here = await site(watched(1, { ...quiet, metricsIntervalSeconds: 60 }));
  await after(here.control.sampleNow(1, fresh), 10_000);
  const before = here.requests.length;
  vi.setSystemTime(Date.now() - 3_600_000);
  await after(here.control.sampleNow(1, fresh), 100);
  expect(here.requests.length).toBe(before + 1);
});

test('a scrape that comes while a sample without its series is on its way has the next one', async () => {
  let answer = Promise.resolve();
  const here = await site(watched(1, { ...quiet, metricsIntervalSeconds: 60 }), undefined, () => answer);
  here.scheduler.viewers.register(1, 'ada', 'tab');
  here.scheduler.watchersChanged(1);
  await pass(10_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  answer = promise;
  const before = here.requests.length;
  await pass(60_000);
  expect(here.requests.length).toBe(before + 1);
  const scraped = here.control.sampleNow(1, fresh);
  resolve();
  expect(valueIn(await after(scraped, 5_000), 'node_context_switches_total')).toBe(17);
});

test('while scrapes come, the host is not sampled in between; without them it is, once an interval', async () => {
  const here = await site(watched(1, { ...quiet, metricsIntervalSeconds: 20 }));
  await after(here.control.sampleNow(1, fresh), 5_000);
  const before = here.requests.length;
  for (let scrape = 0; scrape < 8; scrape += 1) await after(here.control.sampleNow(1, fresh), 15_000);
  expect(here.requests.length - before).toBe(8);
  const then = here.requests.length;
  await pass(60_000);
  expect(here.requests.length - then).toBe(3);
});

test('only while an export wants a host is it asked for more', async () => {
  const here = await site(watched(1, quiet));
  here.scheduler.viewers.register(1, 'ada', 'tab');
  here.scheduler.watchersChanged(1);
  await pass(30_000);
  expect(here.requests.filter((asked) => asked.split(' ').includes('node'))).toEqual([]);
  const before = here.requests.length;
  await after(here.control.sampleNow(1, fresh), 100);
  expect(here.requests.slice(before).map((asked) => asked.split(' ')[0])).toEqual(['node']);
});

test('a host that cannot be logged in to gives the sentence of its failure at once, and is not tried again for it', async () => {
  const here = await site(watched(1, quiet), async () => {
    throw new HostError(failure('auth', 'rejected'));
  });
  const first = await after(here.control.sampleNow(1, fresh), 100);
  expect(first.failure).toMatchObject({ stage: 'auth', reason: 'rejected' });
  const { connects } = here.seen;
  expect((await here.control.sampleNow(1, fresh)).failure).toMatchObject({ stage: 'auth', reason: 'rejected' });
  await pass(60_000);
  expect(here.seen.connects).toBe(connects);
});

test('a login that needs a code is not begun for an export', async () => {
  const here = await site({ ...watched(1, quiet), interactive: 'needs-code' });
  expect((await here.control.sampleNow(1, fresh)).failure).toMatchObject({ stage: 'auth', reason: 'needs-code' });
  expect(here.seen.connects).toBe(0);
});

test('a host without metrics says so', async () => {
  const here = await site(watched(1, { ...quiet, metricsEnabled: false }));
  const { failure: why } = await here.control.sampleNow(1, fresh);
  expect(why?.message).toBe('Metrics are turned off for this host, so there is nothing to export');
  expect(here.seen.connects).toBe(0);
});

test('a host that does not answer in time gives a failure, and its sample counts when it comes', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isSlow = false;
  const here = await site(watched(1, { ...quiet, metricsIntervalSeconds: 60 }), undefined, () =>
    isSlow ? promise : Promise.resolve(),
  );
  await after(here.control.sampleNow(1, fresh), 10_000);
  isSlow = true;
  const late = await after(here.control.sampleNow(1, { maxAgeMs: 2_000, withinMs: 500 }), 600);
  expect(late.failure).toMatchObject({ stage: 'sample', reason: 'timed-out' });
  resolve();
  await pass(100);
  expect(here.control.exported(1)?.at).toBeGreaterThan(Date.now() - 1_000);
});

/** A scrape of a host that takes longer than it may for its answer. */
async function slowHost() {
  let isSlow = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const here = await site(watched(1, { ...quiet, metricsIntervalSeconds: 300 }), undefined, () =>
    isSlow ? promise : Promise.resolve(),
  );
  await after(here.control.sampleNow(1, fresh), 10_000);
  const newest = here.control.exported(1);
  isSlow = true;
  closers.push(resolve);
  const scrapes = () => Object.entries(here.control.scrapes()).filter(([, count]) => count > 0);
  return { control: here.control, newest, scrapes };
}

test('where Sonde is too busy for a new sample, the newest one of the last minute is the answer, and after that none', async () => {
  const { control, newest, scrapes } = await slowHost();
  const scrape = () => {
    const answer = control.sampleNow(1, { maxAgeMs: 2_000, withinMs: 3_000 });
    stopped += 4_000;
    return after(answer, 3_100);
  };
  expect((await scrape()).series).toBe(newest);
  await pass(60_000);
  expect((await scrape()).failure).toMatchObject({ stage: 'sonde', reason: 'timed-out' });
  expect(scrapes()).toEqual([
    ['sampled', 1],
    ['kept', 1],
    ['busy', 1],
  ]);
});

test('a host whose settings were changed is not answered for with numbers from before: it may be another machine', async () => {
  const targets = [watched(1, { ...quiet, metricsIntervalSeconds: 300 })];
  const here = await site(targets);
  await after(here.control.sampleNow(1, fresh), 10_000);
  expect(here.control.exported(1)).not.toBe(null);
  targets[0] = watched(1, { ...quiet, metricsIntervalSeconds: 300 }, { revision: '2', login: 'another machine' });
  await here.scheduler.reload(1);
  expect(here.control.exported(1)).toBe(null);
  await after(here.control.sampleNow(1, fresh), 100);
  expect(here.seen.connects).toBe(2);
});

const unmeasured = watched(1, { ...quiet, metricsEnabled: false }, { revision: '2' });
test.each([
  ['was removed', [], 'The host was removed from Sonde'],
  ['is no longer to be measured', [unmeasured], 'Metrics are turned off for this host, so there is nothing to export'],
])('whoever waits for a host that %s is told so at once', async (_, then, message) => {
  const targets = [watched(1, quiet)];
  const here = await site(targets, undefined, () => new Promise(() => {}));
  const scraped = here.control.sampleNow(1, fresh);
  await pass(1_000);
  targets.splice(0, 1, ...then);
  await here.scheduler.reload(1);
  expect((await scraped).failure).toMatchObject({ stage: 'sonde', message });
});

test('a host that is slow while Sonde is on time is not answered for', async () => {
  const { control, scrapes } = await slowHost();
  const { failure: why } = await after(control.sampleNow(1, { maxAgeMs: 2_000, withinMs: 3_000 }), 3_100);
  expect(why).toMatchObject({ stage: 'sample', reason: 'timed-out' });
  expect(scrapes()).toEqual([
    ['sampled', 1],
    ['late', 1],
  ]);
});

test('a scrape that ends while Sonde still connects says so, and that Sonde is too busy where it is', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  closers.push(resolve);
  const { control } = await site(watched(1, quiet), () => promise);
  expect((await after(control.sampleNow(1, fresh), 5_100)).failure?.message).toMatch(/^Sonde was still connecting to /);
  const answer = control.sampleNow(1, fresh);
  stopped += 2_000;
  expect((await after(answer, 5_100)).failure).toMatchObject({ stage: 'sonde', reason: 'timed-out' });
});
