import { type HopStatus, hopStatuses } from '../../model/connection/hop.ts';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { ProbeResult } from '../../model/observation.ts';
import { failure } from '../../ssh/failures.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import type { Held } from './hold.ts';
import { Hops } from './hops.ts';
import { Offers } from './offers.ts';
import type { ConnectionsOptions, Credentials, Starter } from './reach.ts';
import { ProxyLogins, Refusals } from './refusals.ts';
import { hopsOf, keyOf, type Route, routeTo } from './route.ts';
import { SharedConnection, type Use } from './shared.ts';

/** How long a jump host's connection stays open after its last use, so that the next status check finds it. */
const lingerMs = 300_000;

/**
 * `route` is the newest route of those that share the connection: the host whose proxies an older one names may be
 * gone.
 */
type Entry = { readonly hostId: number; readonly connection: SharedConnection; route: Route };

/** All connections to hosts, each shared by the host itself and the hosts behind it. */
export class Connections {
  private readonly options: ConnectionsOptions;
  private readonly entries = new Map<string, Entry>();
  /** Logins that hosts refused, whatever route they were tried over. */
  private readonly refusals: Refusals;
  private readonly offers: Offers;
  private readonly alongHops: Hops;
  private lastOnce = 0;

  constructor(options: ConnectionsOptions) {
    const { clock, holds } = options;
    this.options = options;
    this.refusals = new Refusals(holds, 'login');
    this.offers = new Offers(clock);
    this.alongHops = new Hops({
      ...options,
      offers: this.offers,
      proxyLogins: new ProxyLogins(clock, new Refusals(holds, 'proxy')),
      shared: (route, target, place) => this.sharedWith(route, target, place),
    });
  }

  /** A share in a saved host's own connection; closing it gives the share back. Throws HostError. */
  async connect(target: WatchTarget, starter: Starter | null, log: Log, signal: AbortSignal): Promise<Held> {
    const route = this.routeTo(target);
    const connection = this.sharedWith(route, target, route.jumps.length);
    const [ask, isPerson] = [starter?.ask ?? null, starter?.mayOverride ?? false];
    const lease = await connection.use({ role: 'own', ask, isPerson, log, signal });
    return { ...lease.held, onClose: lease.onClose, close: lease.release };
  }

  /**
   * A separate connection that goes through the saved hosts of the route, with credentials that need not be saved.
   * Throws HostError.
   */
  async connectOnce(target: WatchTarget, from: Credentials, log: Log, signal: AbortSignal): Promise<Held> {
    const found = this.routeTo(target);
    const hasOwnProxies = found.proxiesOf === target && found.proxies.length > 0;
    this.lastOnce += 1;
    const once = hasOwnProxies ? { id: this.lastOnce, proxies: await from.proxies(target.id) } : undefined;
    const route = once ? { ...found, once } : found;
    const use: Use = { role: 'own', ask: null, isPerson: true, log, signal };
    const again = this.offers.until(target.login);
    if (again !== null) throw new HostError(failure('auth', 'rejected'), { retryAt: again });
    return this.offers.alone(target.login, () => this.alongHops.connect(route, target, from, use, use));
  }

  /** When a person may offer a host a login again that it recently refused (monotonic ms); null: now. */
  offeredAgainAt({ login }: WatchTarget): number | null {
    return this.offers.until(login);
  }

  /** Restores what a host had refused before a restart. */
  recall({ id, login }: WatchTarget): void {
    this.offers.recall(login, this.refusals.get(id));
  }

  /** Checks over the host's route whether its port answers. Never throws for failures of the host or of a hop. */
  async ping(target: WatchTarget, signal: AbortSignal, log: Log = () => {}, timeoutMs?: number): Promise<ProbeResult> {
    try {
      const use: Use = { role: 'own', ask: null, isPerson: false, log, signal };
      return await this.alongHops.ping(this.routeTo(target), target, use, timeoutMs);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      return { up: false, latencyMs: null, failure: error.failure };
    }
  }

