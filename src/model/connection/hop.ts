import type { Failure } from '../failure.ts';

/** A proxy or jump host on the way to a host. `index` counts from Sonde; `hostId` is null for a proxy. */
export type Hop = {
  readonly index: number;
  readonly kind: 'proxy' | 'jump';
  readonly hostId: number | null;
  readonly name: string;
};

/** How a hop was when the way was last gone; `unknown` when nothing got as far as there. */
export type HopStatus = Hop & {
  readonly state: 'up' | 'down' | 'unknown';
  /** Why it is down. */
  readonly failure: Failure | null;
};

/** The hops as a try found them: all up when it reached the host, else up to the one that failed. */
export function hopStatuses(hops: readonly Hop[], failure: Failure | null): readonly HopStatus[] {
  const broken = failure?.hop?.index ?? Number.POSITIVE_INFINITY;
  return hops.map((hop) => ({
    ...hop,
    state: hop.index < broken ? 'up' : hop.index === broken ? 'down' : 'unknown',
    failure: hop.index === broken ? (failure?.hop?.failure ?? failure) : null,
  }));
}
