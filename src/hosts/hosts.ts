import type { Database } from '../db/schema.ts';
import type { Sealer } from '../lib/seal.ts';
import { createAccess } from './access.ts';
import { createChanges } from './changes.ts';
import { createCredentials } from './credentials.ts';
import { createExports } from './exports.ts';
import { createFleet } from './fleet.ts';
import { createHostKeys } from './host-keys.ts';
import { createImports } from './imports.ts';
import type { CheckKey } from './input.ts';
import { createInventory } from './inventory.ts';
import { createJumpHosts } from './jump-hosts.ts';
import { createKnownHosts } from './known-hosts.ts';
import { createMounts } from './mounts.ts';
import { createRecords } from './records.ts';
import { createSettings } from './settings.ts';
import { createShares } from './shares.ts';

export type HostsContext = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number };
  readonly checkKey: CheckKey;
  /** The socket of the SSH agent that admins' logins may use; null: there is none. */
  readonly agentSocket: string | null;
  /** Told of every login at a host, for the audit log. */
  readonly onLogin?: (login: HostLogin) => Promise<void>;
};

/** A login that a host accepted. `credential`: the name of the saved one, or which kind of the host's own. */
export type HostLogin = {
  readonly hostId: number;
  readonly hostName: string;
  readonly username: string;
  readonly credential: string;
};

/** Everything about hosts that is kept: their records, credentials, global settings, and who may see them. */
export function openHosts(context: HostsContext) {
  const { forgetLevels, ...access } = createAccess(context.db);
  const { forgetMounts, ...mounts } = createMounts(context.db);
  const { changed, onChange } = createChanges();
  const settings = createSettings(context.db, changed);
  const inventory = createInventory(context, settings.getSettings);
  const credentials = createCredentials(context);
  const jumps = createJumpHosts(context.db, access);
  const records = createRecords(
    context,
    { ...access, forgetLevels },
    { ...mounts, forgetMounts },
    changed,
    inventory,
    jumps,
  );
  return {
    ...access,
    ...settings,
    ...credentials,
    ...mounts,
    ...createFleet(context.db, { ...access, forgetLevels }, settings.getSettings),
    ...createHostKeys(context, { ...access, forgetLevels }, settings.getSettings, jumps),
    ...createKnownHosts(context, { ...access, forgetLevels }, jumps),
    ...createShares(context.db, { ...access, forgetLevels }, changed),
    ...records,
    ...createImports(records, credentials, context.checkKey),
    ...createExports(records, credentials, context.clock),
    onChange,
    inventory,
    /** Hosts went with their owner: everybody's view is read anew. */
    ownerRemoved: (): void => {
      forgetLevels();
      changed('all');
    },
  };
}

export type Hosts = ReturnType<typeof openHosts>;
