import type { HostNews } from '../model/alerts/event.ts';
import type { Transition } from '../model/alerts/transition.ts';
import type { Observation } from '../model/observation.ts';

/**
 * Carries every observation from the poller to everything that follows, and what it changed. Delivery is in order per host; a
 * transition comes after the snapshot that it is about is stored.
 */
export type Bus = {
  readonly publish: (observation: Observation) => void;
  /** Returns a function that ends the subscription. A subscriber that throws does not keep others from receiving. */
  readonly subscribe: (onObservation: (observation: Observation) => void) => () => void;
  readonly publishTransition: (transition: Transition) => void;
  /** The same for transitions. */
  readonly follow: (onTransition: (transition: Transition) => void) => () => void;
  /** What changed on a host, once it is stored. */
  readonly publishNews: (news: HostNews) => void;
  readonly followNews: (onNews: (news: HostNews) => void) => () => void;
};
