import { Places } from '../lib/bounds/places.ts';
import type { WatchTarget } from '../model/host.ts';
import { type Hold, holdKinds } from '../ports/holds.ts';
import { Agenda } from './agenda.ts';
import { Connections } from './connections/connections.ts';
import { logIn } from './connections/guarded-login.ts';
import { openHeld } from './connections/hold.ts';
import { Holds } from './connections/holds.ts';
import { LoginGuard } from './connections/login-guard.ts';
import { pingHost } from './connections/ping.ts';
import { forgiveChanged } from './forgive.ts';
import { Listing } from './listing.ts';
import { OwnNetwork } from './own-network.ts';
import { handshakePlaces, pingPlaces, samplePlaces } from './places.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { type Costs, createCosts } from './watch/cost.ts';
import { HostWatch } from './watch/host-watch.ts';
import type { Scheduled, WatchContext } from './watch/watch-context.ts';
import { Watchers } from './watch/watchers.ts';

const sweepMs = 1_000;
/** How long a connection stays open after its last viewer left, so that a reloaded page needs no second code. */
const lingerMs = 30_000;

/** For a host that is no longer watched. */
const stranger = { lastLogin: 'new', wake: () => false } as const;

/** Watches every host of the inventory with one loop over all their due times. */
export class Scheduler {
  readonly watchers: Watchers;
  readonly viewers: Watchers['viewers'];
  readonly readings: Watchers['readings'];
  readonly costs: Costs;
  readonly connections: Connections;
  private readonly options: SchedulerOptions;
  private readonly holds: Holds;
  private readonly all = new Map<number, HostWatch>();
  readonly agenda: Agenda<HostWatch>;
  private readonly lists = new Listing();
  /** Hosts without viewers → when their connection ends. */
  private readonly letGoAt = new Map<number, number>();
  private readonly handshakes = new Places(handshakePlaces);
  private readonly samples = new Places(samplePlaces);
  private readonly pings = new Places(pingPlaces);
  private readonly logins: LoginGuard;
  private readonly network: OwnNetwork;
  private readonly context: WatchContext;
  private readonly sweeping: NodeJS.Timeout;
  private closed = false;
  private removals = 0;

  /** Starts watching every host. */
  static async open(options: SchedulerOptions): Promise<Scheduler> {
    const { clock, onError } = options;
    const scheduler = new Scheduler(options, await Holds.open({ clock, store: options.holds, onError }));
    await scheduler.reloadAll();
    return scheduler;
  }

  private constructor(options: SchedulerOptions, holds: Holds) {
    const { clock, bus, canaries, onCutOff: told, onError } = options;
    this.options = options;
    this.holds = holds;
    this.watchers = new Watchers(clock);
    ({ viewers: this.viewers, readings: this.readings } = this.watchers);
    this.costs = createCosts(clock);
    this.agenda = new Agenda<HostWatch>(clock, onError);
    this.logins = new LoginGuard(clock, holds, (loginKey) => {
      for (const watch of this.all.values()) if (watch.target.loginKey === loginKey) watch.loginAccepted();
    });
    this.connections = this.openConnections();
    const shared = { clock, canaries, told, onError, publish: bus.publish };
    this.network = new OwnNetwork({
      ...shared,
      targetOf: (hostId) => this.all.get(hostId)?.target,
      isHeld: (hostId) => this.all.get(hostId)?.isHeld ?? false,
      check: (hostId) => this.all.get(hostId)?.refresh(),
    });
    this.context = this.contextOfWatches();
    this.sweeping = setInterval(() => this.sweep(), sweepMs);
  }

  /** Everything that is held back for a host now. */
  holdsOf(hostId: number): readonly Hold[] {
    return this.holds.of(hostId);
  }

  watch(hostId: number): HostWatch | undefined {
    return this.all.get(hostId);
  }

  watches(): Iterable<HostWatch> {
    return this.all.values();
  }

  /** The hosts that list a host as a jump host. */
  listing(hostId: number): readonly number[] {
    return this.lists.of(hostId);
  }

  /** Applies a host's current settings: a new watch, a changed one, or none. */
  async reload(hostId: number): Promise<void> {
    const target = await this.read(() => this.options.inventory.target(hostId));
    this.take(hostId, target ?? undefined);
  }

  /** The same for several hosts, without reading any others. */
  async reloadSome(hostIds: readonly number[]): Promise<void> {
    if (hostIds.length === 0) return;
    const targets = await this.read(() => this.options.inventory.targets(hostIds));
    const found = new Map(targets.map((target) => [target.id, target]));
    for (const id of hostIds) this.take(id, found.get(id));
  }

  async reloadAll(): Promise<void> {
    const targets = await this.read(() => this.options.inventory.targets());
    const ids = new Set(targets.map((target) => target.id));
    for (const watch of this.all.values()) if (!ids.has(watch.target.id)) this.remove(watch);
    for (const target of targets) this.put(target);
  }

  /** Ends a host's watch and returns the hosts that list it as a jump host. */
  forget(hostId: number): readonly number[] {
    this.removals += 1;
    const listed = this.lists.of(hostId);
    const watch = this.all.get(hostId);
    if (watch) this.remove(watch);
    return listed;
  }

  /** Ends a host's connections; it and the hosts behind it are polled again. */
  restart(hostId: number): void {
    this.all.get(hostId)?.drop();
    this.routeChanged(hostId);
    this.all.get(hostId)?.refresh();
  }

