import type { Observation } from '../model/observation.ts';

/** Carries every observation from the poller to everything that follows. Delivery is in order per host. */
export type Bus = {
  readonly publish: (observation: Observation) => void;
  /** Returns a function that ends the subscription. A subscriber that throws does not keep others from receiving. */
  readonly subscribe: (onObservation: (observation: Observation) => void) => () => void;
};
