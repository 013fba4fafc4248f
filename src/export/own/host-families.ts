import type { factsOf } from '../../collectors/index.ts';
import type { ExportedHost } from '../../model/export/host.ts';
import type { Family, Labels } from '../../model/export/series.ts';
import type { CostTotals } from '../../model/footprint.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** What is known of a host without asking it. */
export type KnownHost = {
  readonly host: ExportedHost;
  /** The labels that all its series have. */
  readonly labels: Labels;
  readonly snapshot: Snapshot | undefined;
  readonly facts: ReturnType<typeof factsOf>;
  readonly cost: CostTotals | null;
  /** How many series of a family exports leave out, because the host has too many. */
  readonly cut: ReadonlyMap<string, number>;
  readonly isConnected: boolean;
  /** How long it took to accept a connection, and to answer a request for a sample; seconds. Null: not known. */
  readonly latencySeconds: number | null;
  readonly sampleSeconds: number | null;
};

type Value = number | null | readonly { readonly labels: Labels; readonly value: number }[];
type HostFamily = { readonly family: Family; readonly read: (known: KnownHost) => Value };

const longestLabel = 256;

/** The values of a family for one host; empty if it has none. Those without labels of their own share the host's. */
export function seriesOf(
  { read }: HostFamily,
  known: KnownHost,
): readonly { readonly labels: Labels; readonly value: number }[] {
  const found = read(known);
  if (found === null) return [];
  if (typeof found === 'number') return [{ labels: known.labels, value: found }];
  return found.map(({ labels, value }) => ({ labels: { ...known.labels, ...labels }, value }));
}

function of(name: string, type: Family['type'], help: string, read: HostFamily['read']): HostFamily {
  return { family: { name: `sonde_host_${name}`, type, help }, read };
}

const cost = (name: string, help: string, read: (totals: CostTotals) => number | null): HostFamily =>
  of(name, 'counter', `${help}, since Sonde started`, ({ cost: totals }) => totals && read(totals));

/** What Sonde tells about a host: none of this is asked of the host for it. Sorted by name. */
export const hostFamilies: readonly HostFamily[] = [
  of(
    'clock_offset_seconds',
    'gauge',
    "How far the host's clock is ahead of Sonde's",
    ({ facts }) => facts.system?.clockOffsetSeconds ?? null,
  ),
  of('connected', 'gauge', 'Whether Sonde holds a connection to the host', ({ isConnected }) => Number(isConnected)),
  cost('cpu_seconds_total', 'CPU time that monitoring used on the host', ({ hostCpuSeconds }) => hostCpuSeconds),
  of('failure', 'gauge', 'Always 1: where and why reading the host fails now; absent while it works', failureOf),
  of('info', 'gauge', 'Always 1: what the host is', infoOf),
  of('last_sample_timestamp_seconds', 'gauge', 'When the host was last read', ({ snapshot }) =>
    secondsOf(snapshot?.sampledAt ?? null),
  ),
  of(
    'latency_seconds',
    'gauge',
    'How long the host took to accept the connection of the last status check; absent while a connection is held',
    ({ latencySeconds }) => latencySeconds,
  ),
  of('listening_ports', 'gauge', 'Ports that programs on the host listen on', ({ facts: { ports } }) =>
    ports ? ports.ports.length + (ports.leftOut?.ports ?? 0) : null,
  ),
  cost(
    'log_lines_total',
    "Lines that monitoring added to the host's log of logins, estimated",
    ({ logLines }) => logLines,
  ),
  cost('logins_total', 'Logins that the host accepted', ({ logins }) => logins),
  cost('received_bytes_total', 'Bytes that Sonde received from the host', ({ receivedBytes }) => receivedBytes),
  cost(
    'refused_logins_total',
    'Passwords, keys and answers that the host refused',
    ({ refusedLogins }) => refusedLogins,
  ),
  of(
    'sample_duration_seconds',
    'gauge',
    'How long the host took to answer the last request for a sample',
    ({ sampleSeconds }) => sampleSeconds,
  ),
  cost('samples_total', 'Samples that were taken of the host', ({ samples }) => samples),
  of('section_error', 'gauge', 'Always 1: a section that could not be read, or only in part', sectionErrorsOf),
  cost('sent_bytes_total', 'Bytes that Sonde sent to the host', ({ sentBytes }) => sentBytes),
  of(
    'series_dropped',
    'gauge',
    'Series of a family that exports leave out, because the host has too many',
    ({ cut: left }) => [...left].map(([family, value]) => ({ labels: { family }, value })),
  ),
  of('up', 'gauge', 'Whether the host is online; absent until Sonde knows', ({ snapshot }) => upOf(snapshot)),
];

/** 1: online, 0: offline, null: not known. */
export function upOf(snapshot: Snapshot | undefined): 0 | 1 | null {
  if (!snapshot?.status) return null;
  return snapshot.status.status === 'online' ? 1 : 0;
}

function failureOf({ snapshot }: KnownHost): Value {
  const failure = snapshot?.failure ?? snapshot?.status?.failure ?? null;
  return failure && [{ labels: { reason: failure.reason, stage: failure.stage }, value: 1 }];
}

function infoOf({ host, facts: { system } }: KnownHost): Value {
  const labels = {
    address: host.address,
    architecture: system?.architecture,
    id: String(host.id),
    kernel: system?.kernel,
    name: host.name,
    os: system?.os,
    owner: host.owner,
    tags: host.tags.length === 0 ? '' : `,${host.tags.join(',')},`,
    virtualisation: system?.virtualisation,
  };
  const told = Object.entries(labels).flatMap(([name, value]) => (value ? [[name, cut(value)] as const] : []));
  return [{ labels: Object.fromEntries(told), value: 1 }];
}

function sectionErrorsOf({ snapshot }: KnownHost): Value {
  return Object.entries(snapshot?.sections ?? {}).flatMap(([section, found]) =>
    found?.error ? [{ labels: { reason: found.error.reason, section }, value: 1 }] : [],
  );
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}

/** At most 256 bytes, without half a character at the end. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= longestLabel) return text;
  return Buffer.from(text).subarray(0, longestLabel).toString('utf8').replace(/�+$/, '');
}
