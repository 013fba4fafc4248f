import { Heap } from 'heap-js';
import { createSemaphore } from '../lib/semaphore.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Inventory } from '../ports/inventory.ts';
import { tcpPing } from '../probes/tcp.ts';
import { createFootprints, type Footprints } from './footprint.ts';
import { openHeld } from './hold.ts';
import { HostWatch, type Reach } from './host-watch.ts';
import { createLoginGuard } from './login-guard.ts';
import { createViewers, type Viewers } from './viewers.ts';

export type SchedulerOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly bus: Bus;
  readonly reach?: Reach;
  readonly onError: (error: unknown) => void;
};

/** Handshakes cost CPU, so few are made at once; samples are cheap. */
const maxHandshakes = 16;
const maxSamples = 256;
/** Of hosts that are gone, a ping takes five seconds: so many sockets are open at most when all are. */
const maxPings = 512;
const sweepMs = 1_000;
/** How long a connection outlives its last viewer: a page that is loaded anew finds it, and needs no second code. */
const lingerMs = 30_000;

type Due = { readonly at: number; readonly watch: HostWatch };

/** One loop over the due times of all hosts. */
export type Scheduler = {
  readonly viewers: Viewers;
  readonly footprints: Footprints;
  readonly watch: (hostId: number) => HostWatch | undefined;
  readonly watches: () => Iterable<HostWatch>;
  /** Takes a host's settings as they are now: a new watch, a changed one, or none. */
  readonly reload: (hostId: number) => Promise<void>;
  readonly reloadAll: () => Promise<void>;
  readonly forget: (hostId: number) => void;
  /** The host has a watcher more or less: sample it at once, or let it go, soon or, when a person said so, now. */
  readonly watchersChanged: (hostId: number, letGo?: 'soon' | 'now') => void;
  readonly close: () => void;
};

/** Starts watching every host of the inventory. */
export async function openScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { clock, inventory, bus } = options;
  const watches = new Map<number, HostWatch>();
  const viewers = createViewers(clock);
  const footprints = createFootprints(clock);
  const heap = new Heap<Due>((a, b) => a.at - b.at);
  const dueOf = new Map<HostWatch, number>();
  /** Hosts that nobody watches any more → when their connection ends. */
  const letGoAt = new Map<number, number>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  const context = {
    reach: options.reach ?? { connect: openHeld, ping: tcpPing },
    clock,
    inventory,
    publish: bus.publish,
    wanted: (target: WatchTarget) =>
      target.policy.metricsEnabled && (target.policy.collectAlways || viewers.count(target.id) > 0),
    intervalSeconds: (target: WatchTarget) =>
      Math.min(target.policy.metricsIntervalSeconds, viewers.interval(target.id)),
    isLookedAt: (target: WatchTarget) => Number.isFinite(viewers.interval(target.id)),
    rescheduled: schedule,
    logins: createLoginGuard(clock, (loginKey) => {
      for (const watch of watches.values()) if (watch.target.loginKey === loginKey) watch.loginAccepted();
    }),
    handshakes: createSemaphore(maxHandshakes),
    samples: createSemaphore(maxSamples),
    pings: createSemaphore(maxPings),
    footprints,
    onError: options.onError,
  };

  /** Entries of the heap are never moved: an entry that is no longer its watch's due time is passed over. */
  function schedule(watch: HostWatch): void {
    const { id } = watch.target;
    if (closed || watches.get(id) !== watch) return;
    // Its last viewer may have left while it was being connected to.
    if (watch.isHeld && !letGoAt.has(id) && !context.wanted(watch.target))
      letGoAt.set(id, clock.monotonic() + lingerMs);
    const at = watch.dueAt;
    if (dueOf.get(watch) === at) return;
    dueOf.set(watch, at);
    if (!Number.isFinite(at)) return;
    heap.push({ at, watch });
    if (heap.peek()?.watch === watch) arm();
  }

  function arm(): void {
    if (timer) clearTimeout(timer);
    const next = heap.peek();
    if (next && !closed) timer = setTimeout(run, Math.min(60_000, Math.max(0, next.at - clock.monotonic())));
  }

  function run(): void {
    const now = clock.monotonic();
    for (let next = heap.peek(); next && next.at <= now; next = heap.peek()) {
      heap.pop();
      const { watch, at } = next;
      if (dueOf.get(watch) !== at) continue;
      dueOf.delete(watch);
      void watch.tick();
      schedule(watch);
    }
    arm();
  }

  function put(target: WatchTarget): void {
    const old = watches.get(target.id);
    if (old?.target.revision === target.revision) return;
    if (old) end(old);
    const watch = new HostWatch(target, context, old ? 'settings' : 'first');
    watches.set(target.id, watch);
    schedule(watch);
  }

  function end(watch: HostWatch): void {
    watch.dispose();
    dueOf.delete(watch);
    watches.delete(watch.target.id);
  }

  function watchersChanged(hostId: number, letGo: 'soon' | 'now' = 'soon'): void {
    const watch = watches.get(hostId);
    if (!watch) return;
    const now = clock.monotonic();
    if (context.wanted(watch.target)) {
      if (context.isLookedAt(watch.target)) watch.look();
      const wasLetGo = letGoAt.delete(hostId);
      if (wasLetGo || !watch.isHeld || watch.sampleAt > now + context.intervalSeconds(watch.target) * 1000)
        watch.sampleAt = now;
    } else if (letGo === 'now') watch.drop();
    else if (watch.isHeld && !letGoAt.has(hostId)) letGoAt.set(hostId, now + lingerMs);
    schedule(watch);
  }

  async function reloadAll(): Promise<void> {
    const targets = await inventory.targets();
    const ids = new Set(targets.map((target) => target.id));
    for (const watch of watches.values()) if (!ids.has(watch.target.id)) end(watch);
    for (const target of targets) put(target);
  }

  const sweep = setInterval(() => {
    for (const hostId of viewers.expire()) watchersChanged(hostId);
    const now = clock.monotonic();
    for (const [hostId, at] of letGoAt) {
      if (at > now) continue;
      letGoAt.delete(hostId);
      watchersChanged(hostId, 'now');
    }
  }, sweepMs);
  await reloadAll();

  return {
    viewers,
    footprints,
    watch: (hostId) => watches.get(hostId),
    watches: () => watches.values(),
    reloadAll,
    watchersChanged,
    reload: async (hostId) => {
      const target = await inventory.target(hostId);
      const old = watches.get(hostId);
      if (target) put(target);
      else if (old) end(old);
    },
    forget: (hostId) => {
      const watch = watches.get(hostId);
      if (watch) end(watch);
      viewers.removeHost(hostId);
      footprints.forget(hostId);
    },
    close: () => {
      closed = true;
      clearInterval(sweep);
      if (timer) clearTimeout(timer);
      for (const watch of watches.values()) watch.dispose();
    },
  };
}
