import { badRequest } from '../../lib/errors.ts';
import { maxDependsOn } from '../../model/host.ts';
import { readStatsConfig, requireInterval } from '../fields/policy.ts';
import type { BodyOf } from './bodies.ts';

/** What can be done to many hosts at once. */
export const bulkActions = [
  'tags',
  'folder',
  'interval',
  'credential',
  'sudo',
  'depends-on',
  'connect',
  'accept-keys',
  'remove',
] as const;
export type BulkAction = (typeof bulkActions)[number];

/** Those that change the record of a host. */
type ChangingAction = Exclude<BulkAction, 'connect' | 'accept-keys' | 'remove'>;

/** How many hosts per request; clients with more send several requests, and see their progress. */
export const maxHosts = 100;
/** A connection may take half a minute, and a request should not take many. */
export const maxConnected = 16;
const maxTags = 50;

/** One action on many hosts, checked. */
export type Bulk = { readonly ids: readonly number[] } & (
  | { readonly action: ChangingAction; readonly change: BodyOf }
  | { readonly action: 'connect' | 'remove' }
  /** The fingerprints that a person checked, by host. */
  | { readonly action: 'accept-keys'; readonly fingerprints: ReadonlyMap<number, string> }
);

type Sent = Readonly<Record<string, unknown>>;

/** Reads the body; throws 400 with one sentence. Errors about a host's own record are reported per host. */
export function readBulk(body: Sent): Bulk {
  const action = bulkActions.find((one) => one === body.action);
  if (action === undefined) throw badRequest(`action must be one of ${bulkActions.join(', ')}`);
  const ids = readIds(body.hostIds, action === 'connect' ? maxConnected : maxHosts);
  switch (action) {
    case 'connect':
    case 'remove':
      return { ids, action };
    case 'accept-keys':
      return { ids, action, fingerprints: readFingerprints(body.fingerprints) };
    default:
      return { ids, action, change: changes[action](body) };
  }
}

/** How each action changes a host's record. */
const changes: Readonly<Record<ChangingAction, (sent: Sent) => BodyOf>> = {
  tags: (sent) => {
    const [added, removed] = [readTags(sent, 'addTags'), readTags(sent, 'removeTags')];
    if (added.length + removed.length === 0) throw badRequest('addTags or removeTags must name a tag');
    return ({ tags }) => {
      const kept = (Array.isArray(tags) ? (tags as readonly unknown[]) : []).filter(
        (tag) => !removed.some((one) => one === tag),
      );
      return { tags: [...new Set([...kept, ...added])] };
    };
  },
  folder: ({ folder }) => {
    if (typeof folder !== 'string' || folder.length > 200) throw badRequest('folder must be a text');
    return () => ({ folder: folder.trim() });
  },
  interval: ({ metricsInterval }) => {
    if (metricsInterval === null) return config({ useGlobalMetricsInterval: true });
    const seconds = requireInterval('metricsInterval', metricsInterval);
    return config({ metricsInterval: seconds, useGlobalMetricsInterval: false });
  },
  credential: ({ credentialId }) => {
    if (typeof credentialId !== 'number' || !Number.isSafeInteger(credentialId) || credentialId < 1)
      throw badRequest('credentialId must be the id of a credential');
    return () => ({ authType: 'credential', credentialId });
  },
  sudo: ({ sudo }) => {
    if (typeof sudo !== 'boolean') throw badRequest('sudo must be true or false');
    return config({ sudo });
  },
  'depends-on': ({ dependsOn }) => {
    if (!Array.isArray(dependsOn) || dependsOn.length > maxDependsOn || !dependsOn.every(isId))
      throw badRequest(`dependsOn must be a list of at most ${maxDependsOn} host ids`);
    return () => ({ dependsOn });
  },
};

/** Some fields of statsConfig; the others stay as they are. */
function config(part: Sent): BodyOf {
  return ({ statsConfig }) => ({ statsConfig: { ...readStatsConfig(statsConfig), ...part } });
}

function readIds(value: unknown, most: number): readonly number[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= most;
  if (!isList || !value.every(isId)) throw badRequest(`hostIds must be a list of 1 to ${most} host ids`);
  return [...new Set(value)];
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function readTags(sent: Sent, name: 'addTags' | 'removeTags'): readonly string[] {
  const value = sent[name] ?? [];
  const isTag = (tag: unknown): tag is string => typeof tag === 'string' && tag.trim() !== '' && tag.length <= 200;
  if (!Array.isArray(value) || value.length > maxTags || !value.every(isTag))
    throw badRequest(`${name} must be a list of at most ${maxTags} tags`);
  return value.map((tag) => tag.trim());
}

function readFingerprints(value: unknown): ReadonlyMap<number, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0 || entries.length > maxHosts || !entries.every(([, one]) => typeof one === 'string'))
    throw badRequest('fingerprints must give the fingerprint that you checked for each host id');
  return new Map(entries.map(([id, fingerprint]) => [Number(id), fingerprint as string]));
}
