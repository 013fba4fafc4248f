import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { HoldStore } from '../ports/holds.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Canaries } from './canaries.ts';
import type { Reach } from './connections/reach.ts';

export type SchedulerOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  /** Everything that is held back, kept across restarts. */
  readonly holds: HoldStore;
  readonly bus: Bus;
  readonly reach?: Reach;
  /** Asked when many hosts fall at once; without them, nothing is. */
  readonly canaries?: Pick<Canaries, 'ask'>;
  /** Sonde is cut off from the network, or no longer. */
  readonly onCutOff?: (isCutOff: boolean) => void;
  readonly onError: (error: unknown) => void;
};
