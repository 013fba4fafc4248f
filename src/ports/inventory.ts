import type { InteractiveLogin, KnownHostKey, Login, OpenedProxy, WatchTarget } from '../model/host.ts';

/** What the scheduler reads and keeps of the hosts; implemented by `hosts`. */
export type Inventory = {
  readonly targets: () => Promise<readonly WatchTarget[]>;
  readonly target: (hostId: number) => Promise<WatchTarget | null>;
  /** Unsealed for one connection. Null: the credential is gone. */
  readonly login: (hostId: number) => Promise<Login | null>;
  /** The proxies of the host's own record, unsealed for one connection. */
  readonly proxies: (hostId: number) => Promise<readonly OpenedProxy[]>;
  readonly knownKeys: (hostId: number) => Promise<readonly KnownHostKey[]>;
  readonly pinKey: (hostId: number, key: KnownHostKey) => Promise<void>;
  readonly setInteractive: (hostId: number, interactive: InteractiveLogin) => Promise<void>;
};
