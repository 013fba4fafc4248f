import type { SectionError } from './collector.ts';
import type { HopStatus } from './connection/hop.ts';
import type { Failure } from './failure.ts';
import type { HostState } from './host-state.ts';

/** The newest facts of one collector and their source. */
export type SnapshotSection<Facts> = {
  readonly facts: Facts | null;
  /** ms since the epoch; when the facts were read, not when a later error occurred. */
  readonly collectedAt: number | null;
  /** The same for its parts, if they are read separately; 0: never. */
  readonly parts: Readonly<Record<string, number>> | null;
  readonly source: string | null;
  readonly error: SectionError | null;
};

/** When a part of a section was read, or the whole if `part` is null or has no time of its own; ms since the epoch, 0: never. */
export function readAtOf(
  { collectedAt, parts }: Pick<SnapshotSection<unknown>, 'collectedAt' | 'parts'>,
  part: string | null,
): number {
  return (part === null ? undefined : parts?.[part]) ?? collectedAt ?? 0;
}

/** online or offline, since when, and why. */
export type HostStatus = {
  readonly status: 'online' | 'offline';
  /** ms since the epoch. */
  readonly lastChecked: number;
  readonly since: number;
  readonly failure: Failure | null;
  /** The route to the host is broken, or Sonde itself could not look: the status is from before. */
  readonly stale: boolean;
};

/** The latest picture of a host. */
export type Snapshot = {
  readonly hostId: number;
  readonly status: HostStatus | null;
  /** Status and cause, and since when; from before a restart until something is seen. */
  readonly state: HostState | null;
  /** When the host was last read, ms since the epoch; null if it has not been. */
  readonly sampledAt: number | null;
  readonly bootId: string | null;
  readonly failure: Failure | null;
  /** The proxies and jump hosts of the route, from Sonde outwards. */
  readonly hops: readonly HopStatus[];
  /** By the collector's name. `factsOf` in src/collectors returns their facts with their types. */
  readonly sections: Readonly<Partial<Record<string, SnapshotSection<unknown>>>>;
};
