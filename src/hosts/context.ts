import type { Database } from '../db/schema.ts';
import type { Sealer } from '../lib/seal.ts';
import type { Threads } from '../lib/threads.ts';
import type { OpenKey } from '../model/connection/private-key.ts';

/** What the parts of the inventory share. */
export type HostsContext = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number };
  readonly openKey: OpenKey;
  /** Whether keys with a passphrase are also stored opened, sealed like everything else. */
  readonly keepOpenedKeys: boolean;
  /** For work that may take long: reading uploads. */
  readonly threads: Threads;
  /** The socket of the SSH agent that admins' logins may use; null: there is none. */
  readonly agentSocket: string | null;
  /** Called for every login at a host, for the audit log. */
  readonly onLogin?: (login: HostLogin) => Promise<void>;
};

/**
 * A login that a host accepted. `credential`: the name of the saved credential, or the kind of the host's own login.
 */
export type HostLogin = {
  readonly hostId: number;
  readonly hostName: string;
  readonly username: string;
  readonly credential: string;
};
