import { type Failure, tellsNothing } from './failure.ts';

/**
 * A host's status and its cause, and since when both have been the same without a break. "for 5 min" beside a status
 * means this and nothing else.
 */
export type HostState = {
  /** Status and cause, for comparing only. */
  readonly name: string;
  /** ms since the epoch. */
  readonly since: number;
  /** The status alone, whatever its causes were; null until something is proven. */
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

/** The state after an observation at `at`, ms since the epoch. */
export function nextState(before: HostState | null, { status, failure: newest }: Seen, at: number): HostState {
  const failure = newest ?? status?.failure ?? null;
  const cause = failure ? [failure.stage, failure.reason, failure.hop?.index ?? ''] : [];
  const known = status?.status ?? before?.status ?? null;
  // After a restart nothing may be proven yet; until then it keeps its earlier status, as if it were cut off.
  const isStale = status?.stale ?? tellsNothing(failure);
  const name = [isStale ? 'stale' : '', known ?? '', ...cause].join(' ').trim();
  return {
    name,
    since: before?.name === name ? before.since : at,
    status: known,
    statusSince: status?.since ?? before?.statusSince ?? null,
  };
}
