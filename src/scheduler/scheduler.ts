import { fileLimits } from '../lib/bounds/file-limit.ts';
import { Places } from '../lib/bounds/places.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { type Hold, type HoldStore, holdKinds } from '../ports/holds.ts';
import type { Inventory } from '../ports/inventory.ts';
import { Agenda } from './agenda.ts';
import { logIn } from './connections/guarded-login.ts';
import { openHeld } from './connections/hold.ts';
import { Holds } from './connections/holds.ts';
import { createLinks, type Links, type Reach } from './connections/links.ts';
import { LoginGuard } from './connections/login-guard.ts';
import { pingHost } from './connections/ping.ts';
import { forgiveChanged } from './forgive.ts';
import { Listing } from './listing.ts';
import { OwnNetwork } from './own-network.ts';
import { Readings } from './readings.ts';
import { createViewers, type Viewers } from './viewers.ts';
import { createFootprints, type Footprints } from './watch/footprint.ts';
import { HostWatch } from './watch/host-watch.ts';
import type { Scheduled } from './watch/watch-context.ts';

export type SchedulerOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  /** What is held back, kept across restarts. */
  readonly holds: HoldStore;
  readonly bus: Bus;
  readonly reach?: Reach;
  readonly onError: (error: unknown) => void;
};

/** Handshakes cost CPU, so few are begun at once; hosts that only keep us waiting have places of their own. */
const handshakePlaces = { quick: 16, slow: 512, slowAfterMs: 150 };
/** Samples are cheap: what many at once may hold of answers is bounded in ssh/shell.ts. */
const samplePlaces = { quick: 256, slow: 2_048, slowAfterMs: 1_000 };
/** Of hosts that are gone, a ping takes five seconds: so many sockets are open at most when all are. */
const quickPings = Math.max(2, Math.min(64, Math.floor(fileLimits.pings / 4)));
const pingPlaces = { quick: quickPings, slow: Math.min(512, fileLimits.pings - quickPings), slowAfterMs: 300 };
const sweepMs = 1_000;
/** How long a connection outlives its last viewer: a page that is loaded anew finds it, and needs no second code. */
const lingerMs = 30_000;

/** A host that is watched no more. */
const stranger = { lastLogin: 'new', wake: () => false } as const;

/** One loop over the due times of all hosts. */
export type Scheduler = {
  readonly viewers: Viewers;
  readonly readings: Readings;
  readonly footprints: Footprints;
  readonly links: Links;
  /** What is held back at a host. */
  readonly holdsOf: (hostId: number) => readonly Hold[];
  readonly watch: (hostId: number) => HostWatch | undefined;
  readonly watches: () => Iterable<HostWatch>;
  /** Takes a host's settings as they are now: a new watch, a changed one, or none. */
  readonly reload: (hostId: number) => Promise<void>;
  /** The same for some hosts; nothing is read of others. */
  readonly reloadSome: (hostIds: readonly number[]) => Promise<void>;
  readonly reloadAll: () => Promise<void>;
  /** The hosts that list a host as a jump host. */
  readonly listing: (hostId: number) => readonly number[];
  /** Ends a host's watch; answers with the hosts that list it as a jump host. */
  readonly forget: (hostId: number) => readonly number[];
  /** Ends a host's connections; it and what is behind it are polled afresh. */
  readonly restart: (hostId: number) => void;
  /** The host has a watcher more or less: sample it at once, or let it go, soon or, when a person said so, now. */
  readonly watchersChanged: (hostId: number, letGo?: 'soon' | 'now') => void;
  /** Ends everything; resolves when what is held back is written. */
  readonly close: () => Promise<void>;
};

