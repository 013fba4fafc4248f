import type { Host, HostKeyPolicy, HostProxy, StatsConfig } from '../../api/types.ts';

/** A proxy as the form holds it; `id` tells rows apart. */
export type ProxyDraft = {
  readonly id: number;
  readonly type: HostProxy['type'];
  readonly host: string;
  readonly port: string;
  readonly username: string;
  readonly password: string;
  readonly hasPassword: boolean;
};

/** A file system that is shown first; `id` tells rows apart. */
export type MountDraft = { readonly id: number; readonly path: string; readonly label: string };

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
  readonly pin: boolean;
  readonly monitoredMounts: readonly MountDraft[];
  /** A path a line. */
  readonly excludedMounts: string;
  readonly jumpHosts: readonly { readonly hostId: number }[];
  readonly dependsOn: readonly number[];
  readonly proxies: readonly ProxyDraft[];
  /** It is saved as the one SOCKS5 proxy that other clients write; its password stays with that form. */
  readonly isSingleProxy: boolean;
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
  pin: false,
  monitoredMounts: [],
  excludedMounts: '',
  jumpHosts: [],
  dependsOn: [],
  proxies: [],
  isSingleProxy: false,
  statsConfig: {},
  hostKeyPolicy: null,
  statusInterval: '',
  metricsInterval: '',
};

/** The proxies that are in use: a chain, or the one SOCKS5 proxy that other clients write. */
function proxiesOf(host: Host): readonly ProxyDraft[] {
  if (host.useSocks5 !== true) return [];
  const { socks5ProxyChain: chain = [], socks5Host = '', socks5Port = 1080, socks5Username = '' } = host;
  const single = { type: 5 as const, host: socks5Host, port: socks5Port, username: socks5Username };
  const all = chain.length > 0 ? chain : [{ ...single, hasPassword: host.hasSocks5Password }];
  return all.map((proxy, id) => ({
    ...proxy,
    id,
    port: String(proxy.port),
    password: '',
    hasPassword: proxy.hasPassword ?? false,
  }));
}

/** Other clients may have saved what is no list. */
function mountsOf({ monitoredMounts, excludedMounts }: StatsConfig): Pick<Draft, 'monitoredMounts' | 'excludedMounts'> {
  const first = Array.isArray(monitoredMounts) ? monitoredMounts : [];
  const hidden = Array.isArray(excludedMounts) ? excludedMounts : [];
  return {
    monitoredMounts: first.map(({ path, label }, id) => ({ id, path, label: label ?? '' })),
    excludedMounts: hidden.join('\n'),
  };
}

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
    pin: Boolean(host.pin),
    ...mountsOf(statsConfig),
    jumpHosts: host.jumpHosts ?? [],
    dependsOn: host.dependsOn ?? [],
    proxies: proxiesOf(host),
    isSingleProxy: host.useSocks5 === true && (host.socks5ProxyChain ?? []).length === 0,
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
    monitoredMounts: draft.monitoredMounts
      .map(({ path, label }) => ({ path: path.trim(), label: label.trim() }))
      .filter(({ path }) => path !== ''),
    excludedMounts: lines(draft.excludedMounts),
    useGlobalStatusInterval: statusInterval === '',
    useGlobalMetricsInterval: metricsInterval === '',
    ...(statusInterval === '' ? {} : { statusCheckInterval: Number(statusInterval) }),
    ...(metricsInterval === '' ? {} : { metricsInterval: Number(metricsInterval) }),
  };
  const common = {
    name: draft.name,
    folder: draft.folder,
    pin: draft.pin,
    tags: draft.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    dependsOn: draft.dependsOn,
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
    ...proxyFields(draft),
    hostKeyPolicy: draft.hostKeyPolicy,
    credentialId: draft.authType === 'credential' ? Number(draft.credentialId) : null,
    ...(draft.authType === 'password' ? typed('password') : {}),
    ...(draft.authType === 'key'
      ? { ...typed('key'), ...typed('keyPassword'), certificate: draft.certificate.trim() || null }
      : {}),
    ...(draft.authType === 'agent' ? { agentKey: draft.agentKey } : {}),
  };
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What is not used is left as it is saved, only turned off. */
function proxyFields({ proxies, isSingleProxy }: Draft): Record<string, unknown> {
  const [first] = proxies;
  if (first === undefined) return { useSocks5: false };
  const passwordOf = ({ password }: ProxyDraft, name: string) => (password === '' ? {} : { [name]: password });
  if (isSingleProxy && proxies.length === 1 && first.type === 5) {
    const { host, port, username } = first;
    const single = { socks5Host: host.trim(), socks5Port: Number(port), socks5Username: username };
    return { useSocks5: true, socks5ProxyChain: [], ...single, ...passwordOf(first, 'socks5Password') };
  }
  const chain = proxies.map((proxy) => ({
    type: proxy.type,
    host: proxy.host.trim(),
    port: Number(proxy.port),
    username: proxy.username,
    ...passwordOf(proxy, 'password'),
  }));
  return { useSocks5: true, socks5ProxyChain: chain };
}
