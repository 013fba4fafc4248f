import type { Bus } from '../ports/bus.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { emptySnapshot, fold } from './fold.ts';
import type { KeptStates } from './kept-states.ts';

/**
 * Folds every observation from the bus into its host's snapshot, and passes on the states of hosts. Returns a function
 * that ends it.
 */
export function writeSnapshots(bus: Bus, store: SnapshotStore, kept?: KeptStates): () => void {
  return bus.subscribe((seen) => {
    const before = store.get(seen.hostId) ?? emptySnapshot(seen.hostId, kept?.take(seen.hostId) ?? null);
    const after = fold(before, seen);
    store.set(after);
    const { state } = after;
    if (state && (state.name !== before.state?.name || state.status !== before.state.status))
      kept?.put(seen.hostId, state);
  });
}
