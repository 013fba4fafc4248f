import { setImmediate } from 'node:timers/promises';
import type { CredentialRow, HostRow, Stored } from '../../db/schema.ts';
import type { Login, OpenedProxy, WatchTarget } from '../../model/host.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { HostsContext } from '../context.ts';
import { openProxies } from '../fields/proxies.ts';
import { createKeyStore } from '../keys/key-store.ts';
import { createLoginKeys } from '../logins/login-key.ts';
import { createLoginOpener } from '../logins/open-login.ts';
import { type Surroundings, secretsOf, targetOf } from './target.ts';
import { adminIds, credentialsOf, hostRow, hostRows, managersOf } from './target-rows.ts';

type Host = Stored<HostRow>;
type Credential = Stored<CredentialRow>;

const targetsAtOnce = 200;

/** A host's record that need not be saved, as the scheduler would see it. */
export type Drafting = Pick<ReturnType<typeof createKeyStore>, 'knownKeysOf' | 'onCertificate'> & {
  readonly draftOf: (row: Host) => Promise<{
    readonly target: WatchTarget;
    readonly login: Login | null;
    readonly proxies: readonly OpenedProxy[];
  }>;
};

/** The scheduler's view of all hosts, whoever owns them. */
export function createInventory(
  context: HostsContext,
  getSettings: () => Promise<GlobalSettings>,
): Inventory & Drafting {
  const { db, sealer, clock, onLogin } = context;
  const logins = createLoginOpener(context);
  const loginKeys = createLoginKeys(sealer.derive('login keys'));

  async function surroundingsOf(rows: readonly Host[]): Promise<Surroundings> {
    return { settings: await getSettings(), managers: await managersOf(db, rows), admins: await adminIds(db) };
  }

  function toTarget(row: Host, credential: Credential | null, surroundings: Surroundings): WatchTarget {
    const username = row.username || credential?.username || '';
    const open = () => logins.openStored(row, credential) ?? ({ type: 'none' } as const);
    const loginKey = loginKeys.keyOf(username, secretsOf(row, credential), open);
    return targetOf(row, credential, loginKey, surroundings);
  }

  return {
    ...createKeyStore({ db, clock }, getSettings),
    async draftOf(row) {
      const credential = await logins.credentialOf(row);
      return {
        target: toTarget(row, credential, await surroundingsOf([row])),
        proxies: openProxies(sealer, row),
        login: await logins.open(row, credential),
      };
    },
    async targets(ids) {
      const rows = await hostRows(db, ids);
      const credentials = await credentialsOf(db, rows);
      const surroundings = await surroundingsOf(rows);
      const targets: WatchTarget[] = [];
      for (const row of rows) {
        targets.push(toTarget(row, credentials.get(row.credential_id ?? -1) ?? null, surroundings));
        // Every target is a hash, so other requests get turns in between.
        if (targets.length % targetsAtOnce === 0) await setImmediate();
      }
      return targets;
    },
    async target(hostId) {
      const row = await hostRow(db, hostId);
      return row && toTarget(row, await logins.credentialOf(row), await surroundingsOf([row]));
    },
    async login(hostId) {
      const row = await hostRow(db, hostId);
      return row && logins.open(row, await logins.credentialOf(row));
    },
    async proxies(hostId) {
      const row = await hostRow(db, hostId);
      return row === null ? [] : openProxies(sealer, row);
    },
    async loggedIn(hostId) {
      const row = onLogin && (await hostRow(db, hostId));
      if (!row) return;
      const credential = await logins.credentialOf(row);
      await onLogin({
        hostId,
        hostName: row.name,
        username: row.username || credential?.username || '',
        credential: credential?.name ?? `its own ${row.auth_type}`,
      });
    },
    async setInteractive(hostId, interactive) {
      await db.updateTable('hosts').set({ interactive }).where('id', '=', hostId).execute();
    },
  };
}
