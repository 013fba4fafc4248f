import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { HoldStore } from '../ports/holds.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { Reach } from './connections/reach.ts';

export type SchedulerOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  /** Everything that is held back, kept across restarts. */
  readonly holds: HoldStore;
  readonly bus: Bus;
  readonly reach?: Reach;
  readonly onError: (error: unknown) => void;
};
