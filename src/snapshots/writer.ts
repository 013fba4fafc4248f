import type { Bus } from '../ports/bus.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { emptySnapshot, fold } from './fold.ts';

/** Folds every observation of the bus into its host's snapshot. Returns what ends it. */
export function writeSnapshots(bus: Bus, store: SnapshotStore): () => void {
  return bus.subscribe((seen) => store.set(fold(store.get(seen.hostId) ?? emptySnapshot(seen.hostId), seen)));
}
