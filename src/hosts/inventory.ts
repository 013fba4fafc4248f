import { createHash } from 'node:crypto';
import type { CredentialRow, HostRow, Stored } from '../db/schema.ts';
import type { InteractiveLogin, Login, WatchTarget } from '../model/host.ts';
import type { GlobalSettings } from '../model/settings.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { HostsContext } from './hosts.ts';
import { createKeyStore } from './key-store.ts';
import { createLoginKeys } from './login-key.ts';
import { policyOf, type StatsConfig } from './policy.ts';
import { openLogin } from './sealed.ts';

type Host = Stored<HostRow>;
type Credential = Stored<CredentialRow>;

/** A host's record that need not be saved, as the scheduler would see it. */
export type Drafting = Pick<ReturnType<typeof createKeyStore>, 'knownKeysOf'> & {
  readonly draftOf: (row: Host) => Promise<{ readonly target: WatchTarget; readonly login: Login | null }>;
};

/** The scheduler's view of all hosts, whoever owns them. */
export function createInventory(
  { db, sealer, clock, onLogin, agentSocket }: HostsContext,
  getSettings: () => Promise<GlobalSettings>,
): Inventory & Drafting {
  async function credentialOf(row: Host): Promise<Credential | null> {
    if (row.auth_type !== 'credential' || row.credential_id === null) return null;
    const found = await db.selectFrom('credentials').selectAll().where('id', '=', row.credential_id).executeTakeFirst();
    return (found as Credential | undefined) ?? null;
  }

  const loginKeys = createLoginKeys();

  /** The login of a host, its own or that of its credential, as it is stored. */
  function openStored(row: Host, credential: Credential | null): Login | null {
    if (row.auth_type !== 'credential') return openLogin(sealer, 'host', row.id, row);
    return credential && openLogin(sealer, 'credential', credential.id, credential);
  }

  /** The same, with the machine's SSH agent where it is lent: to records of admins, as long as they are some. */
  async function open(row: Host, credential: Credential | null): Promise<Login | null> {
    const login = openStored(row, credential);
    if (login?.type !== 'agent') return login;
    const owner = (row.auth_type === 'credential' ? credential?.user_id : undefined) ?? row.user_id;
    const user = await db.selectFrom('users').select('is_admin').where('id', '=', owner).executeTakeFirst();
    if (user?.is_admin !== 1) return { ...login, agent: { refused: 'only the logins of admins may use it' } };
    const noSocket = { refused: 'neither SONDE_SSH_AGENT nor SSH_AUTH_SOCK says where it is' };
    return { ...login, agent: agentSocket === null ? noSocket : { socket: agentSocket } };
  }

  function targetOf(row: Host, credential: Credential | null, settings: GlobalSettings): WatchTarget {
    const target = toTarget(row, credential, settings);
    const loginKey = loginKeys.keyOf(target.username, secretsOf(row, credential), () => {
      return openStored(row, credential) ?? { type: 'none' };
    });
    return { ...target, loginKey };
  }

  async function hostRow(id: number): Promise<Host | null> {
    return (
      ((await db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst()) as Host | undefined) ?? null
    );
  }

  return {
    ...createKeyStore({ db, clock }, getSettings),
    async draftOf(row) {
      const credential = await credentialOf(row);
      return {
        target: targetOf(row, credential, await getSettings()),
        login: await open(row, credential),
      };
    },
    async targets() {
      const settings = await getSettings();
      const rows = (await db.selectFrom('hosts').selectAll().execute()) as Host[];
      const credentials = new Map(
        ((await db.selectFrom('credentials').selectAll().execute()) as Credential[]).map((row) => [row.id, row]),
      );
      return rows.map((row) => targetOf(row, credentials.get(row.credential_id ?? -1) ?? null, settings));
    },
    async target(hostId) {
      const row = await hostRow(hostId);
      return row === null ? null : targetOf(row, await credentialOf(row), await getSettings());
    },
    async login(hostId) {
      const row = await hostRow(hostId);
      return row === null ? null : open(row, await credentialOf(row));
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

function toTarget(row: Host, credential: Credential | null, settings: GlobalSettings): Omit<WatchTarget, 'loginKey'> {
  const policy = policyOf(JSON.parse(row.stats_config) as StatsConfig, settings);
  const extra = JSON.parse(row.extra) as Record<string, unknown>;
  const username = row.username || credential?.username || '';
  const secrets = secretsOf(row, credential);
  const parts = [row.connection_type, row.ip, row.port, username, secrets, policy, extra.jumpHosts, extra.useSocks5];
  return {
    id: row.id,
    ownerId: row.user_id,
    name: row.name,
    connection: row.connection_type === 'local' ? 'local' : 'ssh',
    address: row.ip,
    port: row.port,
    username,
    interactive: row.interactive as InteractiveLogin,
    unsupported: whyUnsupported(row, extra),
    policy,
    revision: createHash('sha256').update(JSON.stringify(parts)).digest('base64'),
  };
}

function whyUnsupported(row: Host, extra: Readonly<Record<string, unknown>>): string | null {
  if (Array.isArray(extra.jumpHosts) && extra.jumpHosts.length > 0)
    return 'Jump hosts are not supported yet: give Sonde an address that it can reach directly, and remove jumpHosts';
  if (extra.useSocks5 === true)
    return 'SOCKS5 proxies are not supported yet: give Sonde an address that it can reach directly, and turn useSocks5 off';
  if (row.connection_type !== 'ssh' && row.connection_type !== 'local')
    return `Connections of type ${row.connection_type} are not watched: set connectionType to ssh`;
  return null;
}
