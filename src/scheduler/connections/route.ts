import type { Hop } from '../../model/connection/hop.ts';
import { HostError } from '../../model/failure.ts';
import type { OpenedProxy, ProxyAddress, WatchTarget } from '../../model/host.ts';
import { failure, hopFailure } from '../../ssh/failures.ts';
import { proxyName } from '../../ssh/proxies.ts';

/** How a host is reached: through the proxies, then from jump host to jump host. */
export type Route = {
  readonly proxies: readonly ProxyAddress[];
  /** The host whose record names the proxies. */
  readonly proxiesOf: WatchTarget;
  readonly jumps: readonly WatchTarget[];
  /** The proxies of a record that need not be saved; such a connection is used once and never shared. */
  readonly once?: { readonly id: number; readonly proxies: readonly OpenedProxy[] };
};

const maxJumps = 10;

/**
 * The route to a host. A jump host that has a route of its own is reached over that one, whatever precedes it in the
 * list. A jump host without one is reached from the jump host before it; the first, through the host's proxies. Throws
 * HostError if a jump host is gone or if they form a circle.
 */
export function routeTo(target: WatchTarget, targetOf: (hostId: number) => WatchTarget | undefined): Route {
  return follow(target, targetOf, new Set());
}

function follow(
  target: WatchTarget,
  targetOf: (hostId: number) => WatchTarget | undefined,
  above: ReadonlySet<number>,
): Route {
  if (target.jumpHosts.length === 0) return { proxies: target.proxies, proxiesOf: target, jumps: [] };
  const behind = new Set(above).add(target.id);
  const listed = target.jumpHosts.map(({ hostId, isLent }) => ({
    hostId,
    host: isLent ? targetOf(hostId) : undefined,
  }));
  // A login only takes routes that its owner chose: another owner's jump host is reached over its own record alone.
  const goesItsOwn = (host: WatchTarget): boolean =>
    host.jumpHosts.length + host.proxies.length > 0 || host.ownerId !== target.ownerId;
  const from = Math.max(
    0,
    listed.findLastIndex(({ host }) => host !== undefined && goesItsOwn(host)),
  );
  let route: Route = { proxies: target.proxies, proxiesOf: target, jumps: [] };
  for (const { hostId, host } of listed.slice(from)) {
    if (host === undefined) throw notThere(route, hostId, `host ${hostId}`, 'not-found');
    if (behind.has(hostId)) throw notThere(route, hostId, host.name, 'unsupported');
    if (goesItsOwn(host)) route = follow(host, targetOf, behind);
    if (route.jumps.includes(host) || route.jumps.length >= maxJumps)
      throw notThere(route, hostId, host.name, 'unsupported');
    route = { ...route, jumps: [...route.jumps, host] };
  }
  return route;
}

function notThere(route: Route, hostId: number, name: string, reason: 'not-found' | 'unsupported'): HostError {
  const index = route.proxies.length + route.jumps.length;
  const own = failure('jump', reason);
  return new HostError(hopFailure(own, { index, kind: 'jump', hostId, name }), { retryAt: null });
}

/** The hops of a route, in order. */
export function hopsOf({ proxies, jumps }: Route): readonly Hop[] {
  return [
    ...proxies.map((proxy) => ({ kind: 'proxy' as const, hostId: null, name: proxyName(proxy) })),
    ...jumps.map(({ id, name }) => ({ kind: 'jump' as const, hostId: id, name })),
  ].map((hop, index) => ({ index, ...hop }));
}

/** An identifier of the connection to a host over its route, equal for everything that shares the connection. */
export function keyOf({ proxies, proxiesOf, jumps, once }: Route, hostId: number): string {
  if (proxies.length + jumps.length === 0) return `>${hostId}`;
  if (once) return [`once ${once.id}`, ...jumps.map(({ id }) => id), hostId].join('>');
  const through = proxies.length === 0 ? '' : JSON.stringify([proxiesOf.ownerId, proxies]);
  return [through, ...jumps.map(({ id }) => id), hostId].join('>');
}
