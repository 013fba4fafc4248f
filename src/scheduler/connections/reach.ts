import type { InteractiveLogin, WatchTarget } from '../../model/host.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import type { Meter } from '../../ssh/meter.ts';
import type { MayOffer } from './guarded-login.ts';
import type { Held, openHeld } from './hold.ts';
import type { Holds } from './holds.ts';
import type { pingHost } from './ping.ts';

/** One step to a host. Tests that simulate a whole day or thousands of hosts pass their own. */
export type Reach = { readonly connect: typeof openHeld; readonly ping: typeof pingHost };

/** A person who starts a host. Only those who may manage the host can try a login that is held back. */
export type Starter = { readonly ask: Ask; readonly mayOverride: boolean };

export type ConnectionsOptions = {
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly holds: Holds;
  readonly reach: Reach;
  readonly targetOf: (hostId: number) => WatchTarget | undefined;
  /** Called when it became known how logging in to a host works. */
  readonly learned: (hostId: number, interactive: InteractiveLogin) => Promise<void>;
  /** Called when a host that others may be behind can be reached again. */
  readonly opened: (hostId: number) => void;
  /** Connects to a saved host once its login may be tried. */
  readonly logIn: (
    target: WatchTarget,
    isPerson: boolean,
    connect: (mayOffer?: MayOffer) => Promise<Held>,
  ) => Promise<Held>;
  /** Counts what an attempt costs a saved host. */
  readonly meter: (target: WatchTarget, isPerson: boolean) => Meter | undefined;
  readonly onError: (error: unknown) => void;
};

/** What is needed to reach a host, saved or not. */
export type Credentials = Pick<Inventory, 'login' | 'knownKeys' | 'noteKey' | 'proxies'>;
