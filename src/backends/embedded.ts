import type { Observation } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Bus } from '../ports/bus.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';

/** The ports of one process: everything in its memory. */
export function openEmbedded(onError: (error: unknown) => void): {
  readonly bus: Bus;
  readonly snapshots: SnapshotStore;
} {
  const subscribers = new Set<(observation: Observation) => void>();
  const snapshots = new Map<number, Snapshot>();
  return {
    bus: {
      publish: (observation) => {
        for (const subscriber of subscribers) {
          try {
            subscriber(observation);
          } catch (error) {
            onError(error);
          }
        }
      },
      subscribe: (onObservation) => {
        subscribers.add(onObservation);
        return () => void subscribers.delete(onObservation);
      },
    },
    snapshots: {
      get: (hostId) => snapshots.get(hostId),
      set: (snapshot) => void snapshots.set(snapshot.hostId, snapshot),
      delete: (hostId) => void snapshots.delete(hostId),
    },
  };
}
