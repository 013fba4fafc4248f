import { badRequest } from '../../lib/errors.ts';
import { requirePlainData } from '../../lib/plain-data.ts';
import { type HostKeyPolicy, hostKeyPolicies } from '../../model/connection/host-key.ts';
import type { MountSettings, Policy } from '../../model/host.ts';
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
/** Of its JSON, and of a path or label in it. */
const maxLength = 65_536;
const maxTextLength = 4_096;

/** Reads a statsConfig (an object or its JSON text). Throws 400 naming the field. */
export function readStatsConfig(value: unknown): StatsConfig {
  if (value === undefined || value === null || value === '') return {};
  const config = typeof value === 'string' ? parse(value) : value;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw badRequest('statsConfig must be an object or its JSON text');
  }
  requirePlainData(config, 'statsConfig');
  if (JSON.stringify(config).length > maxLength)
    throw badRequest(`statsConfig can have at most ${maxLength} characters`);
  const fields = config as Record<string, unknown>;
  for (const name of flags) {
    const flag = fields[name];
    if (flag !== undefined && flag !== null && typeof flag !== 'boolean')
      throw badRequest(`statsConfig.${name} must be true or false`);
  }
  for (const name of ['statusCheckInterval', 'metricsInterval']) {
    if (fields[name] !== undefined && fields[name] !== null) requireInterval(`statsConfig.${name}`, fields[name]);
  }
  if (!mounts(fields.excludedMounts).every(isShort)) {
    throw badRequest('statsConfig.excludedMounts must be a list of paths');
  }
  if (!mounts(fields.monitoredMounts).every(isLabelled)) {
    throw badRequest('statsConfig.monitoredMounts must be a list of {path, label}');
  }
  return fields;
}

/** Throws 400 unless the value is an interval of seconds, 10 to 3600. */
export function requireInterval(name: string, value: unknown): number {
  if (!isInterval(value)) throw badRequest(`${name} must be a whole number from 10 to 3600`);
  return value;
}

function isInterval(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 10 && value <= 3600;
}

/** The settings that apply to a host: its own over the global ones. Never throws: what cannot be read is skipped. */
export function policyOf(config: StatsConfig, settings: GlobalSettings): Policy {
  const own = (flag: string, interval: string, global: number): number => {
    const value = config[interval];
    return config[flag] === false && isInterval(value) ? value : global;
  };
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

/**
 * What to do with a host's unknown key: what its record says, otherwise the global setting. A record that cannot be
 * read (null) is never trusted.
 */
export function hostKeyPolicyOf(
  extra: Readonly<Record<string, unknown>> | null,
  settings: GlobalSettings,
): HostKeyPolicy {
  if (extra === null) return 'known-only';
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

/** The mount settings in a saved statsConfig. Never throws: entries that cannot be read are left out. */
export function mountSettingsOf({ excludedMounts, monitoredMounts }: StatsConfig): MountSettings {
  const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, maxMounts) : []);
  return {
    excludedMounts: listed(excludedMounts).filter((mount) => typeof mount === 'string'),
    monitoredMounts: listed(monitoredMounts).filter(isLabelled) as MountSettings['monitoredMounts'],
  };
}

function isLabelled(mount: unknown): boolean {
  const { path, label } = (mount ?? {}) as Record<string, unknown>;
  return isShort(path) && (label === undefined || label === null || isShort(label));
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxTextLength;
}

function mounts(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maxMounts)
    throw badRequest(`A list of mounts can have at most ${maxMounts} entries`);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('statsConfig is not valid JSON');
  }
}
