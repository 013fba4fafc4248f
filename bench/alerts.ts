/** What it costs to ask every default rule of a sample. */

import { Alerts } from '../src/alerts/alerts.ts';
import { openEmbedded } from '../src/backends/embedded.ts';
import { collectors } from '../src/collectors/index.ts';
import { openDatabase } from '../src/db/sqlite.ts';
import type { AlertHost } from '../src/model/alerts/host.ts';
import { writeSnapshots } from '../src/snapshots/writer.ts';
import { atMost, type Row, told } from './report.ts';

const gib = 1024 ** 3;
const filesystems = Array.from({ length: 5 }, (_, index) => ({
  filesystem: `/dev/sd${index}`,
  type: 'ext4',
  mount: `/data/${index}`,
  totalBytes: 100 * gib,
  usedBytes: 50 * gib,
  availableBytes: 50 * gib,
  usedRatio: 0.5,
  inodesTotal: 1_000_000,
  inodesUsed: 1_000,
}));
const facts = {
  cpu: { total: { busy: 0.4, iowait: 0, steal: 0 }, perCore: [], cores: 8, load: [1, 1, 1], pressure: null },
  disk: { filesystems, devices: [], pressure: null },
  memory: { totalBytes: 100, usedBytes: 50, swapTotalBytes: 100, swapUsedBytes: 10, pressure: { some10: 0 } },
  system: { clockOffsetSeconds: 0 },
  temperature: {
    sensors: Array.from({ length: 10 }, (_, at) => ({ label: `core ${at}`, celsius: 50, isTelling: true })),
  },
};

/** The difference between following samples with and without alerts. */
export async function alerts(quick: boolean): Promise<readonly Row[]> {
  const samples = quick ? 100_000 : 1_000_000;
  const without = await measure(samples, false);
  const withAlerts = await measure(samples, true);
  return [
    atMost('alerts: every default rule of a sample with 5 file systems and 10 sensors', withAlerts - without, 25, 'µs'),
    told('alerts: the same sample folded into its snapshot, without alerts', without, 'µs'),
  ];
}

/** µs a sample. */
async function measure(samples: number, isOn: boolean): Promise<number> {
  const onError = (error: unknown): never => {
    throw error;
  };
  const { bus, snapshots } = openEmbedded(onError);
  writeSnapshots(bus, snapshots);
  const db = openDatabase(':memory:');
  let now = 1_700_000_000_000;
  const hosts = Array.from({ length: 1_000 }, (_, index) => hostOf(index + 1));
  const opened = isOn
    ? await Alerts.open({
        db,
        bus,
        snapshots,
        collectors,
        onError,
        ranUntil: null,
        clock: { now: () => now, monotonic: () => now },
        hosts: async () => hosts,
        onHostChange: () => () => {},
        tell: async () => {},
      })
    : null;
  const sections = Object.entries(facts).map(([name, one]) => {
    return { name, facts: one, source: '', error: null, collectedAt: now, parts: null };
  });
  const sample = { sections, bootId: 'b', readAt: now };
  const see = (index: number): void => {
    if (index % hosts.length === 0) now += 30_000;
    bus.publish({ hostId: 1 + (index % hosts.length), at: now, alive: true, probe: null, sample, failure: null });
  };
  for (let index = 0; index < 20_000; index += 1) see(index);
  const begin = performance.now();
  for (let index = 0; index < samples; index += 1) see(index);
  const passedMs = performance.now() - begin;
  await opened?.[Symbol.asyncDispose]();
  await db.destroy();
  return (1000 * passedMs) / samples;
}

function hostOf(id: number): AlertHost {
  return {
    id,
    ownerId: 'ann',
    name: `host ${id}`,
    address: '192.0.2.1',
    tags: [],
    folder: '',
    statusCheckEnabled: true,
    statusIntervalSeconds: 30,
    metricsEnabled: true,
    collectAlways: true,
    metricsIntervalSeconds: 30,
    parents: [],
  };
}
