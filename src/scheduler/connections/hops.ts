import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Hop } from '../../model/connection/hop.ts';
import { type Failure, HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { ProbeResult } from '../../model/observation.ts';
import { failure } from '../../ssh/failures.ts';
import type { MayOffer } from './guarded-login.ts';
import type { Held, Start } from './hold.ts';
import { hopLog, ofHop } from './hop-failure.ts';
import type { Offers } from './offers.ts';
import type { ConnectionsOptions, Credentials } from './reach.ts';
import type { ProxyLogins } from './refusals.ts';
import { hopsOf, type Route } from './route.ts';
import type { Lease, SharedConnection, Use } from './shared.ts';

export type HopsOptions = Pick<ConnectionsOptions, 'inventory' | 'reach' | 'logIn' | 'meter'> & {
  readonly offers: Offers;
  readonly proxyLogins: ProxyLogins;
  /** The connection to the host at this position of a route, shared by everything that needs it. */
  readonly shared: (route: Route, target: WatchTarget, place: number) => SharedConnection;
};

/** Follows a route hop by hop, to connect to the host at its end or to ping it. */
export class Hops {
  private readonly options: HopsOptions;

  constructor(options: HopsOptions) {
    this.options = options;
  }

  /**
   * Follows the route and makes the last connection, which releases the hops when it ends. `own` is the share in the
   * host itself. Throws HostError.
   */
  async connect(route: Route, target: WatchTarget, from: Credentials, use: Use, own: Use): Promise<Held> {
    const { inventory, reach, offers, logIn } = this.options;
    const via = await this.enter(route, use);
    const isSaved = from === inventory;
    const meter = isSaved ? this.options.meter(target, use.isPerson) : undefined;
    let isKept = false;
    try {
      const connect = async (mayOffer?: MayOffer): Promise<Held> => {
        const start = await this.startOf(route, via, from);
        return offers.noting(target.login, own.ask, (ask) =>
          reach.connect(target, start, from, ask, own.log, own.signal, meter && { ...meter, mayOffer }),
        );
      };
      const held = await this.blaming(route, via, use, () =>
        isSaved ? logIn(target, use.isPerson, connect) : connect(),
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

  /** Pings the host from the last hop of its route. Throws HostError if the ping fails. */
  async ping(route: Route, target: WatchTarget, use: Use, timeoutMs?: number): Promise<ProbeResult> {
    const { inventory, reach, shared } = this.options;
    const via = await this.enter(route, use);
    try {
      const ping = async (): Promise<ProbeResult> => {
        const result = await reach.ping(target, await this.startOf(route, via, inventory), use.signal, timeoutMs);
        if (result.failure !== null) throw new HostError(result.failure);
        return result;
      };
      const last = route.jumps.at(-1);
      const slots = last && shared(route, last, route.jumps.length - 1).slots;
      return await this.blaming(route, via, use, () => (slots ? slots.run(ping) : ping()));
    } finally {
      via?.release();
    }
  }

  /**
   * A share in the connection to the last jump host of a route; null if there is none. Throws a HostError that names
   * the hop.
   */
  private async enter(route: Route, use: Use): Promise<Lease | null> {
    const last = route.jumps.at(-1);
    if (last === undefined) return null;
    const connection = this.options.shared(route, last, route.jumps.length - 1);
    const log = hopLog(use.log, last.name);
    try {
      if (connection.isOpen) log('success', 'tcp', 'Already connected');
      return await connection.use({ ...use, role: 'hop', log });
    } catch (error) {
      throw ofHop(error, lastHop(route), connection.until);
    }
  }

  private async startOf(route: Route, via: Lease | null, from: Pick<Credentials, 'proxies'>): Promise<Start> {
    const last = route.jumps.at(-1);
    if (via && last) return { via: { held: via.held, name: last.name }, proxies: [] };
    if (route.proxies.length === 0) return { via: null, proxies: [] };
    const proxies = route.once?.proxies ?? (await from.proxies(route.proxiesOf.id));
    const missing = proxies.find((proxy) => proxy.missing !== undefined)?.missing;
    if (missing === undefined) return { via: null, proxies };
    throw new HostError(failure('auth', 'no-credential', { missing }), { isUntouched: true });
  }

  /** Names the jump host in the failures that it causes along the route, including its own end. */
  private async blaming<T>(route: Route, via: Lease | null, use: Use, work: () => Promise<T>): Promise<T> {
    const { proxyLogins } = this.options;
    if (via === null)
      return route.proxies.length === 0 ? work() : proxyLogins.through(route.proxiesOf.id, use.isPerson, work);
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
      // The end of the shared connection is reported in the same turn as the end of what ran over it.
      await nextTurn();
      if (stage === 'jump') throw ofHop(error, lastHop(route), undefined);
      if (via.held.isOpen()) throw error;
      throw ofHop(new HostError(endedBy ?? failure('jump', 'reset')), lastHop(route), undefined);
    }
  }
}

function lastHop(route: Route): Hop {
  // Safe: callers only pass routes that have a jump host.
  return hopsOf(route).at(-1) as Hop;
}
