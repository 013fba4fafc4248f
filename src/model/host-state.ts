import { type Failure, tellsNothing } from './failure.ts';

/**
 * What a host is, its status and the cause of it, and since when it is both without a break. This, and nothing else, is what
 * "for 5 min" beside a status means.
 */
export type HostState = {
  /** Status and cause, to be compared only. */
  readonly name: string;
  /** ms since the epoch. */
  readonly since: number;
  /** The status alone, whatever its causes were; null until something was proven. */
  readonly status: 'online' | 'offline' | null;
  readonly statusSince: number | null;
};

type Seen = {
  readonly status: {
    readonly status: 'online' | 'offline';
    readonly since: number;
    readonly stale: boolean;
    readonly failure: Failure | null;
  } | null;
  readonly failure: Failure | null;
};

/** The state after something was seen at `at`, ms since the epoch. */
export function nextState(before: HostState | null, { status, failure: newest }: Seen, at: number): HostState {
  const failure = newest ?? status?.failure ?? null;
  const cause = failure ? [failure.stage, failure.reason, failure.hop?.index ?? ''] : [];
  const known = status?.status ?? before?.status ?? null;
  // After a restart nothing may be proven yet: what it was before is what it is cut off with.
  const isStale = status?.stale ?? tellsNothing(failure);
  const name = [isStale ? 'stale' : '', known ?? '', ...cause].join(' ').trim();
  return {
    name,
    since: before?.name === name ? before.since : at,
    status: known,
    statusSince: status?.since ?? before?.statusSince ?? null,
  };
}