  /** Whether a connection to the host is open, no matter who uses it. */
  isOpen(target: WatchTarget): boolean {
    try {
      return this.entries.get(keyOf(this.routeTo(target), target.id))?.connection.isOpen ?? false;
    } catch {
      return false;
    }
  }

  /** The state of the hops of a host's route after an attempt that ended with this failure, or succeeded. */
  hops(target: WatchTarget, reason: Failure | null): readonly HopStatus[] {
    if (target.jumpHosts.length === 0 && target.proxies.length === 0) return [];
    try {
      return hopStatuses(hopsOf(this.routeTo(target)), reason);
    } catch (error) {
      if (!(error instanceof HostError) || !error.failure.hop) throw error;
      const { hop } = error.failure;
      return [{ ...hop, kind: 'jump', state: 'down', failure: hop.failure }];
    }
  }

  /** A host was changed or removed: its connections end, and so do those of the hosts behind it. */
  end(hostId: number): void {
    for (const [key, entry] of this.entries) {
      if (entry.hostId !== hostId) continue;
      this.entries.delete(key);
      entry.connection.end();
    }
  }

  /** Retries failed jump hosts when a host behind them is retried. */
  forgive(): void {
    for (const { connection } of this.entries.values()) connection.forgive();
  }

  /** Ends the connections to these hosts that nobody uses. */
  letGo(hostIds: readonly number[] | 'all'): void {
    const wanted = hostIds === 'all' ? null : new Set(hostIds);
    // In reverse order: release the outer hops before the ones they run over.
    for (const entry of [...this.entries.values()].reverse())
      if (wanted?.has(entry.hostId) !== false) entry.connection.letGo();
  }

  close(): void {
    for (const { connection } of this.entries.values()) connection.end();
    this.entries.clear();
  }

  private routeTo(target: WatchTarget): Route {
    return routeTo(target, this.options.targetOf);
  }

  /**
   * The connection to the host at this position of a route. Jump hosts come first; the position after them is the host
   * itself.
   */
  private sharedWith(route: Route, target: WatchTarget, place: number): SharedConnection {
    const { entries, refusals } = this;
    const { clock, targetOf, opened } = this.options;
    const before: Route = { ...route, jumps: route.jumps.slice(0, place) };
    const key = keyOf(before, target.id);
    const known = entries.get(key);
    if (known) {
      known.route = before;
      return known.connection;
    }
    const { id } = target;
    const connection = new SharedConnection({
      clock,
      lingerMs: route.once ? 0 : lingerMs,
      idle: () => {
        if (entries.get(key)?.connection === connection) entries.delete(key);
      },
      open: (use) => this.open(entries.get(key)?.route ?? before, targetOf(id) ?? target, use),
      opened: () => opened(id),
      refusals: {
        get: () => refusals.get(id),
        set: (block) => refusals.set(id, block),
      },
    });
    entries.set(key, { hostId: id, connection, route: before });
    return connection;
  }

  private async open(route: Route, target: WatchTarget, use: Use): Promise<Held> {
    const { inventory, learned, onError } = this.options;
    const { ask } = use;
    if (ask === null && target.interactive === 'needs-code') throw new HostError(failure('auth', 'needs-code'));
    const named: Ask | null = ask && ((prompt, isRetry) => ask(`${target.name}: ${prompt}`, isRetry));
    const own = use.role === 'hop' ? { ...use, ask: named } : use;
    try {
      const held = await this.alongHops.connect(route, target, inventory, use, own);
      // Not awaited: recording a login must not delay it.
      if (target.connection === 'ssh') inventory.loggedIn(target.id).catch(onError);
      if (held.interactive !== 'unknown') await learned(target.id, held.interactive);
      return held;
    } catch (error) {
      const isOwn = error instanceof HostError && !error.failure.hop;
      if (isOwn && error.failure.reason === 'needs-code') await learned(target.id, 'needs-code');
      throw error;
    }
  }
}
