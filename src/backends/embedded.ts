import type { HostNews } from '../model/alerts/event.ts';
import type { Transition } from '../model/alerts/transition.ts';
import type { Observation } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Bus } from '../ports/bus.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';

/** The ports of one process: everything in its memory. */
export function openEmbedded(onError: (error: unknown) => void): {
  readonly bus: Bus;
  readonly snapshots: SnapshotStore;
} {
  const [observations, transitions] = [createTopic<Observation>(onError), createTopic<Transition>(onError)];
  const news = createTopic<HostNews>(onError);
  const snapshots = new Map<number, Snapshot>();
  return {
    bus: {
      publish: observations.publish,
      subscribe: observations.subscribe,
      publishTransition: transitions.publish,
      follow: transitions.subscribe,
      publishNews: news.publish,
      followNews: news.subscribe,
    },
    snapshots: {
      get: (hostId) => snapshots.get(hostId),
      set: (snapshot) => void snapshots.set(snapshot.hostId, snapshot),
      delete: (hostId) => void snapshots.delete(hostId),
    },
  };
}

/** Calls everybody who follows, in the order in which they came. */
function createTopic<Told>(onError: (error: unknown) => void) {
  const subscribers = new Set<(told: Told) => void>();
  return {
    publish: (told: Told): void => {
      for (const subscriber of subscribers) {
        try {
          subscriber(told);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe: (subscriber: (told: Told) => void): (() => void) => {
      subscribers.add(subscriber);
      return () => void subscribers.delete(subscriber);
    },
  };
}
