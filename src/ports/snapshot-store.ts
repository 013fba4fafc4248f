import type { Snapshot } from '../model/snapshot.ts';

/** The latest snapshot of every host. */
export type SnapshotStore = {
  readonly get: (hostId: number) => Snapshot | undefined;
  readonly set: (snapshot: Snapshot) => void;
  readonly delete: (hostId: number) => void;
};
