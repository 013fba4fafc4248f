/**
 * macOS, FreeBSD, OpenBSD and NetBSD as far as published outputs tell: the real sampler in a real shell, on hosts without /proc
 * whose tools print them. No such system was at hand.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorizedKey } from '../../src/commands/print-authorized-key.ts';
import { otherHost } from '../support/other-systems.ts';
import { keyPair, requireRig, startSshd, stopServers, waitFor } from '../support/rig.ts';
import { byKey, type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;

beforeAll(async () => {
  requireRig('sshd', 'dash', '/bin/busybox');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

/** Of every system: what its snapshot has at once, what changes then, and the shares and rates that are told of that. */
const systems: readonly (readonly [string, Json, readonly (readonly [string, string, string])[], Json])[] = [
  [
    'freebsd-14',
    {
      cpu: { cores: 2, load: [0.32, 0.16, 0.06], pressure: null },
      memory: { totalBytes: 2_111_283_200, availableBytes: 1_476_747_264, availableIsEstimate: true },
      swap: { totalBytes: 2_147_483_648, usedBytes: 134_217_728 },
      system: { os: 'FreeBSD 14.1-RELEASE', kernel: '14.1-RELEASE', kernelName: 'FreeBSD', hostname: 'web1.example' },
      disk: { mount: '/', totalHuman: '4.8G' },
      interface: { name: 'vtnet0', rxPackets: 15_500, rxDropped: 2, txDropped: null, state: 'UP' },
      processes: { total: 5, threads: 66 },
      port: { localPort: 80, process: 'nginx' },
      login: { user: 'ann', ip: '10.0.2.2' },
    },
    [
      ['sysctl', '32100 10 18800 1000 6168300', '32400 110 18900 1100 6169700'],
      ['sysctl', '11600 4 8500 400 3089600', '11900 104 8600 500 3090000'],
      ['netstat', '30412000', '31412000'],
    ],
    { percent: 30, breakdown: { user: 15, iowait: null }, core: 60 },
  ],
  [
    'openbsd-7',
    {
      cpu: { cores: 2, load: [0.56, 0.2, 0.08] },
      memory: { totalBytes: 1_065_725_952, availableBytes: 689_160_192 },
      swap: { totalBytes: 268_435_456, usedBytes: 12_967_936 },
      system: { os: 'OpenBSD 7.6', hostname: 'gate.example' },
      disk: { mount: '/', totalHuman: '2.2G' },
      interface: { name: 'vio0', rxPackets: 10_000, rxErrors: 4, rxDropped: null, state: 'UP' },
      processes: { total: 4, threads: null },
      port: { localPort: 22 },
      login: { user: 'ann', ip: '192.0.2.2' },
    },
    [
      ['sysctl', '2391,40,1987,60,117,976656', '2491,40,2037,110,117,977456'],
      ['netstat', '12345678', '13345678'],
    ],
    { percent: 20, breakdown: { user: 10, system: 10, steal: null } },
  ],
  [
    'netbsd-10',
    {
      cpu: { cores: 4, load: [0.1, 0.05, 0.01] },
      memory: { totalBytes: 994_050_048, availableBytes: 724_967_424 },
      swap: { totalBytes: 268_435_456, usedBytes: 1_048_576 },
      system: { os: 'NetBSD 10.1', hostname: 'pi.example' },
      disk: { mount: '/', totalHuman: '19G' },
      interface: { name: 'mue0', rxPackets: 40_000, txErrors: 2, state: 'UP', ip: '192.0.2.30' },
      processes: { total: 5, threads: 109 },
      port: { localPort: 22, process: 'sshd' },
      login: { user: 'ann', ip: '192.0.2.2' },
    },
    [
      ['sysctl', 'user = 177000', 'user = 177250'],
      ['sysctl', 'idle = 33600000', 'idle = 33600750'],
      ['netstat', '50000000', '51000000'],
    ],
    { percent: 25, breakdown: { user: 25, irq: 0 } },
  ],
  [
    'macos-14',
    {
      cpu: { cores: 8, load: [2.1, 1.9, 1.8], percent: 20 },
      memory: { totalBytes: 17_179_869_184, usedBytes: 9_548_840_960 },
      swap: { totalBytes: 2_147_483_648, usedBytes: 1_129_641_411 },
      system: { os: 'macOS 14.5', kernel: '23.5.0', kernelName: 'Darwin', hostname: 'mini.example' },
      disk: { mount: '/', totalHuman: '460G' },
      interface: { name: 'en0', rxPackets: 39_087_293, txErrors: 5, state: 'UP', ip: '192.0.2.100' },
      processes: { total: 4, threads: null },
      port: { localPort: 631 },
      login: { user: 'ann', ip: '192.0.2.2' },
    },
    [
      ['iostat', ' 12  8 80', ' 25 15 60'],
      ['netstat', '48657563363', '48658563363'],
    ],
    { percent: 40, breakdown: { user: 25, system: 15, nice: null } },
  ],
];

