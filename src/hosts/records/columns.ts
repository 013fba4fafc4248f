import type { HostRow, Stored } from '../../db/schema.ts';
import type { Sealer } from '../../lib/seal.ts';
import type { Viewer } from '../access/access.ts';
import type { HostInput } from '../fields/input.ts';
import { sealProxyLogins } from '../fields/proxies.ts';
import { type KeptHostSecrets, sealSecrets } from '../logins/sealed.ts';
import { isRedirected } from './redirect.ts';

/** The columns for what a body says about a host, without secrets. `now`: ms since the epoch. */
export function columnsOf(input: HostInput, now: number) {
  return {
    name: input.name,
    ip: input.ip,
    port: input.port,
    username: input.username,
    auth_type: input.authType,
    connection_type: input.connectionType,
    credential_id: input.credentialId,
    agent_key: input.agentKey,
    extra: JSON.stringify(input.extra),
    stats_config: JSON.stringify(input.statsConfig),
    updated_at: now,
  };
}

/** The columns of a new host besides {@link columnsOf} and its secrets. */
export function newColumns(user: Viewer, now: number) {
  return { user_id: user.id, placed_by: null, interactive: 'unknown', created_at: now };
}

/** The secret columns of a host: those in a body, sealed, and those that stay. */
export function sealedColumns(sealer: Sealer, id: number, input: HostInput, kept: KeptHostSecrets) {
  const sealed = sealSecrets(sealer, 'host', id, input.secrets, kept);
  const socks = input.secrets.socks5Password;
  const sealedSocks = typeof socks === 'string' ? sealer.seal(socks, `host:${id}:socks5Password`) : socks;
  return {
    ...sealed,
    socks_password_sealed: sealedSocks === undefined ? kept.socks_password_sealed : sealedSocks,
    proxy_logins: sealProxyLogins(sealer, id, input.proxyLogins, kept.proxy_logins),
  };
}

/** Whether a body gives a host another address; the keys of the old address do not apply to the new one. */
export function isMoved(before: Stored<HostRow>, input: HostInput): boolean {
  return input.ip !== before.ip || input.port !== before.port;
}

/** Whether a body changes what is logged in to, or with what. */
export function isOtherLogin(before: Stored<HostRow>, input: HostInput): boolean {
  return (
    isMoved(before, input) ||
    Object.keys(input.secrets).length > 0 ||
    input.username !== before.username ||
    input.authType !== before.auth_type ||
    input.credentialId !== before.credential_id
  );
}

/** Who last decided where a host is, after a change; null: its owner. */
export function placedBy(user: Viewer, before: Stored<HostRow>, input: HostInput): string | null {
  if (!isRedirected(before, input)) return before.placed_by;
  return user.id === before.user_id ? null : user.id;
}
