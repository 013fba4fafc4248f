import type { HostRow, Stored } from '../../db/schema.ts';
import { storedList, storedObject } from '../../lib/stored.ts';
import type { Level } from '../access/access.ts';
import { shownChain, storedProxies } from '../fields/proxies.ts';
import { shownLogin } from '../logins/certificate-view.ts';
import { isOfWay } from './redirect.ts';

/** A host as clients see it: Termix's fields, never a secret. */
export type HostView = Readonly<Record<string, unknown>> & { readonly id: number };

/** What a client may send back to keep a host as it is; without what cannot be read. */
export function fieldsOf(row: Stored<HostRow>): Record<string, unknown> {
  return {
    ...storedObject(row.extra),
    name: row.name,
    ip: row.ip,
    port: row.port,
    username: row.username,
    authType: row.auth_type,
    connectionType: row.connection_type,
    credentialId: row.credential_id,
    agentKey: row.agent_key,
    statsConfig: storedObject(row.stats_config) ?? {},
  };
}

/**
 * A host as its users see it. Never throws, whatever the database contains: what cannot be read is left out, and
 * `unreadable` names it. If `sight` is `view`, proxies and jump hosts are left out.
 */
export function viewOf(row: Stored<HostRow>, level: Level, sight: Level = level): HostView {
  const extra = storedObject(row.extra) ?? {};
  const login = shownLogin(row);
  const isWayReadable = storedProxies({ ...extra, useSocks5: true }) !== null;
  const unreadable = [
    ...(storedObject(row.extra) === null ? ['extra'] : []),
    ...(isWayReadable ? [] : ['socks5ProxyChain']),
    ...(storedList(row.proxy_logins) === null ? ['proxyPasswords'] : []),
    ...(storedObject(row.stats_config) === null ? ['statsConfig'] : []),
    ...(row.certificate !== null && login.certificate === null ? ['certificate'] : []),
  ];
  const fields = {
    ...fieldsOf(row),
    ...(isWayReadable ? shownChain(extra, row.proxy_logins) : { socks5ProxyChain: [] }),
  };
  return {
    ...(sight === 'manage' ? fields : withoutWay(fields)),
    id: row.id,
    userId: row.user_id,
    level,
    ...login,
    hasSocks5Password: row.socks_password_sealed !== null,
    ...(unreadable.length > 0 ? { unreadable } : {}),
  };
}

/** Users who may only view a host do not see its proxies, its jump hosts, and what it depends on. */
function withoutWay(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !isOfWay(name) && name !== 'dependsOn'));
}
