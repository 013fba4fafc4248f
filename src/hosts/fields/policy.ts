import { badRequest } from '../../lib/errors.ts';
import type { MountSettings, Policy } from '../../model/host.ts';
import { type HostKeyPolicy, hostKeyPolicies } from '../../model/host-key.ts';
import type { GlobalSettings } from '../../model/settings.ts';

/** A host's own settings as clients send them. Intervals in seconds; unknown fields are kept. */
export type StatsConfig = Readonly<Record<string, unknown>>;

const flags = [
  'statusCheckEnabled',
  'useGlobalStatusInterval',
  'metricsEnabled',
  'useGlobalMetricsInterval',
  'disableTcpPing',
  'collectAlways',
  'sudo',
  'legacyAlgorithms',
] as const;
const maxMounts = 200;

/** Reads a statsConfig (an object or its JSON text). Throws 400 naming the field. */
export function readStatsConfig(value: unknown): StatsConfig {
  if (value === undefined || value === null || value === '') return {};
  const config = typeof value === 'string' ? parse(value) : value;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw badRequest('statsConfig must be an object or its JSON text');
  }
  const fields = config as Record<string, unknown>;
  for (const name of flags) {
    const flag = fields[name];
    if (flag !== undefined && flag !== null && typeof flag !== 'boolean')
      throw badRequest(`statsConfig.${name} must be true or false`);
  }
  for (const name of ['statusCheckInterval', 'metricsInterval']) {
    if (fields[name] !== undefined && fields[name] !== null) requireInterval(`statsConfig.${name}`, fields[name]);
  }
  if (mounts(fields.excludedMounts).some((mount) => typeof mount !== 'string')) {
    throw badRequest('statsConfig.excludedMounts must be a list of paths');
  }
  if (!mounts(fields.monitoredMounts).every(isLabelled)) {
    throw badRequest('statsConfig.monitoredMounts must be a list of {path, label}');
  }
  return fields;
}

/** Throws 400 unless the value is an interval of seconds, 10 to 3600. */
export function requireInterval(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 10 || value > 3600) {
    throw badRequest(`${name} must be a whole number from 10 to 3600`);
  }
  return value;
}

/** What applies to a host: its own settings over the global ones. */
export function policyOf(config: StatsConfig, settings: GlobalSettings): Policy {
  const own = (flag: string, interval: string, global: number): number =>
    config[flag] === false && typeof config[interval] === 'number' ? (config[interval] as number) : global;
  return {
    statusCheckEnabled: config.statusCheckEnabled !== false,
    statusIntervalSeconds: own('useGlobalStatusInterval', 'statusCheckInterval', settings.statusCheckInterval),
    metricsEnabled: config.metricsEnabled !== false,
    metricsIntervalSeconds: own('useGlobalMetricsInterval', 'metricsInterval', settings.metricsInterval),
    tcpPingEnabled: config.disableTcpPing !== true,
    collectAlways: typeof config.collectAlways === 'boolean' ? config.collectAlways : settings.collectAlways,
    sudo: config.sudo === true,
    legacyAlgorithms: config.legacyAlgorithms === true,
    ...mountSettingsOf(config),
  };
}

/** What becomes of a host's key that nobody knows: what its record says, else what holds for all. */
export function hostKeyPolicyOf(extra: Readonly<Record<string, unknown>>, settings: GlobalSettings): HostKeyPolicy {
  return isHostKeyPolicy(extra.hostKeyPolicy) ? extra.hostKeyPolicy : settings.hostKeyPolicy;
}

/** Throws 400 unless the value is a policy for unknown host keys. */
export function requireHostKeyPolicy(value: unknown): HostKeyPolicy {
  if (!isHostKeyPolicy(value)) throw badRequest(`hostKeyPolicy must be one of ${hostKeyPolicies.join(', ')}`);
  return value;
}

function isHostKeyPolicy(value: unknown): value is HostKeyPolicy {
  return hostKeyPolicies.some((policy) => policy === value);
}

export function mountSettingsOf(config: StatsConfig): MountSettings {
  return {
    excludedMounts: mounts(config.excludedMounts) as readonly string[],
    monitoredMounts: mounts(config.monitoredMounts) as MountSettings['monitoredMounts'],
  };
}

function isLabelled(mount: unknown): boolean {
  const { path, label } = (mount ?? {}) as Record<string, unknown>;
  return typeof path === 'string' && (label === undefined || label === null || typeof label === 'string');
}

function mounts(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maxMounts)
    throw badRequest(`Lists of mounts have at most ${maxMounts} entries`);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('statsConfig is not valid JSON');
  }
}
