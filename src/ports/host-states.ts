import type { HostState } from '../model/host-state.ts';

/** Keeps since when hosts are what they are across restarts; implemented by `hosts`. */
export type HostStates = {
  readonly all: () => Promise<ReadonlyMap<number, HostState>>;
  /** All or nothing. What is said of hosts that are gone is passed over. */
  readonly save: (changes: ReadonlyMap<number, HostState>) => Promise<void>;
};
