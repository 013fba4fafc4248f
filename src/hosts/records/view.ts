import type { HostRow, Stored } from '../../db/schema.ts';
import type { Level } from '../access/access.ts';
import { shownChain } from '../fields/proxies.ts';
import { certificateView } from '../logins/certificate-view.ts';

/** A host as clients see it: Termix's fields, never a secret. */
export type HostView = Readonly<Record<string, unknown>> & { readonly id: number };

/** What a client may send of a host again to keep it as it is. */
export function fieldsOf(row: Stored<HostRow>): Record<string, unknown> {
  return {
    ...(JSON.parse(row.extra) as Record<string, unknown>),
    name: row.name,
    ip: row.ip,
    port: row.port,
    username: row.username,
    authType: row.auth_type,
    connectionType: row.connection_type,
    credentialId: row.credential_id,
    agentKey: row.agent_key,
    statsConfig: JSON.parse(row.stats_config),
  };
}

/** A host as its users see it. */
export function viewOf(row: Stored<HostRow>, level: Level): HostView {
  return {
    ...fieldsOf(row),
    ...shownChain(JSON.parse(row.extra) as Record<string, unknown>, row.proxy_logins),
    id: row.id,
    userId: row.user_id,
    level,
    hasPassword: row.password_sealed !== null,
    hasKey: row.key_sealed !== null,
    hasKeyPassword: row.key_password_sealed !== null,
    certificate: row.certificate,
    certificateInfo: certificateView(row.certificate),
    hasSocks5Password: row.socks_password_sealed !== null,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
