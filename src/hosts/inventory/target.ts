import { createHash } from 'node:crypto';
import type { CredentialRow, HostRow, Stored } from '../../db/schema.ts';
import { storedObject } from '../../lib/stored.ts';
import type { InteractiveLogin, WatchTarget } from '../../model/host.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import { jumpHostsOf, type Managers } from '../access/jump-hosts.ts';
import { policyOf } from '../fields/policy.ts';
import { storedProxies } from '../fields/proxies.ts';

type Host = Stored<HostRow>;
type Credential = Stored<CredentialRow>;

const everywhere: readonly string[] = [];

/** What targets depend on besides their own records. */
export type Surroundings = {
  readonly settings: GlobalSettings;
  /** The users who manage the jump hosts of the records. */
  readonly managers: Managers;
  readonly admins: ReadonlySet<string>;
};

/**
 * A host's record as the scheduler sees it. `loginKey` identifies its login (logins/login-key.ts); null: it has none to
 * identify.
 */
export function targetOf(
  row: Host,
  credential: Credential | null,
  loginKey: string | null,
  { settings, managers, admins }: Surroundings,
): WatchTarget {
  const unreadable = whyUnreadable(row);
  const config = storedObject(row.stats_config) ?? {};
  // If the route or the settings are unknown, nothing is sent anywhere: no connection and no ping.
  const off = unreadable === null ? {} : { statusCheckEnabled: false };
  const policy = policyOf({ ...config, ...off }, settings);
  const extra = storedObject(row.extra) ?? {};
  const connection = row.connection_type === 'local' ? 'local' : 'ssh';
  const username = row.username || credential?.username || '';
  const secrets = secretsOf(row, credential);
  const jumpHosts = jumpHostsOf(row.user_id, extra, managers);
  const proxies = storedProxies(extra) ?? [];
  // Both users who decide where the connection goes must still be admins.
  const isTrusted = admins.has(row.user_id) && (row.placed_by === null || admins.has(row.placed_by));
  const deniedNetworks = isTrusted ? everywhere : settings.deniedNetworks;
  const way = [jumpHosts, proxies, proxies.length > 0 ? [row.socks_password_sealed, row.proxy_logins] : null];
  const login = hashOf([connection, row.ip, row.port, loginKey ?? [username, secrets]]);
  // Whether it is sampled while nobody is looking does not affect its connection.
  const watched = { ...policy, collectAlways: undefined };
  const parts = [unreadable, row.connection_type, row.ip, row.port, username, secrets, watched, way, deniedNetworks];
  return {
    id: row.id,
    ownerId: row.user_id,
    name: row.name,
    connection,
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
    loginKey,
    login,
    revision: hashOf(parts),
  };
}

/** An identifier of what a host logs in with, as it is stored. */
export function secretsOf(row: Host, credential: Credential | null): readonly unknown[] {
  return [row, credential].map((one) => [
    one?.auth_type,
    one?.password_sealed,
    one?.key_sealed,
    one?.key_password_sealed,
    one?.certificate,
    one?.agent_key,
  ]);
}

/** Why the stored record does not say how to reach and monitor the host; null: it does. */
function whyUnreadable(row: Host): string | null {
  const extra = storedObject(row.extra);
  const isPlace = row.ip !== '' && Number.isInteger(row.port) && row.port > 0 && row.port < 65_536;
  const isReadable = isPlace && extra !== null && storedObject(row.stats_config) !== null;
  if (isReadable && storedProxies(extra) !== null) return null;
  return 'The record of this host cannot be read. Edit and save it, or remove it';
}

function hashOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

function whyUnsupported(row: Host): string | null {
  if (row.connection_type !== 'ssh' && row.connection_type !== 'local')
    return `Sonde does not monitor connections of type ${row.connection_type}. Set connectionType to ssh`;
  return null;
}
