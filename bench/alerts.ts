/** What it costs to ask every default rule of a sample. */

import { hostOf, live, newWorld, sampleOf } from '../test/support/alerts-world.ts';
import { atMost, type Row, told } from './report.ts';

const gib = 1024 ** 3;
const hosts = 1_000;
const filesystems = Array.from({ length: 5 }, (_, index) => ({
  filesystem: `/dev/sd${index}`,
  type: 'ext4',
  mount: `/data/${index}`,
  totalBytes: 100 * gib,
  usedBytes: 70 * gib,
  availableBytes: 30 * gib,
  usedRatio: 0.7,
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
  const world = await newWorld(isOn ? Array.from({ length: hosts }, (_, index) => hostOf(index + 1)) : []);
  const { alerts: opened, bus } = await live(world);
  const { sections } = sampleOf(facts, world.now);
  const see = (index: number): void => {
    if (index % hosts === 0) world.now += 30_000;
    const sample = { sections, bootId: 'b', readAt: world.now };
    bus.publish({ hostId: 1 + (index % hosts), at: world.now, alive: true, probe: null, sample, failure: null });
  };
  for (let index = 0; index < 20_000; index += 1) see(index);
  const begin = performance.now();
  for (let index = 0; index < samples; index += 1) see(index);
  const passedMs = performance.now() - begin;
  await opened[Symbol.asyncDispose]();
  await world.db.destroy();
  return (1000 * passedMs) / samples;
}