/** Starts watching every host of the inventory. */
export async function openScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { clock, inventory, bus, onError } = options;
  const holds = await Holds.open({ clock, store: options.holds, onError });
  const watches = new Map<number, HostWatch>();
  const viewers = createViewers(clock);
  const readings = new Readings(clock);
  const footprints = createFootprints(clock);
  const agenda = new Agenda<HostWatch>(clock, onError);
  const listing = new Listing();
  /** Hosts that nobody watches any more → when their connection ends. */
  const letGoAt = new Map<number, number>();
  let closed = false;
  let removals = 0;

  const handshakes = new Places(handshakePlaces);
  const samples = new Places(samplePlaces);
  const pings = new Places(pingPlaces);
  const gates = {
    logins: new LoginGuard(clock, holds, (loginKey) => {
      for (const watch of watches.values()) if (watch.target.loginKey === loginKey) watch.loginAccepted();
    }),
  };
  const links = createLinks({
    clock,
    inventory,
    holds,
    reach: options.reach ?? { connect: openHeld, ping: pingHost },
    targetOf: (hostId) => watches.get(hostId)?.target,
    learned: async (hostId, interactive) => watches.get(hostId)?.learn(interactive),
    opened: (hostId) => {
      for (const watch of behind(hostId)) watch.wayOpened();
    },
    logIn: (target, isPerson, connect) =>
      logIn({ ...gates, handshakes }, target, watches.get(target.id) ?? stranger, isPerson, connect),
    meter: (target, isPerson) => watches.get(target.id)?.meter(isPerson),
    onError: options.onError,
  });
  const network = new OwnNetwork({
    targetOf: (hostId) => watches.get(hostId)?.target,
    publish: bus.publish,
    check: (hostIds) => {
      for (const hostId of hostIds) watches.get(hostId)?.refresh();
    },
  });
  const context = {
    links,
    clock,
    inventory,
    holds,
    publish: network.publish,
    wanted: (target: WatchTarget) =>
      target.policy.metricsEnabled &&
      (target.policy.collectAlways || viewers.count(target.id) > 0 || readings.isRead(target.id)),
    intervalSeconds: (target: WatchTarget) =>
      Math.min(target.policy.metricsIntervalSeconds, viewers.interval(target.id)),
    isLookedAt: (target: WatchTarget) => Number.isFinite(viewers.interval(target.id)),
    isCrowded: () => watches.size > handshakePlaces.quick,
    rescheduled: schedule,
    samples,
    pings,
    footprints,
    onError,
  };

  function schedule(moved: Scheduled): void {
    const { id } = moved.target;
    const watch = watches.get(id);
    if (closed || watch === undefined || watch !== moved) return;
    // Its last viewer may have left while it was being connected to.
    if (watch.isHeld && !letGoAt.has(id) && !context.wanted(watch.target))
      letGoAt.set(id, clock.monotonic() + lingerMs);
    agenda.put(watch);
  }

  /** The watches of hosts that are reached through a host, directly or by way of others. */
  function behind(hostId: number): readonly HostWatch[] {
    return [...listing.behind(hostId)].flatMap((id) => watches.get(id) ?? []);
  }

  /** A host's settings changed: what is behind it is looked for anew. */
  function wayChanged(hostId: number): void {
    links.end(hostId);
    for (const watch of behind(hostId)) watch.wayChanged();
  }

  function put(target: WatchTarget): void {
    const old = watches.get(target.id);
    if (old?.target.revision === target.revision) {
      old.target = target;
      return;
    }
    if (old) {
      end(old);
      forgiveChanged(holds, old.target, target);
    } else {
      links.recall(target);
      gates.logins.recall(target.loginKey, target.id);
    }
    const watch = new HostWatch(target, context, old ? 'settings' : 'first');
    watches.set(target.id, watch);
    listing.add(target);
    schedule(watch);
    wayChanged(target.id);
  }

  function end(watch: HostWatch): void {
    watch.dispose();
    agenda.remove(watch);
    watches.delete(watch.target.id);
    listing.remove(watch.target);
  }

  function remove(watch: HostWatch): void {
    const { id } = watch.target;
    end(watch);
    wayChanged(id);
    // Nothing is kept of a host that is gone, whoever noticed.
    viewers.removeHost(id);
    readings.removeHost(id);
    footprints.forget(id);
    letGoAt.delete(id);
    for (const kind of holdKinds) holds.delete(id, kind);
    for (const places of [handshakes, samples, pings]) places.forget(id);
    network.forget(id);
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

  /** Reads again when a host was removed meanwhile: what was read may still have it. */
  async function read<T>(reading: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = removals;
      const found = await reading();
      if (before === removals) return found;
    }
  }

  async function reloadSome(hostIds: readonly number[]): Promise<void> {
    if (hostIds.length === 0) return;
    const found = new Map((await read(() => inventory.targets(hostIds))).map((target) => [target.id, target]));
    for (const id of hostIds) {
      const target = found.get(id);
      const old = watches.get(id);
      if (target) put(target);
      else if (old) remove(old);
    }
  }

  async function reloadAll(): Promise<void> {
    const targets = await read(() => inventory.targets());
    const ids = new Set(targets.map((target) => target.id));
    for (const watch of watches.values()) if (!ids.has(watch.target.id)) remove(watch);
    for (const target of targets) put(target);
  }

  const sweep = setInterval(() => {
    for (const hostId of [...viewers.expire(), ...readings.expire()]) watchersChanged(hostId);
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
    readings,
    footprints,
    links,
    holdsOf: (hostId) => holdKinds.flatMap((kind) => holds.get(hostId, kind) ?? []),
    watch: (hostId) => watches.get(hostId),
    watches: () => watches.values(),
    reload: async (hostId) => {
      const target = await read(() => inventory.target(hostId));
      const old = watches.get(hostId);
      if (target) put(target);
      else if (old) remove(old);
    },
    reloadSome,
    reloadAll,
    listing: (hostId) => listing.of(hostId),
    watchersChanged,
    restart: (hostId) => {
      watches.get(hostId)?.drop();
      wayChanged(hostId);
      watches.get(hostId)?.refresh();
    },
    forget: (hostId) => {
      removals += 1;
      const listed = listing.of(hostId);
      const watch = watches.get(hostId);
      if (watch) remove(watch);
      return listed;
    },
    close: () => {
      closed = true;
      network.close();
      clearInterval(sweep);
      agenda.close();
      for (const watch of watches.values()) watch.dispose();
      links.close();
      return holds.settled();
    },
  };
}
