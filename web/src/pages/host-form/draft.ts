import type { Host, HostKeyPolicy, StatsConfig } from '../../api/types.ts';

/** A host as its form holds it: text as it is typed. */
export type Draft = {
  readonly name: string;
  readonly ip: string;
  readonly port: string;
  readonly username: string;
  readonly authType: 'password' | 'key' | 'credential' | 'agent';
  readonly password: string;
  readonly key: string;
  readonly keyPassword: string;
  readonly certificate: string;
  readonly agentKey: string;
  readonly credentialId: string;
  readonly folder: string;
  readonly tags: string;
  readonly jumpHosts: readonly { readonly hostId: number }[];
  readonly statsConfig: StatsConfig;
  readonly hostKeyPolicy: HostKeyPolicy | null;
  readonly statusInterval: string;
  readonly metricsInterval: string;
};

/** What may become of a host key that nobody knows. */
export const hostKeyPolicies: readonly HostKeyPolicy[] = ['first-sight', 'known-only'];

export const emptyDraft: Draft = {
  name: '',
  ip: '',
  port: '22',
  username: '',
  authType: 'password',
  password: '',
  key: '',
  keyPassword: '',
  certificate: '',
  agentKey: '',
  credentialId: '',
  folder: '',
  tags: '',
  jumpHosts: [],
  statsConfig: {},
  hostKeyPolicy: null,
  statusInterval: '',
  metricsInterval: '',
};

/** A saved host to be changed; its secrets stay where they are. */
export function draftOf(host: Host): Draft {
  const { statsConfig } = host;
  return {
    ...emptyDraft,
    name: host.name,
    ip: host.ip,
    port: String(host.port),
    username: host.username,
    authType: host.authType === 'none' ? 'password' : host.authType,
    certificate: host.certificate ?? '',
    agentKey: host.agentKey,
    credentialId: host.credentialId === null ? '' : String(host.credentialId),
    folder: host.folder,
    tags: host.tags.join(', '),
    jumpHosts: host.jumpHosts,
    statsConfig,
    hostKeyPolicy: host.hostKeyPolicy ?? null,
    statusInterval: statsConfig.useGlobalStatusInterval === false ? String(statsConfig.statusCheckInterval ?? '') : '',
    metricsInterval: statsConfig.useGlobalMetricsInterval === false ? String(statsConfig.metricsInterval ?? '') : '',
  };
}

/** What is sent: secrets only where they were typed, intervals only where they differ from the global ones. */
export function bodyOf(draft: Draft, connectionType: string): Record<string, unknown> {
  const { statusInterval, metricsInterval } = draft;
  const statsConfig = {
    ...draft.statsConfig,
    useGlobalStatusInterval: statusInterval === '',
    useGlobalMetricsInterval: metricsInterval === '',
    ...(statusInterval === '' ? {} : { statusCheckInterval: Number(statusInterval) }),
    ...(metricsInterval === '' ? {} : { metricsInterval: Number(metricsInterval) }),
  };
  const common = {
    name: draft.name,
    folder: draft.folder,
    tags: draft.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    statsConfig,
    connectionType,
  };
  if (connectionType === 'local') return common;
  const typed = (name: 'password' | 'key' | 'keyPassword') => (draft[name] === '' ? {} : { [name]: draft[name] });
  return {
    ...common,
    ip: draft.ip.trim(),
    port: Number(draft.port),
    username: draft.username.trim(),
    authType: draft.authType,
    jumpHosts: draft.jumpHosts,
    hostKeyPolicy: draft.hostKeyPolicy,
    credentialId: draft.authType === 'credential' ? Number(draft.credentialId) : null,
    ...(draft.authType === 'password' ? typed('password') : {}),
    ...(draft.authType === 'key'
      ? { ...typed('key'), ...typed('keyPassword'), certificate: draft.certificate.trim() || null }
      : {}),
    ...(draft.authType === 'agent' ? { agentKey: draft.agentKey } : {}),
  };
}