  /** The host gained or lost a watcher: sample it at once, or release it (soon, or now if a person asked for it). */
  readonly watchersChanged = (hostId: number, letGo: 'soon' | 'now' = 'soon'): void => {
    const { context, letGoAt } = this;
    const watch = this.all.get(hostId);
    if (!watch) return;
    const now = this.options.clock.monotonic();
    if (context.wanted(watch.target)) {
      if (context.isLookedAt(watch.target)) watch.look();
      const wasLetGo = letGoAt.delete(hostId);
      if (wasLetGo || !watch.isHeld || watch.sampleAt > now + context.intervalSeconds(watch.target) * 1000)
        watch.sampleAt = now;
    } else if (letGo === 'now') watch.drop();
    else if (watch.isHeld && !letGoAt.has(hostId)) letGoAt.set(hostId, now + lingerMs);
    this.schedule(watch);
  };

  /** Ends everything; resolves when everything that is held back has been written. */
  close(): Promise<void> {
    this.closed = true;
    this.network.close();
    clearInterval(this.sweeping);
    this.agenda.close();
    for (const watch of this.all.values()) watch.dispose();
    this.connections.close();
    return this.holds.settled();
  }

  private openConnections(): Connections {
    const { all, holds, handshakes, logins } = this;
    const { clock, inventory, reach, onError } = this.options;
    return new Connections({
      clock,
      inventory,
      holds,
      reach: reach ?? { connect: openHeld, ping: pingHost },
      targetOf: (hostId) => all.get(hostId)?.target,
      learned: async (hostId, interactive) => all.get(hostId)?.learn(interactive),
      opened: (hostId) => {
        for (const watch of this.behind(hostId)) watch.routeOpened();
      },
      logIn: (target, isPerson, connect) =>
        logIn({ logins, handshakes }, target, all.get(target.id) ?? stranger, isPerson, connect),
      meter: (target, isPerson) => all.get(target.id)?.meter(isPerson),
      onError,
    });
  }

  private contextOfWatches(): WatchContext {
    const { wanted, intervalSeconds, isLookedAt, exporting } = this.watchers;
    const { clock, inventory, onError } = this.options;
    return {
      connections: this.connections,
      clock,
      inventory,
      holds: this.holds,
      publish: (seen) => {
        this.network.publish(seen);
        exporting.seen(seen);
      },
      exporting: ({ id }) => exporting.of(id),
      wanted,
      intervalSeconds,
      isLookedAt,
      isCrowded: () => this.all.size > handshakePlaces.quick,
      rescheduled: (moved) => this.schedule(moved),
      samples: this.samples,
      pings: this.pings,
      costs: this.costs,
      onError,
    };
  }

  /** The host's due time changed. */
  schedule(moved: Scheduled): void {
    const { id } = moved.target;
    const watch = this.all.get(id);
    if (this.closed || watch === undefined || watch !== moved) return;
    // The last viewer may have left while the host was being connected to.
    if (watch.isHeld && !this.letGoAt.has(id) && !this.context.wanted(watch.target))
      this.letGoAt.set(id, this.options.clock.monotonic() + lingerMs);
    this.agenda.put(watch);
  }

  /** The watches of the hosts that are reached through a host, directly or through others. */
  private behind(hostId: number): readonly HostWatch[] {
    return [...this.lists.behind(hostId)].flatMap((id) => this.all.get(id) ?? []);
  }

  /** A host's settings changed, so the hosts behind it are checked again. */
  private routeChanged(hostId: number): void {
    this.connections.end(hostId);
    for (const watch of this.behind(hostId)) watch.routeChanged();
  }

  private take(hostId: number, target: WatchTarget | undefined): void {
    const old = this.all.get(hostId);
    if (target) this.put(target);
    else if (old) this.remove(old);
  }

  private put(target: WatchTarget): void {
    const old = this.all.get(target.id);
    if (old?.target.revision === target.revision) {
      const isOther = old.target.policy.collectAlways !== target.policy.collectAlways;
      old.target = target;
      if (isOther) this.watchersChanged(target.id);
      return;
    }
    if (old) {
      this.end(old);
      forgiveChanged(this.holds, old.target, target);
      this.watchers.exporting.changed(target);
    } else {
      this.connections.recall(target);
      this.logins.recall(target.loginKey, target.id);
    }
    const watch = new HostWatch(target, this.context, old ? 'settings' : 'first');
    this.all.set(target.id, watch);
    this.lists.add(target);
    this.schedule(watch);
    this.routeChanged(target.id);
  }

  private end(watch: HostWatch): void {
    watch.dispose();
    this.agenda.remove(watch);
    this.all.delete(watch.target.id);
    this.lists.remove(watch.target);
  }

  /** Keeps nothing about a host that is gone, whoever noticed. */
  private remove(watch: HostWatch): void {
    const { id } = watch.target;
    this.end(watch);
    this.routeChanged(id);
    this.watchers.removeHost(id);
    this.costs.forget(id);
    this.letGoAt.delete(id);
    for (const kind of holdKinds) this.holds.delete(id, kind);
    for (const places of [this.handshakes, this.samples, this.pings]) places.forget(id);
    this.network.forget(id);
  }

  /** Reads again if a host was removed in the meantime: the result may still include it. */
  private async read<T>(reading: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = this.removals;
      const found = await reading();
      if (before === this.removals) return found;
    }
  }

  private sweep(): void {
    for (const hostId of this.watchers.expire()) this.watchersChanged(hostId);
    const now = this.options.clock.monotonic();
    for (const [hostId, at] of this.letGoAt) {
      if (at > now) continue;
      this.letGoAt.delete(hostId);
      this.watchersChanged(hostId, 'now');
    }
  }
}
