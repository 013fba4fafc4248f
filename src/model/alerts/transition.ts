import type { HostState } from '../host-state.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * What is known about a host is other than before: its status, its cause, since when, or the state of a hop. Made in one place
 * (src/snapshots/transition.ts); lists, the store of states and alerts follow it instead of comparing for themselves.
 */
export type Transition = {
  readonly hostId: number;
  /** ms since the epoch. */
  readonly at: number;
  readonly before: HostState | null;
  /** Null: only a failure without a state is known so far. */
  readonly after: HostState | null;
  /** Whether status or cause are others; otherwise only the words or the hops are. */
  readonly isOtherState: boolean;
  readonly snapshot: Snapshot;
};
