import { Turns } from '../lib/turns.ts';
import type { ExportRecord } from '../model/export/host.ts';
import type { ListedHost } from '../model/host.ts';
import { HostAccess } from './access/access.ts';
import { createChanges } from './access/changes.ts';
import { createJumpHosts } from './access/jump-hosts.ts';
import { createShares } from './access/shares.ts';
import type { HostsContext } from './context.ts';
import { createExports } from './export/exports.ts';
import { Imports } from './import/imports.ts';
import { createAlertHosts } from './inventory/alert-hosts.ts';
import { createHoldStore } from './inventory/hold-store.ts';
import { createInventory } from './inventory/inventory.ts';
import { createSpanStore } from './inventory/span-store.ts';
import { createStateStore } from './inventory/state-store.ts';
import { HostKeys } from './keys/host-keys.ts';
import { KnownHosts } from './keys/known-hosts.ts';
import { certificateEnds } from './logins/certificate-ends.ts';
import { Credentials } from './logins/credentials.ts';
import { createLoginCheck } from './logins/login-check.ts';
import { forgetOpenedKeys } from './logins/opened.ts';
import { createBodies } from './records/bodies.ts';
import { createDrafts } from './records/drafts.ts';
import { createFleet } from './records/fleet.ts';
import { createMounts } from './records/mounts.ts';
import { createOwnership } from './records/ownership.ts';
import { RecordParts } from './records/record-parts.ts';
import { Records } from './records/records.ts';
import { createSettings } from './records/settings.ts';

/** Everything stored about hosts: their records, credentials, global settings, and who may see them. */
export function openHosts(context: HostsContext) {
  const access = new HostAccess(context.db);
  const mounts = createMounts(context.db);
  const { changed, onChange } = createChanges();
  const settings = createSettings(context.db, changed);
  const inventory = createInventory(context, settings.applied);
  const loginCheck = createLoginCheck(context);
  const credentials = new Credentials(context, loginCheck);
  const jumps = createJumpHosts(context.db, access);
  const bodies = createBodies({ db: context.db, access }, loginCheck);
  const records = new Records(context, access, bodies, mounts, changed);
  const fleet = createFleet(context.db, access, settings.applied);
  const turns = new Turns({ atOnce: 2, waiting: 2 });
  return {
    /** Who may see or manage which host. */
    access,
    records,
    /** Hosts that are not saved. */
    drafts: createDrafts(context, bodies, inventory),
    /** Which hosts depend on which user. */
    ownership: createOwnership(context.db),
    credentials,
    settings,
    /** How hosts' file systems are displayed. */
    mounts,
    /** Hosts as lists show them. */
    fleet,
    /** The hosts' own keys, and known_hosts files. */
    keys: new HostKeys(context, access, settings.get, jumps),
    knownHosts: new KnownHosts(context, access, jumps, turns),
    shares: createShares(context.db, access, changed),
    import: new Imports(context, access, jumps, records, credentials, loginCheck, turns),
    export: createExports(records, credentials, context.clock),
    onChange,
    /** What the scheduler sees. */
    inventory,
    /** What alerts see. */
    forAlerts: createAlertHosts(context.db, settings.applied),
    /** What exports see. */
    forExport: new RecordParts({ fleet, onChange }, exportRecordOf),
    /** When the certificates end that hosts log in with. */
    certificateEnds: () => certificateEnds(context.db),
    holds: createHoldStore(context.db),
    states: createStateStore(context.db),
    spans: createSpanStore(context.db),
    forgetOpenedKeys: () => forgetOpenedKeys(context.db),
    /** Hosts were removed with their owner, so everybody's levels are read again. */
    ownerRemoved: (ids: readonly number[]): void => {
      access.forgetLevels();
      for (const id of ids) {
        mounts.forget(id);
        changed(id, true);
      }
    },
  };
}

function exportRecordOf({ id, name, ip, folder, tags, owner, metricsEnabled }: ListedHost): ExportRecord {
  return { id, name, address: ip, folder, tags, owner, isOn: metricsEnabled };
}

export type Hosts = ReturnType<typeof openHosts>;
