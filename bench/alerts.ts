/** What it costs to ask every default rule of a sample. */

import { differs } from '../src/changes/differs/index.ts';
import { ChangeWatch } from '../src/changes/watch.ts';
import type { Observation } from '../src/model/observation.ts';
import { hostOf, live, newWorld, sampleOf } from '../test/support/alerts-world.ts';
import { atMost, type Row, told } from './report.ts';

const gib = 1024 ** 3;
const hosts = 1_000;
const secondsBetween = 30;
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

/** What a host lists every few minutes: how often, and 30 ports, 40 accounts, 50 logins, 20 chains with 10 rules each. */
const seldom: Readonly<Record<string, readonly [seconds: number, facts: () => unknown]>> = {
  uptime: [0, () => ({ seconds: 1_000, bootId: 'b' })],
  ports: [
    120,
    () => ({
      ports: Array.from({ length: 30 }, (_, at) => {
        return { protocol: 'tcp', localAddress: '0.0.0.0', localPort: at, process: `program ${at}` };
      }),
    }),
  ],
  disk: [120, () => ({ filesystems: [...filesystems], devices: [], pressure: null })],
  firewall: [
    300,
    () => ({
      status: 'active',
      chains: Array.from({ length: 20 }, (_, at) => {
        const rules = Array.from({ length: 10 }, () => ({ target: 'ACCEPT', protocol: 'tcp', source: '192.0.2.0/24' }));
        return { family: 'ip', table: 'filter', name: `chain${at}`, policy: 'DROP', rules };
      }),
    }),
  ],
  login_stats: [
    600,
    () => ({
      recentLogins: Array.from({ length: 50 }, (_, at) => ({ user: 'ann', ip: `192.0.2.${at}`, time: '2026-01-01' })),
      failedLogins: [],
      own: null,
    }),
  ],
  accounts: [
    600,
    () => ({
      accounts: Array.from({ length: 40 }, (_, uid) => ({ name: `user${uid}`, uid, canLogIn: true, becomesRoot: [] })),
      groups: [],
      sudoersFiles: [],
    }),
  ],
  system: [3_600, () => ({ hostname: 'web', kernel: '6.1', os: 'Debian' })],
};

/** µs a sample to find out that nothing changed, on average over the sections that come with it. */
function measureChanges(samples: number): number {
  let written = 0;
  const watch = new ChangeWatch({
    differs,
    ranUntil: null,
    write: () => {
      written += 1;
    },
  });
  const made = (index: number): Observation => {
    const seconds = secondsBetween * Math.floor(index / hosts);
    const sections = Object.entries(seldom).flatMap(([name, [every, make]]) => {
      if (every > 0 && seconds % every !== 0) return [];
      return [{ name, facts: make(), source: '', error: null, collectedAt: 0, parts: null }];
    });
    const readAt = 1_700_000_000_000 + 1000 * seconds;
    const sample = { sections, bootId: 'b', readAt };
    return { hostId: 1 + (index % hosts), at: readAt, alive: true, probe: null, sample, failure: null };
  };
  let passed = 0;
  for (let round = 0; round < samples / hosts; round += 1) {
    const all = Array.from({ length: hosts }, (_, index) => made(round * hosts + index));
    const began = spent();
    for (const seen of all) watch.observed(seen);
    if (round > 0) passed += spent() - began;
  }
  if (written !== hosts) throw new Error(`${written} writes for ${hosts} hosts on which nothing changed`);
  return passed / (samples - hosts);
}

/** The processor time of this thread, µs: other work on the machine does not count. */
function spent(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** The difference between following samples with and without alerts. */
export async function alerts(quick: boolean): Promise<readonly Row[]> {
  const samples = quick ? 100_000 : 1_000_000;
  const without = await measure(samples, false);
  const withAlerts = await measure(samples, true);
  const changes = measureChanges(samples);
  return [
    atMost('alerts: every default rule of a sample with 5 file systems and 10 sensors', withAlerts - without, 25, 'µs'),
    atMost('alerts: what changed, a sample on which nothing did (all sections at their intervals)', changes, 25, 'µs'),
    told('alerts: what changed, as a share of both together', (100 * changes) / (changes + withAlerts - without), '%'),
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
  const began = spent();
  for (let index = 0; index < samples; index += 1) see(index);
  const passed = spent() - began;
  await opened[Symbol.asyncDispose]();
  await world.db.destroy();
  return passed / samples;
}
