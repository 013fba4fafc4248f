import type { Failure } from '../failure.ts';

/** A proxy or jump host on the route to a host. `index` counts from Sonde; `hostId` is null for a proxy. */
export type Hop = {
  readonly index: number;
  readonly kind: 'proxy' | 'jump';
  readonly hostId: number | null;
  readonly name: string;
};

/** The state of a hop when the route was last used; `unknown` if no attempt got that far. */
export type HopStatus = Hop & {
  readonly state: 'up' | 'down' | 'unknown';
  /** Why it is down. */
  readonly failure: Failure | null;
};

/** The hops as an attempt found them: all up if it reached the host, otherwise up to the one that failed. */
export function hopStatuses(hops: readonly Hop[], failure: Failure | null): readonly HopStatus[] {
  const broken = failure?.hop?.index ?? Number.POSITIVE_INFINITY;
  return hops.map((hop) => ({
    ...hop,
    state: hop.index < broken ? 'up' : hop.index === broken ? 'down' : 'unknown',
    failure: hop.index === broken ? (failure?.hop?.failure ?? failure) : null,
  }));
}
