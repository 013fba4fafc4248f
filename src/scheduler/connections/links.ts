import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Hop, type HopStatus, hopStatuses } from '../../model/connection/hop.ts';
import type { Log } from '../../model/connection/log.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { InteractiveLogin, WatchTarget } from '../../model/host.ts';
import type { ProbeResult } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { failure } from '../../ssh/failures.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import type { Meter } from '../../ssh/meter.ts';
import type { MayOffer } from './guarded-login.ts';
import type { Held, openHeld, Start } from './hold.ts';
import type { Holds } from './holds.ts';
import { hopLog, ofHop } from './hop-failure.ts';
import { type Lease, Link, type Use } from './link.ts';
import { Offers } from './offers.ts';
import type { pingHost } from './ping.ts';
import { ProxyLogins, Refusals } from './refusals.ts';
import { hopsOf, keyOf, type Way, wayTo } from './route.ts';

/** One step to a host; tests of a whole day and of thousands of hosts give their own. */
export type Reach = { readonly connect: typeof openHeld; readonly ping: typeof pingHost };

/** A person who starts a host. Without the right to manage it they do not have tried what is held back. */
export type Starter = { readonly ask: Ask; readonly mayOverride: boolean };

export type LinksOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly holds: Holds;
  readonly reach: Reach;
  readonly targetOf: (hostId: number) => WatchTarget | undefined;
  /** How a host's login goes was learned. */
  readonly learned: (hostId: number, interactive: InteractiveLogin) => Promise<void>;
  /** A host that others may be behind can be reached again. */
  readonly opened: (hostId: number) => void;
  /** Makes a saved host's connection when its login may be tried. */
  readonly logIn: (
    target: WatchTarget,
    isPerson: boolean,
    connect: (mayOffer?: MayOffer) => Promise<Held>,
  ) => Promise<Held>;
  /** Counts what a try does to a saved host. */
  readonly meter: (target: WatchTarget, isPerson: boolean) => Meter | undefined;
  readonly onError: (error: unknown) => void;
};

/** What a host that need not be saved is reached with. */
type Credentials = Pick<Inventory, 'login' | 'knownKeys' | 'noteKey' | 'proxies'>;

/** A jump host's connection outlives its last use by so long: it is there for the next status check. */
const lingerMs = 300_000;

