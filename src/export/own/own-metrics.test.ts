import { afterEach, expect, test } from 'vitest';
import type { ExportedHost } from '../../model/export/host.ts';
import type { CostTotals } from '../../model/footprint.ts';
import type { Observation } from '../../model/observation.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { SondeMetrics } from './own-metrics.ts';

const cost: CostTotals = {
  samples: 12,
  hostCpuSeconds: 0.25,
  receivedBytes: 4_000,
  sentBytes: 300,
  logins: 2,
  refusedLogins: 1,
  logLines: 5,
};
const cut = new Map([['node_network_mtu_bytes', 7]]);
const section = { collectedAt: 1, parts: null, source: 'x', error: null };
const nothing: Snapshot = {
  hostId: 1,
  status: null,
  state: null,
  sampledAt: null,
  bootId: null,
  failure: null,
  hops: [],
  sections: {},
};

function hostOf(id: number, more: Partial<ExportedHost> = {}): ExportedHost {
  return { id, name: `h${id}`, instance: `h${id}`, address: '192.0.2.1', folder: '', tags: [], owner: 'ann', ...more };
}

let open: SondeMetrics | null = null;
afterEach(() => open?.close());

function setUp(snapshots: readonly Snapshot[], { costs = cost as CostTotals | null, isCut = false } = {}) {
  let tell: (observation: Observation) => void = () => undefined;
  open = new SondeMetrics({
    version: '1.2.3',
    bus: {
      subscribe: (told) => {
        tell = told;
        return () => undefined;
      },
    },
    snapshots: { get: (id) => snapshots.find(({ hostId }) => hostId === id) },
    control: {
      costTotals: () => costs,
      exported: () => (isCut ? { at: 1, layout: { series: [] }, values: new Float64Array(), own: [], cut } : null),
      isConnected: (id) => id === 1,
      lateness: () => [{ quantile: 1, seconds: 0.5 }],
    },
  });
  const metrics = open;
  return {
    tell: (seen: Partial<Observation>) =>
      tell({ hostId: 1, at: 0, alive: null, probe: null, sample: null, failure: null, ...seen }),
    /** `name{label="value"} number` of every series whose name begins so. */
    lines: (hosts: readonly ExportedHost[], prefix: string) =>
      [...metrics.read(hosts)].flatMap(({ family, series }) =>
        family.name.startsWith(prefix)
          ? [...series].map(({ labels, value }) => {
              const told = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
              return `${family.name}{${told.join(',')}} ${value}`;
            })
          : [],
      ),
    names: () => [...metrics.read([])].map(({ family }) => family.name),
  };
}

test('tells what watching a host costs it, and how the host is', () => {
  const { lines, tell } = setUp([
    {
      ...nothing,
      status: { status: 'online', lastChecked: 9, since: 1, failure: null, stale: false },
      sampledAt: 5_500,
      sections: {
        system: { ...section, facts: { os: 'Debian 12', kernel: '6.1', clockOffsetSeconds: -2.5 } },
        ports: { ...section, facts: { ports: [{}, {}], leftOut: { ports: 3 } } },
        firewall: { ...section, facts: null, error: { reason: 'not-permitted', message: '', hint: '' } },
      },
    },
  ]);
  tell({ sample: { sections: [], bootId: null, readAt: 0, roundTripMs: 40 } });
  expect(lines([hostOf(1, { folder: 'prod', tags: ['a', 'b'] })], 'sonde_host_')).toEqual(
    [
      'clock_offset_seconds{} -2.5',
      'connected{} 1',
      'cpu_seconds_total{} 0.25',
      'info{address="192.0.2.1",id="1",kernel="6.1",name="h1",os="Debian 12",owner="ann",tags=",a,b,"} 1',
      'last_sample_timestamp_seconds{} 5.5',
      'listening_ports{} 5',
      'log_lines_total{} 5',
      'logins_total{} 2',
      'received_bytes_total{} 4000',
      'refused_logins_total{} 1',
      'sample_duration_seconds{} 0.04',
      'samples_total{} 12',
      'section_error{reason="not-permitted",section="firewall"} 1',
      'sent_bytes_total{} 300',
      'up{} 1',
    ].map((line) => {
      const [, name, labels, value] = /^(\w+)\{(.*)\} (.*)$/.exec(line) ?? [];
      return `sonde_host_${name}{instance="h1",sonde_folder="prod"${labels ? `,${labels}` : ''}} ${value}`;
    }),
  );
});

test('tells of a host that is down where and why it failed, and nothing that it does not know', () => {
  const failure = { stage: 'tcp', reason: 'refused', message: 'x', hint: '' } as const;
  const { lines, tell } = setUp(
    [{ ...nothing, status: { status: 'offline', lastChecked: 9, since: 1, failure, stale: false } }],
    { costs: null },
  );
  tell({ probe: { up: false, latencyMs: null, failure }, failure });
  expect(lines([hostOf(1)], 'sonde_host_').filter((line) => !line.startsWith('sonde_host_info'))).toEqual([
    'sonde_host_connected{instance="h1"} 1',
    'sonde_host_failure{instance="h1",reason="refused",stage="tcp"} 1',
    'sonde_host_up{instance="h1"} 0',
  ]);
});

test('tells about the given hosts only, and about Sonde itself', () => {
  const { lines, tell } = setUp([
    { ...nothing, status: { status: 'online', lastChecked: 9, since: 1, failure: null, stale: false } },
  ]);
  tell({ probe: { up: true, latencyMs: 3, failure: null } });
  tell({ sample: { sections: [], bootId: null, readAt: 0 } });
  tell({ failure: { stage: 'auth', reason: 'rejected', message: '', hint: '' } });
  expect(lines([hostOf(1), hostOf(2)], 'sonde_host_up')).toEqual(['sonde_host_up{instance="h1"} 1']);
  expect(lines([hostOf(2)], 'sonde_hosts')).toEqual([
    'sonde_hosts{status="offline"} 0',
    'sonde_hosts{status="online"} 0',
    'sonde_hosts{status="unknown"} 1',
  ]);
  expect(lines([hostOf(1), hostOf(2)], 'sonde_connections')).toEqual(['sonde_connections{} 1']);
  expect(lines([], 'sonde_samples')).toEqual([
    'sonde_samples_total{outcome="failed"} 1',
    'sonde_samples_total{outcome="ok"} 1',
  ]);
  expect(lines([], 'sonde_sample_lateness')).toEqual(['sonde_sample_lateness_seconds{quantile="1"} 0.5']);
  expect(lines([], 'sonde_build')).toEqual([`sonde_build_info{node="${process.versions.node}",version="1.2.3"} 1`]);
  expect(lines([], 'process_resident')[0]).toMatch(/^process_resident_memory_bytes\{\} \d{7,}$/);
});

test('sorts the families by name, and has none twice', () => {
  const names = setUp([]).names();
  expect(names).toEqual([...new Set(names)].toSorted());
});

test('the labels that a host has on every series are cut to 256 bytes, between two characters', () => {
  const { lines } = setUp([]);
  const [line = ''] = lines([hostOf(1, { owner: 'ä'.repeat(200) })], 'sonde_host_info');
  expect(/owner="(ä+)"/.exec(line)?.[1]).toHaveLength(128);
});

test('tells which families exports cut', () => {
  const { lines } = setUp([], { isCut: true });
  expect(lines([hostOf(1)], 'sonde_host_series')).toEqual([
    'sonde_host_series_dropped{instance="h1",family="node_network_mtu_bytes"} 7',
  ]);
});
