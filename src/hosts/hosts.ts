import { Turns } from '../lib/turns.ts';
import { createAccess, type Viewer } from './access/access.ts';
import { createChanges } from './access/changes.ts';
import { createJumpHosts } from './access/jump-hosts.ts';
import { createShares } from './access/shares.ts';
import type { HostsContext } from './context.ts';
import { createExports } from './export/exports.ts';
import { Imports } from './import/imports.ts';
import { createHostKeys } from './keys/host-keys.ts';
import { createKnownHosts } from './keys/known-hosts.ts';
import { createCredentials } from './logins/credentials.ts';
import { createLoginCheck } from './logins/login-check.ts';
import { forgetOpenedKeys } from './logins/opened.ts';
import { createFleet } from './records/fleet.ts';
import { createHoldStore } from './records/hold-store.ts';
import { createInventory } from './records/inventory.ts';
import { createMounts } from './records/mounts.ts';
import { createRecords } from './records/records.ts';
import { createSettings } from './records/settings.ts';
import { createStateStore } from './records/state-store.ts';

/** Everything about hosts that is kept: their records, credentials, global settings, and who may see them. */
export function openHosts(context: HostsContext) {
  const { forgetLevels, ...access } = createAccess(context.db);
  const { forgetMounts, ...mounts } = createMounts(context.db);
  const { changed, onChange } = createChanges();
  const settings = createSettings(context.db, changed);
  const inventory = createInventory(context, settings.getSettings);
  const loginCheck = createLoginCheck(context);
  const credentials = createCredentials(context, loginCheck);
  const jumps = createJumpHosts(context.db, access);
  const records = createRecords(
    context,
    { ...access, forgetLevels },
    { ...mounts, forgetMounts },
    changed,
    inventory,
    loginCheck,
  );
  const turns = new Turns({ atOnce: 2, waiting: 2 });
  const imports = new Imports(
    context,
    { ...access, forgetLevels },
    jumps,
    records,
    { ...credentials, ...loginCheck },
    turns,
  );
  return {
    ...access,
    ...settings,
    ...credentials,
    ...mounts,
    ...createFleet(context.db, { ...access, forgetLevels }, settings.getSettings),
    ...createHostKeys(context, { ...access, forgetLevels }, settings.getSettings, jumps),
    ...createKnownHosts(context, { ...access, forgetLevels }, jumps, turns),
    ...createShares(context.db, { ...access, forgetLevels }, changed),
    ...records,
    previewImport: (user: Viewer, body: string, signal: AbortSignal) => imports.preview(user, body, signal),
    importHosts: (user: Viewer, body: string, signal: AbortSignal) => imports.import(user, body, signal),
    ...createExports(records, credentials, context.clock),
    onChange,
    inventory,
    forgetOpenedKeys: () => forgetOpenedKeys(context.db),
    holds: createHoldStore(context.db),
    /** Since when hosts are what they are. */
    states: createStateStore(context.db),
    /** Hosts went with their owner: everybody's view is read anew. */
    ownerRemoved: (ids: readonly number[]): void => {
      forgetLevels();
      for (const id of ids) {
        forgetMounts(id);
        changed(id, true);
      }
    },
  };
}

export type Hosts = ReturnType<typeof openHosts>;