/** All connections to hosts: each host's own, shared with whatever is behind it. */
export function createLinks(options: LinksOptions) {
  const { clock, inventory, reach, targetOf } = options;
  /** `way` is the newest of those that share it: the host whose proxies it names may be gone. */
  const links = new Map<string, { readonly hostId: number; readonly link: Link; way: Way }>();
  /** Refused logins of hosts, whatever way they were tried, and those of proxies, by the host whose record names them. */
  const refusals = new Refusals(options.holds, 'login');
  const proxyLogins = new ProxyLogins(clock, new Refusals(options.holds, 'proxy'));
  const offers = new Offers(clock);
  let lastOnce = 0;

  /** The connection to the host at this place of a way; places count jump hosts, and the host itself comes after them. */
  function linkTo(way: Way, target: WatchTarget, place: number): Link {
    const before: Way = { ...way, jumps: way.jumps.slice(0, place) };
    const key = keyOf(before, target.id);
    const known = links.get(key);
    if (known) {
      known.way = before;
      return known.link;
    }
    const { id } = target;
    const link = new Link({
      clock,
      lingerMs: way.once ? 0 : lingerMs,
      idle: () => {
        if (links.get(key)?.link === link) links.delete(key);
      },
      open: (use) => open(links.get(key)?.way ?? before, targetOf(id) ?? target, use),
      opened: () => options.opened(id),
      refusals: {
        get: () => refusals.get(id),
        set: (block) => refusals.set(id, block),
      },
    });
    links.set(key, { hostId: id, link, way: before });
    return link;
  }

  async function open(way: Way, target: WatchTarget, use: Use): Promise<Held> {
    if (use.ask === null && target.interactive === 'needs-code') throw new HostError(failure('auth', 'needs-code'));
    const name = target.name;
    const named: Ask | null = use.ask && ((prompt, ...rest) => (use.ask as Ask)(`${name}: ${prompt}`, ...rest));
    const own = use.role === 'hop' ? { ...use, ask: named } : use;
    try {
      const held = await step(way, target, inventory, use, own);
      // Not waited for: what is written of a login delays none.
      if (target.connection === 'ssh') inventory.loggedIn(target.id).catch(options.onError);
      if (held.interactive !== 'unknown') await options.learned(target.id, held.interactive);
      return held;
    } catch (error) {
      const isOwn = error instanceof HostError && !error.failure.hop;
      if (isOwn && error.failure.reason === 'needs-code') await options.learned(target.id, 'needs-code');
      throw error;
    }
  }

  /** Goes the way and makes the last connection on it, which gives the way back when it ends. */
  async function step(way: Way, target: WatchTarget, from: Credentials, use: Use, own: Use): Promise<Held> {
    const via = await enter(way, use);
    const isSaved = from === inventory;
    const meter = isSaved ? options.meter(target, use.isPerson) : undefined;
    let isKept = false;
    try {
      const connect = async (mayOffer?: MayOffer): Promise<Held> => {
        const start = await startOf(way, via, from);
        return offers.noting(target.login, own.ask, (ask) =>
          reach.connect(target, start, from, ask, own.log, own.signal, meter && { ...meter, mayOffer }),
        );
      };
      const held = await blaming(way, via, use, () =>
        isSaved ? options.logIn(target, use.isPerson, connect) : connect(),
      );
      isKept = true;
      held.onClose(() => via?.release());
      const close = (): void => {
        held.close();
        via?.release();
      };
      return { ...held, close };
    } finally {
      if (!isKept) via?.release();
    }
  }

  async function startOf(way: Way, via: Lease | null, from: Pick<Inventory, 'proxies'>): Promise<Start> {
    const last = way.jumps.at(-1);
    if (via && last) return { via: { held: via.held, name: last.name }, proxies: [] };
    if (way.proxies.length === 0) return { via: null, proxies: [] };
    const proxies = way.once?.proxies ?? (await from.proxies(way.proxiesOf.id));
    const missing = proxies.find((proxy) => proxy.missing !== undefined)?.missing;
    if (missing === undefined) return { via: null, proxies };
    throw new HostError(failure('auth', 'no-credential', { missing }), { isUntouched: true });
  }

  /** A share in the connection to the last jump host of a way; null where there is none. Throws HostError that names the hop. */
  async function enter(way: Way, use: Use): Promise<Lease | null> {
    const last = way.jumps.at(-1);
    if (last === undefined) return null;
    const hop = hopOf(way);
    const link = linkTo(way, last, way.jumps.length - 1);
    const log = hopLog(use.log, last.name);
    try {
      if (link.isOpen) log('success', 'tcp', 'Connected already');
      return await link.use({ ...use, role: 'hop', log });
    } catch (error) {
      throw ofHop(error, hop, link.until);
    }
  }

  /** What a jump host does wrong on the way is told in its name; so is its end. */
  async function blaming<T>(way: Way, via: Lease | null, use: Use, work: () => Promise<T>): Promise<T> {
    if (via === null)
      return way.proxies.length === 0 ? work() : proxyLogins.through(way.proxiesOf.id, use.isPerson, work);
    let endedBy: Failure | undefined;
    via.onClose((why) => {
      if (why?.reason === 'flooded') endedBy = why;
    });
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const { stage, reason } = error.failure;
      if (error.failure.hop || reason === 'cancelled') throw error;
      // The end of the one connection is heard of in the same turn as that of what ran over it.
      await nextTurn();
      if (stage === 'jump') throw ofHop(error, hopOf(way), undefined);
      if (!via.held.isOpen()) throw ofHop(new HostError(endedBy ?? failure('jump', 'reset')), hopOf(way), undefined);
      throw error;
    }
  }

  function hopOf(way: Way): Hop {
    return hopsOf(way).at(-1) as Hop;
  }

  const find = (target: WatchTarget): Way => wayTo(target, targetOf);

  async function pingOver(way: Way, target: WatchTarget, use: Use): Promise<ProbeResult> {
    const via = await enter(way, use);
    try {
      const ping = async (): Promise<ProbeResult> => {
        const result = await reach.ping(target, await startOf(way, via, inventory), use.signal);
        if (result.failure !== null) throw new HostError(result.failure);
        return result;
      };
      const last = way.jumps.at(-1);
      const slots = last && linkTo(way, last, way.jumps.length - 1).slots;
      return await blaming(way, via, use, () => (slots ? slots.run(ping) : ping()));
    } finally {
      via?.release();
    }
  }

  return {
    /** A share in a saved host's own connection; closing it gives it back. Throws HostError. */
    async connect(target: WatchTarget, starter: Starter | null, log: Log, signal: AbortSignal): Promise<Held> {
      const way = find(target);
      const link = linkTo(way, target, way.jumps.length);
      const [ask, isPerson] = [starter?.ask ?? null, starter?.mayOverride ?? false];
      const lease = await link.use({ role: 'own', ask, isPerson, log, signal });
      return { ...lease.held, onClose: lease.onClose, close: lease.release };
    },
    /** A connection of its own, with credentials that need not be saved, over the saved hosts on the way. Throws HostError. */
    async connectOnce(target: WatchTarget, from: Credentials, log: Log, signal: AbortSignal): Promise<Held> {
      const found = wayTo(target, targetOf);
      const ownProxies = found.proxiesOf === target && found.proxies.length > 0;
      lastOnce += 1;
      const once = ownProxies ? { id: lastOnce, proxies: await from.proxies(target.id) } : undefined;
      const use: Use = { role: 'own', ask: null, isPerson: true, log, signal };
      const again = offers.until(target.login);
      if (again !== null) throw new HostError(failure('auth', 'rejected'), { retryAt: again });
      return offers.alone(target.login, () => step(once ? { ...found, once } : found, target, from, use, use));
    },
    /** When a person may have a host's login offered again that it refused lately, monotonic ms; null: now. */
    offeredAgainAt: ({ login }: WatchTarget): number | null => offers.until(login),
    /** What was refused before a restart is remembered of a host. */
    recall: ({ id, login }: WatchTarget): void => offers.recall(login, refusals.get(id)),
    /** Looks whether a host's port answers, by its way. Never throws for what a host or a hop does. */
    async ping(target: WatchTarget, signal: AbortSignal): Promise<ProbeResult> {
      try {
        const way = find(target);
        return await pingOver(way, target, { role: 'own', ask: null, isPerson: false, log: () => {}, signal });
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        return { up: false, latencyMs: null, failure: error.failure };
      }
    },
    /** Whether a connection to the host is open, whoever uses it. */
    isOpen(target: WatchTarget): boolean {
      try {
        const way = find(target);
        return links.get(keyOf(way, target.id))?.link.isOpen ?? false;
      } catch {
        return false;
      }
    },
    /** How the hops of a host's way are after a try that ended with this failure, or went well. */
    hops(target: WatchTarget, reason: Failure | null): readonly HopStatus[] {
      if (target.jumpHosts.length === 0 && target.proxies.length === 0) return [];
      try {
        return hopStatuses(hopsOf(find(target)), reason);
      } catch (error) {
        if (!(error instanceof HostError) || !error.failure.hop) throw error;
        const { hop } = error.failure;
        return [{ ...hop, kind: 'jump', state: 'down', failure: hop.failure }];
      }
    },
    /** A host's settings changed, or it went: its connections end, and what is behind it is cut off with it. */
    end(hostId: number): void {
      for (const [key, one] of links) {
        if (one.hostId !== hostId) continue;
        links.delete(key);
        one.link.end();
      }
    },
    /** What jump hosts were refused for need not hold any more: they are tried when something behind them is. */
    forgive(): void {
      for (const { link } of links.values()) link.forgive();
    },
    /** Ends what hosts' connections linger, used by nobody. */
    letGo(hostIds: readonly number[] | 'all'): void {
      const wanted = hostIds === 'all' ? null : new Set(hostIds);
      // Backwards: those further out are let go of before what they run over.
      for (const one of [...links.values()].reverse()) if (wanted?.has(one.hostId) !== false) one.link.letGo();
    },
    close(): void {
      for (const { link } of links.values()) link.end();
      links.clear();
    },
  };
}

export type Links = ReturnType<typeof createLinks>;
