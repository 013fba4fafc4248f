import type { HostExport } from '../../collectors/node/host-export.ts';
import type { Places } from '../../lib/bounds/places.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Observation } from '../../model/observation.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { Connections } from '../connections/connections.ts';
import type { Holds } from '../connections/holds.ts';
import type { Costs } from './cost.ts';

/** What the scheduler uses of a watch. */
export type Scheduled = { readonly target: WatchTarget; readonly dueAt: number; readonly isHeld: boolean };

/** What all watches share. */
export type WatchContext = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly holds: Holds;
  readonly connections: Pick<Connections, 'connect' | 'ping' | 'hops' | 'isOpen' | 'offeredAgainAt' | 'end'>;
  readonly publish: (observation: Observation) => void;
  /** Whether anything wants this host's metrics now. */
  readonly wanted: (target: WatchTarget) => boolean;
  /** What makes the host's series; null while no export wants it. */
  readonly exporting: (target: WatchTarget) => HostExport | null;
  /** How often it is sampled: by its policy, or by a viewer that wants it more often. */
  readonly intervalSeconds: (target: WatchTarget) => number;
  /** Whether more hosts are watched than are connected to at once; then a host that is gone must not hold up others. */
  readonly isCrowded: () => boolean;
  /** Whether somebody has this host open. */
  readonly isLookedAt: (target: WatchTarget) => boolean;
  /** The due time of a host's watch changed. */
  readonly rescheduled: (watch: Scheduled) => void;
  readonly samples: Pick<Places, 'run'>;
  readonly pings: Pick<Places, 'run'>;
  readonly costs: Costs;
  readonly onError: (error: unknown) => void;
};