test.each(systems)('%s: numbers of its own tools, and rates of two samples', async (name, first, changes, then) => {
  const key = keyPair();
  const host = otherHost(name, { authorizedKey: key.publicKey });
  const server = await startSshd({ config: host.config });
  const id = await sonde.admin.add({
    ...byKey(server, host.user, key.privateKey),
    statsConfig: { useGlobalMetricsInterval: false, metricsInterval: 10 },
  });

  const metrics = await sonde.admin.watch(id);

  const shown = {
    cpu: metrics.cpu,
    memory: metrics.memory,
    swap: metrics.memory.swap,
    system: metrics.system,
    disk: metrics.disk,
    interface: metrics.network.interfaces.find((one: Json) => one.name === first.interface.name),
    processes: metrics.processes,
    port: metrics.ports.ports[0],
    login: metrics.login_stats.recentLogins[0],
  };
  expect(shown).toMatchObject(first);
  expect(metrics.uptime).toMatchObject({ seconds: 86_400, formatted: '1d 0h 0m' });
  for (const section of ['cpu', 'memory', 'uptime', 'system', 'disk', 'network', 'processes'])
    expect([section, metrics.sections[section].error]).toEqual([section, null]);
  for (const section of ['firewall', 'temperature'])
    expect([section, metrics.sections[section].error]).toMatchObject([
      section,
      { reason: 'not-installed', hint: expect.stringContaining('On the host itself') },
    ]);

  for (const [tool, before, now] of changes) {
    expect(host.told.get(tool)).toContain(before);
    host.told.set(tool, (host.told.get(tool) ?? '').replace(before, now));
  }
  // The host's clock, which tells whole seconds, stands still: how long it was is told by ours.
  host.tell();
  await sonde.admin.post('/metrics/register-viewer', { hostId: id });
  const later = await waitFor(async () => {
    const { body } = await sonde.admin.get(`/metrics/${id}`);
    const one = body.network.interfaces.find((each: Json) => each.name === first.interface.name);
    return one.rxRateBps > 0 && { ...body, one };
  });

  expect(later.cpu.percent).toBe(then.percent);
  expect(later.cpu.breakdown).toMatchObject(then.breakdown);
  if (then.core !== undefined) expect(later.cpu.perCore[0].percent).toBe(then.core);
  // A megabyte in no more than the time since the sample before, and what answers may differ in how long they take.
  const seconds = (Date.parse(later.lastChecked) - Date.parse(metrics.lastChecked)) / 1000;
  expect(later.one.rxRateBps).toBeGreaterThanOrEqual(500_000 / Math.max(1, seconds));
  expect(later.one.rxRateBps).toBeLessThan(10_000_000);
  expect(later.one.txRateBps).toBe(0);
});

test('a key that may do nothing but be watched with works there too', async () => {
  const key = keyPair();
  const host = otherHost('openbsd-7', { authorizedKey: authorizedKey(key.publicKey) });
  const server = await startSshd({ config: host.config });
  const id = await sonde.admin.add(byKey(server, host.user, key.privateKey));

  const metrics = await sonde.admin.watch(id);

  expect(metrics).toMatchObject({ cpu: { cores: 2 }, system: { os: 'OpenBSD 7.6' }, uptime: { seconds: 86_400 } });
  expect(metrics.sections.memory).toMatchObject({ error: null, source: 'vmstat -s' });
});
