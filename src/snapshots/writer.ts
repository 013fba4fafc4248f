import type { Bus } from '../ports/bus.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { emptySnapshot, fold } from './fold.ts';
import type { KeptStates } from './kept-states.ts';
import { transitionOf } from './transition.ts';

/**
 * Folds every observation from the bus into its host's snapshot, and publishes what changed. `kept` gives the states from before
 * a restart and follows the new ones. Returns a function that ends it.
 */
export function writeSnapshots(bus: Bus, store: SnapshotStore, kept?: KeptStates): () => void {
  const endings = [
    bus.subscribe((seen) => {
      const before = store.get(seen.hostId) ?? emptySnapshot(seen.hostId, kept?.take(seen.hostId) ?? null);
      const after = fold(before, seen);
      store.set(after);
      const transition = transitionOf(before, after, seen.at);
      if (transition) bus.publishTransition(transition);
    }),
    bus.follow(({ hostId, after, isOtherState }) => {
      if (after && isOtherState) kept?.put(hostId, after);
    }),
  ];
  return () => {
    for (const end of endings) end();
  };
}
