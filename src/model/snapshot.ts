import type { SectionError } from './collector.ts';
import type { HopStatus } from './connection/hop.ts';
import type { Failure } from './failure.ts';
import type { HostState } from './host-state.ts';

/** The newest facts of one collector and where they are from. */
export type SnapshotSection<Facts> = {
  readonly facts: Facts | null;
  /** ms since the epoch; of the facts, not of a later error. */
  readonly collectedAt: number | null;
  /** The same of its parts, where they are read apart. */
  readonly parts: Readonly<Record<string, number>> | null;
  readonly source: string | null;
  readonly error: SectionError | null;
};

/** online or offline, since when, and why. */
export type HostStatus = {
  readonly status: 'online' | 'offline';
  /** ms since the epoch. */
  readonly lastChecked: number;
  readonly since: number;
  readonly failure: Failure | null;
  /** The way to the host is broken, or Sonde itself could not look: the status is what it was before. */
  readonly stale: boolean;
};

/** The latest picture of a host. */
export type Snapshot = {
  readonly hostId: number;
  readonly status: HostStatus | null;
  /** Status and cause, and since when; of before a restart until something is seen. */
  readonly state: HostState | null;
  /** When the host was read the last time, ms since the epoch; null when none was taken yet. */
  readonly sampledAt: number | null;
  readonly bootId: string | null;
  readonly failure: Failure | null;
  /** The proxies and jump hosts on the way, from Sonde outwards. */
  readonly hops: readonly HopStatus[];
  /** By the collector's name. `factsOf` in src/collectors gives their facts with their types. */
  readonly sections: Readonly<Partial<Record<string, SnapshotSection<unknown>>>>;
};
