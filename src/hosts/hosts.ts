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
import { createMounts } from './mounts.ts';
import { createRecords } from './records.ts';
import { createSettings } from './settings.ts';

export type HostsContext = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number };
  readonly checkKey: CheckKey;
};

/** Everything about hosts that is kept: their records, credentials, global settings, and who may see them. */
export function openHosts(context: HostsContext) {
  const { forgetLevels, ...access } = createAccess(context.db);
  const { forgetMounts, ...mounts } = createMounts(context.db);
  const { changed, onChange } = createChanges();
  const settings = createSettings(context.db, changed);
  const inventory = createInventory(context, settings.getSettings);
  const credentials = createCredentials(context);
  const records = createRecords(context, { ...access, forgetLevels }, { ...mounts, forgetMounts }, changed, inventory);
  return {
    ...access,
    ...settings,
    ...credentials,
    ...mounts,
    ...createFleet(context.db, { ...access, forgetLevels }, settings.getSettings),
    ...createHostKeys(context.db, { ...access, forgetLevels }),
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
