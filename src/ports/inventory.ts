import type { KeySighting, KnownKeys } from '../model/connection/host-key.ts';
import type { InteractiveLogin, Login, OpenedProxy, WatchTarget } from '../model/host.ts';

/** What the scheduler reads and stores about hosts; implemented by `hosts`. */
export type Inventory = {
  /** All hosts, or those of the ids that exist. Reads nothing else. */
  readonly targets: (ids?: readonly number[]) => Promise<readonly WatchTarget[]>;
  readonly target: (hostId: number) => Promise<WatchTarget | null>;
  /** Unsealed for one connection. Null: the credential is gone. */
  readonly login: (hostId: number) => Promise<Login | null>;
  /** The proxies of the host's own record, unsealed for one connection. */
  readonly proxies: (hostId: number) => Promise<readonly OpenedProxy[]>;
  readonly knownKeys: (hostId: number) => Promise<KnownKeys>;
  /** Stores what a connection saw of the host's keys. */
  readonly noteKey: (hostId: number, sighting: KeySighting) => Promise<void>;
  /** The host accepted a login. */
  readonly loggedIn: (hostId: number) => Promise<void>;
  readonly setInteractive: (hostId: number, interactive: InteractiveLogin) => Promise<void>;
};
