import type { HostState } from '../model/host-state.ts';

/** Stores since when hosts have had their status, across restarts; implemented by `hosts`. */
export type HostStates = {
  readonly all: () => Promise<ReadonlyMap<number, HostState>>;
  /** All or nothing. Entries of hosts that are gone are skipped. */
  readonly save: (changes: ReadonlyMap<number, HostState>) => Promise<void>;
};
