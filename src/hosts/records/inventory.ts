import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { CredentialRow, HostRow, Stored } from '../../db/schema.ts';
import { storedObject } from '../../lib/stored.ts';
import type { InteractiveLogin, Login, OpenedProxy, WatchTarget } from '../../model/host.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { jumpHostIds, jumpHostsOf, type Managers } from '../access/jump-hosts.ts';
import type { HostsContext } from '../context.ts';
import { policyOf } from '../fields/policy.ts';
import { openProxies, storedProxies } from '../fields/proxies.ts';
import { createKeyStore } from '../keys/key-store.ts';
import { createLoginKeys } from '../logins/login-key.ts';
import { createOpenedLogins } from '../logins/opened.ts';
import { openLogin, type StoredLogin } from '../logins/sealed.ts';

type Host = Stored<HostRow>;
type Credential = Stored<CredentialRow>;

const manyIds = 500;
const targetsAtOnce = 200;
const everywhere: readonly string[] = [];

/** A host's record that need not be saved, as the scheduler would see it. */
export type Drafting = Pick<ReturnType<typeof createKeyStore>, 'knownKeysOf'> & {
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
  const { db, sealer, clock, onLogin, agentSocket } = context;
  const { withOpenedKey } = createOpenedLogins(context);

  async function credentialOf(row: Host): Promise<Credential | null> {
    if (row.auth_type !== 'credential' || row.credential_id === null) return null;
    const found = await db.selectFrom('credentials').selectAll().where('id', '=', row.credential_id).executeTakeFirst();
    return (found as Credential | undefined) ?? null;
  }

  const loginKeys = createLoginKeys(sealer.derive('login keys'));

  /** The login of a host, its own or that of its credential, as it is stored. */
  function openStored(row: Host, credential: Credential | null): StoredLogin | null {
    if (row.auth_type !== 'credential') return openLogin(sealer, 'host', row.id, row);
    return credential && openLogin(sealer, 'credential', credential.id, credential);
  }

  /** The same with its key opened, and with the machine's SSH agent where it is lent: to records of admins, as long as they are some. */
  async function open(row: Host, credential: Credential | null): Promise<Login | null> {
    const login = openStored(row, credential);
    if (login?.type === 'key') {
      return credential === null
        ? withOpenedKey(login, 'host', row.id, row)
        : withOpenedKey(login, 'credential', credential.id, credential);
    }
    if (login?.type !== 'agent') return login;
    const owner = (row.auth_type === 'credential' ? credential?.user_id : undefined) ?? row.user_id;
    const user = await db.selectFrom('users').select('is_admin').where('id', '=', owner).executeTakeFirst();
    if (user?.is_admin !== 1) return { ...login, agent: { refused: 'only the logins of admins may use it' } };
    const noSocket = { refused: 'neither SONDE_SSH_AGENT nor SSH_AUTH_SOCK says where it is' };
    return { ...login, agent: agentSocket === null ? noSocket : { socket: agentSocket } };
  }

  function targetOf(
    row: Host,
    credential: Credential | null,
    settings: GlobalSettings,
    managers: Managers,
    admins: ReadonlySet<string>,
  ): WatchTarget {
    const target = toTarget(row, credential, settings, managers, admins);
    const loginKey = loginKeys.keyOf(target.username, secretsOf(row, credential), () => {
      return openStored(row, credential) ?? { type: 'none' };
    });
    const { connection, address, port } = target;
    const offered = loginKey ?? [target.username, secretsOf(row, credential)];
    return { ...target, loginKey, login: hashOf([connection, address, port, offered]) };
  }

  async function hostRow(id: number): Promise<Host | null> {
    return (
      ((await db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst()) as Host | undefined) ?? null
    );
  }

  /** All hosts, or those of the ids. */
  async function hostRows(ids: readonly number[] | undefined): Promise<readonly Host[]> {
    const all = db.selectFrom('hosts').selectAll();
    const found: Host[] = [];
    if (ids === undefined) found.push(...((await all.execute()) as Host[]));
    else
      for (let at = 0; at < ids.length; at += manyIds)
        found.push(...((await all.where('id', 'in', ids.slice(at, at + manyIds)).execute()) as Host[]));
    return found;
  }

  /** The credentials that these records log in with. */
  async function credentialsOf(rows: readonly Host[]): Promise<ReadonlyMap<number, Credential>> {
    const ids = new Set(rows.flatMap((row) => row.credential_id ?? []));
    if (ids.size === 0) return new Map();
    const all = db.selectFrom('credentials').selectAll();
    const found = await (ids.size > manyIds ? all : all.where('id', 'in', [...ids])).execute();
    return new Map((found as Credential[]).map((row) => [row.id, row]));
  }

  async function adminIds(): Promise<ReadonlySet<string>> {
    const rows = await db.selectFrom('users').select('id').where('is_admin', '=', 1).execute();
    return new Set(rows.map(({ id }) => id));
  }

  /** Who manages the jump hosts of these records. */
  async function managersOf(rows: readonly Host[]): Promise<Managers> {
    const ids = new Set(rows.flatMap((row) => jumpHostIds(storedObject(row.extra) ?? {})));
    if (ids.size === 0) return { owners: new Map(), shares: new Set() };
    const wanted = ids.size > manyIds ? null : [...ids];
    const hosts = db.selectFrom('hosts').select(['id', 'user_id']);
    const shares = db.selectFrom('shares').select(['host_id', 'user_id']).where('level', '=', 'manage');
    const [owned, shared] = await Promise.all([
      (wanted ? hosts.where('id', 'in', wanted) : hosts).execute(),
      (wanted ? shares.where('host_id', 'in', wanted) : shares).execute(),
    ]);
    return {
      owners: new Map(owned.map((row) => [row.id, row.user_id])),
      shares: new Set(shared.map((row) => `${row.host_id} ${row.user_id}`)),
    };
  }

  return {
    ...createKeyStore({ db, clock }, getSettings),
    async draftOf(row) {
      const credential = await credentialOf(row);
      return {
        target: targetOf(row, credential, await getSettings(), await managersOf([row]), await adminIds()),
        proxies: openProxies(sealer, row),
        login: await open(row, credential),
      };
    },
    async targets(ids) {
      const settings = await getSettings();
      const rows = await hostRows(ids);
      const credentials = await credentialsOf(rows);
      const managers = await managersOf(rows);
      const admins = await adminIds();
      const targets: WatchTarget[] = [];
      for (const row of rows) {
        targets.push(targetOf(row, credentials.get(row.credential_id ?? -1) ?? null, settings, managers, admins));
        // Every target is a hash: whoever else is served has a turn between.
        if (targets.length % targetsAtOnce === 0) await setImmediate();
      }
      return targets;
    },
    async target(hostId) {
      const row = await hostRow(hostId);
      if (row === null) return null;
      return targetOf(row, await credentialOf(row), await getSettings(), await managersOf([row]), await adminIds());
    },
    async login(hostId) {
      const row = await hostRow(hostId);
      return row === null ? null : open(row, await credentialOf(row));
    },
    async proxies(hostId) {
      const row = await hostRow(hostId);
      return row === null ? [] : openProxies(sealer, row);
    },
    async loggedIn(hostId) {
      const row = onLogin && (await hostRow(hostId));
      if (!row) return;
      const credential = await credentialOf(row);
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

/** Names what a host logs in with, as it is stored. */
function secretsOf(row: Host, credential: Credential | null): readonly unknown[] {
  return [row, credential].map((one) => [
    one?.auth_type,
    one?.password_sealed,
    one?.key_sealed,
    one?.key_password_sealed,
    one?.certificate,
    one?.agent_key,
  ]);
}

function toTarget(
  row: Host,
  credential: Credential | null,
  settings: GlobalSettings,
  managers: Managers,
  admins: ReadonlySet<string>,
): Omit<WatchTarget, 'loginKey' | 'login'> {
  const unreadable = whyUnreadable(row);
  const config = storedObject(row.stats_config) ?? {};
  // Where the way or the settings are not known, nothing is sent anywhere: it is not connected to, and not pinged.
  const off = unreadable === null ? {} : { statusCheckEnabled: false };
  const policy = policyOf({ ...config, ...off }, settings);
  const extra = storedObject(row.extra) ?? {};
  const username = row.username || credential?.username || '';
  const secrets = secretsOf(row, credential);
  const jumpHosts = jumpHostsOf(row.user_id, extra, managers);
  const proxies = storedProxies(extra) ?? [];
  // Whose choice it is where the connection goes: both must be admins, as long as they are some.
  const isTrusted = admins.has(row.user_id) && (row.placed_by === null || admins.has(row.placed_by));
  const deniedNetworks = isTrusted ? everywhere : settings.deniedNetworks;
  const way = [jumpHosts, proxies, proxies.length > 0 ? [row.socks_password_sealed, row.proxy_logins] : null];
  // Whether it is sampled with nobody watching changes nothing of its connection.
  const watched = { ...policy, collectAlways: undefined };
  const parts = [unreadable, row.connection_type, row.ip, row.port, username, secrets, watched, way, deniedNetworks];
  return {
    id: row.id,
    ownerId: row.user_id,
    name: row.name,
    connection: row.connection_type === 'local' ? 'local' : 'ssh',
    address: row.ip,
    port: row.port,
    username,
    interactive: row.interactive as InteractiveLogin,
    unsupported: unreadable ?? whyUnsupported(row),
    jumpHosts,
    proxies,
    deniedNetworks,
    policy,
    way: hashOf(way),
    revision: hashOf(parts),
  };
}

/** Why nobody can know from what is stored how a host is reached and watched; null: it can be read. */
function whyUnreadable(row: Host): string | null {
  const extra = storedObject(row.extra);
  const isPlace = row.ip !== '' && Number.isInteger(row.port) && row.port > 0 && row.port < 65_536;
  const isReadable = isPlace && extra !== null && storedObject(row.stats_config) !== null;
  if (isReadable && storedProxies(extra) !== null) return null;
  return 'The record of this host cannot be read: edit and save it, or remove it';
}

function hashOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

function whyUnsupported(row: Host): string | null {
  if (row.connection_type !== 'ssh' && row.connection_type !== 'local')
    return `Sonde does not monitor connections of type ${row.connection_type}: set connectionType to ssh`;
  return null;
}
