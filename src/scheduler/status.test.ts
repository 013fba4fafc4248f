/** What is told of hosts that were not reached, or no longer. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { holdStore, inventoryOf, watched } from '../../test/support/watched.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { HostError } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Observation } from '../model/observation.ts';
import type { Inventory } from '../ports/inventory.ts';
import { emptySnapshot, fold } from '../snapshots/fold.ts';
import { failure } from '../ssh/failures.ts';
import { type Held, openHeld } from './connections/hold.ts';
import type { Reach } from './connections/reach.ts';
import { Scheduler } from './scheduler.ts';
import { BanDetection } from './watch/ban-detection.ts';

const made: Scheduler[] = [];
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
function held(over: Partial<Held> = {}): Held {
  let open = true;
  return {
    interactive: 'unknown',
    isOpen: () => open,
    shell: () => Promise.reject(new HostError(failure('shell', 'no-shell'))),
    forward: async () => new PassThrough(),
    onClose: () => {},
    close: () => {
      open = false;
    },
    ...over,
  };
}
async function site(targets: WatchTarget[], reach: Partial<Reach>, over: Partial<Inventory> = {}) {
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const seen: Observation[] = [];
  bus.subscribe((one) => void seen.push(one));
  const down: Reach['ping'] = async () => ({ up: false, latencyMs: null, failure: failure('tcp', 'timed-out') });
  const scheduler = await Scheduler.open({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    inventory: { ...inventoryOf(targets), ...over },
    holds: holdStore(),
    bus,
    reach: { connect: async () => held(), ping: down, ...reach },
    onError: (e) => {
      throw e;
    },
  });
  made.push(scheduler);
  const statusOf = (id: number) => seen.filter(({ hostId }) => hostId === id).reduce(fold, emptySnapshot(id)).status;
  return { scheduler, seen, statusOf };
}
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const one of made.splice(0)) void one.close();
  vi.useRealTimers();
});

test('a host behind a jump host whose code nobody gave is not said to be online', async () => {
  const targets = [
    watched(1, { collectAlways: false, statusCheckEnabled: false }, { interactive: 'needs-code', name: 'bastion' }),
    watched(2, { collectAlways: false, statusCheckEnabled: false }, { jumpHosts: [{ hostId: 1, isLent: true }] }),
  ];
  const here = await site(targets, {
    connect: async ({ id }, _s, _i, ask) => {
      if (id !== 1) throw new Error('never reached');
      // As ssh/authentication.ts: a code that is not given.
      await ask?.('Code:', false).catch(() => {
        throw new HostError(failure('auth', 'cancelled'));
      });
      return held();
    },
  });
  await here.scheduler
    .watch(2)
    ?.start({ ask: () => Promise.reject(new Error('given up')), mayOverride: true }, () => {})
    .catch(() => {});
  expect(here.statusOf(2)?.status).not.toBe('online');
});

test.each([true, false])(
  'a host that is down and whose credential was removed is not said to be online (ping %s)',
  async (tcpPingEnabled) => {
    const here = await site([watched(1, { tcpPingEnabled })], { connect: openHeld }, { login: async () => null });
    const told: unknown[] = [];
    for (let minute = 0; minute < 130; minute += 1) {
      await pass(60_000);
    }
    let state = emptySnapshot(1);
    for (const one of here.seen) {
      const next = fold(state, one);
      if (next.status?.status !== state.status?.status)
        told.push([Math.round((one.at - here.seen[0]!.at) / 1000), next.status?.status]);
      state = next;
    }
    expect(told.map((one) => (one as string[])[1])).not.toContain('online');
  },
);

test('a host that is down is not said to be online when its record is saved while it is being connected to', async () => {
  const targets = [watched(1, { tcpPingEnabled: false })];
  const here = await site(targets, {
    connect: async (_t, _s, _i, _a, _l, signal) =>
      new Promise((_d, fail) => {
        const timer = setTimeout(() => fail(new HostError(failure('tcp', 'timed-out'))), 10_000);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          fail(new HostError(failure('auth', 'cancelled')));
        });
      }),
  });
  await pass(10_500);
  const before = here.statusOf(1);
  // The next try is under way when somebody saves the host with another name: control.hostUpdated of an unchanged revision.
  await pass(60_000);
  let status = before?.status;
  for (let n = 0; n < 400 && status !== 'online'; n += 1) {
    await pass(1_000);
    here.scheduler.watch(1)?.drop('person');
    here.scheduler.watch(1)?.keysChanged();
    here.scheduler.restart(1);
    await pass(0);
    status = here.statusOf(1)?.status;
  }
  expect(status).not.toBe('online');
});

test('a jump host without a shell keeps saying so while it is used', async () => {
  const targets = [watched(1), watched(2, {}, { jumpHosts: [{ hostId: 1, isLent: true }] })];
  const here = await site(targets, { ping: async () => ({ up: true, latencyMs: 1, failure: null }) });
  await pass(10_000);
  await pass(5 * 60_000);
  const later = here.seen.filter(({ hostId }) => hostId === 1).reduce(fold, emptySnapshot(1)).failure;
  expect(later?.reason).toBe('no-shell');
});

test('a host that accepted the login after it refused one, and then goes down, did not ban us', () => {
  const one = new BanDetection();
  one.judge(failure('auth', 'rejected'), 0);
  one.loggedIn();
  expect(one.judge(failure('tcp', 'timed-out'), 300_000).reason).toBe('timed-out');
});

test('a host that was removed while its record was being read is not watched on', async () => {
  const targets = [watched(1), watched(2)];
  let go: (() => void) | null = null;
  const here = await site(
    targets,
    {},
    {
      target: async (id) => {
        const found = targets.find((one) => one.id === id) ?? null;
        // The other queries of inventory.target.
        if (go === null)
          await new Promise<void>((done) => {
            go = done;
          });
        return found;
      },
    },
  );
  const reload = here.scheduler.reload(2);
  targets.splice(1, 1);
  here.scheduler.forget(2);
  go!();
  await reload;
  expect(here.scheduler.watch(2)).toBeUndefined();
});
