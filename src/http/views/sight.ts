import type { HopStatus } from '../../model/connection/hop.ts';
import type { LogEntry } from '../../model/connection/log.ts';
import type { Failure } from '../../model/failure.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/**
 * What somebody may know about the route to a host: a user who manages it, everything; one who may only view it, how
 * far the attempt got and how it ended.
 */
export type Sight = 'view' | 'manage';

const stageNames: Readonly<Record<LogEntry['stage'], string>> = {
  dns: 'Resolving the name',
  tcp: 'Connecting',
  proxy: 'Going through a proxy',
  jump: 'Going through a jump host',
  handshake: 'SSH handshake',
  hostkey: 'Checking the host key',
  auth: 'Logging in',
  totp: 'Waiting for a code',
  connected: 'Starting the sampler',
  stats_connecting: 'Opening a channel',
  stats_polling: 'Taking a sample',
};

const outcomes: Readonly<Record<LogEntry['type'], string>> = {
  info: '',
  success: ': done',
  warning: ': with a warning',
  error: ': failed',
};

/**
 * A connection log as somebody may see it. For users who may only view the host it contains just stages, times and
 * outcomes: messages and details contain addresses, accounts, keys, proxies and jump hosts, which are the owner's.
 */
export function connectionLogView(entries: readonly LogEntry[], sight: Sight): readonly LogEntry[] {
  if (sight === 'manage') return entries;
  return entries.map(({ type, stage, timestamp }) => ({
    type,
    stage,
    timestamp,
    message: `${stageNames[stage]}${outcomes[type]}`,
  }));
}

const hopNames = { proxy: 'A proxy', jump: 'A jump host' } as const;

/** A failure as somebody may see it. Users who may only view the host learn which kind of hop failed, and why. */
export function failureView(failure: Failure, sight: Sight): Failure {
  if (sight === 'manage') return failure;
  const { stage, reason, message, hint, hop } = failure;
  if (stage !== 'proxy' && stage !== 'jump')
    return { stage, reason, message: message.replace(/, as seen from .*$/s, ', as seen from the hop before it'), hint };
  const name = hopNames[stage];
  const own = { stage, reason, message: `${name} on the route to the host failed: ${reason}`, hint };
  return hop ? { ...own, hop: { index: hop.index, hostId: null, name, failure: null } } : own;
}

function hopView(hop: HopStatus): HopStatus {
  return { index: hop.index, kind: hop.kind, hostId: null, name: hopNames[hop.kind], state: hop.state, failure: null };
}

const forViewers = new WeakMap<Snapshot, Snapshot>();

/**
 * A snapshot as somebody may see it; the same object for the same snapshot, so that what is made from it can be kept.
 */
export function snapshotSeen(snapshot: Snapshot, sight: Sight): Snapshot {
  if (sight === 'manage') return snapshot;
  const known = forViewers.get(snapshot);
  if (known) return known;
  const { status, failure, hops } = snapshot;
  const seen: Snapshot = {
    ...snapshot,
    status: status && { ...status, failure: status.failure && failureView(status.failure, sight) },
    failure: failure && failureView(failure, sight),
    hops: hops.map(hopView),
  };
  forViewers.set(snapshot, seen);
  return seen;
}
