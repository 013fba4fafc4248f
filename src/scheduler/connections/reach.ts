import type { InteractiveLogin, WatchTarget } from '../../model/host.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import type { Meter } from '../../ssh/meter.ts';
import type { MayOffer } from './guarded-login.ts';
import type { Held, openHeld } from './hold.ts';
import type { Holds } from './holds.ts';
import type { pingHost } from './ping.ts';

/** One step to a host; tests of a whole day and of thousands of hosts give their own. */
export type Reach = { readonly connect: typeof openHeld; readonly ping: typeof pingHost };

/** A person who starts a host. Without the right to manage it, they cannot have a held-back login tried. */
export type Starter = { readonly ask: Ask; readonly mayOverride: boolean };

export type ConnectionsOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly holds: Holds;
  readonly reach: Reach;
  readonly targetOf: (hostId: number) => WatchTarget | undefined;
  /** How a host's login goes was learned. */
  readonly learned: (hostId: number, interactive: InteractiveLogin) => Promise<void>;
  /** A host that others may be behind can be reached again. */
  readonly opened: (hostId: number) => void;
  /** Makes a saved host's connection when its login may be tried. */
  readonly logIn: (
    target: WatchTarget,
    isPerson: boolean,
    connect: (mayOffer?: MayOffer) => Promise<Held>,
  ) => Promise<Held>;
  /** Counts what a try does to a saved host. */
  readonly meter: (target: WatchTarget, isPerson: boolean) => Meter | undefined;
  readonly onError: (error: unknown) => void;
};

/** What a host is reached with, saved or not. */
export type Credentials = Pick<Inventory, 'login' | 'knownKeys' | 'noteKey' | 'proxies'>;
