/** What Sonde reads is what node_exporter reads: theirs, ours, theirs again, on the same machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, requireRig, waitFor } from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

/** `name{labels}` → value, as node_exporter writes them. */
type Exported = ReadonlyMap<string, number>;

let sonde: Service;
let exporter: ChildProcess;
let before: Exported;
let seen: Json;
let after: Exported;

beforeAll(async () => {
  requireRig('prometheus-node-exporter');
  const address = `127.0.0.1:${await freePort('127.0.0.1')}`;
  exporter = spawn(
    'prometheus-node-exporter',
    // Debian's build leaves the loopback out.
    [`--web.listen-address=${address}`, '--collector.netdev.device-exclude=^$'],
    { stdio: 'ignore' },
  );
  const read = async (): Promise<Exported> => {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  };
  await waitFor(() => read().catch(() => false));
  sonde = await startService();
  const often = { useGlobalMetricsInterval: false, metricsInterval: 10 };
  const id = await sonde.admin.add({ name: 'here', ip: 'localhost', connectionType: 'local', statsConfig: often });
  await sonde.admin.watch(id);
  const { lastChecked } = (await sonde.admin.get(`/metrics/${id}`)).body;
  before = await read();
  seen = await waitFor(async () => {
    const { body } = await sonde.admin.get(`/metrics/${id}`);
    return body.lastChecked > lastChecked && body;
  });
  after = await read();
});

afterAll(async () => {
  await sonde?.close();
  exporter?.kill('SIGKILL');
});

/** Expects our value between their two, which a counter of the kernel cannot leave. */
function expectBetween(name: string, ours: number): void {
  const [low, high] = [before.get(name), after.get(name)];
  expect([name, low !== undefined && high !== undefined && low <= ours && ours <= high]).toEqual([name, true]);
}

function labelsOf(family: string, label: string): readonly string[] {
  const names = [...after.keys()].filter((name) => name.startsWith(`${family}{`));
  return names.flatMap((name) => new RegExp(`${label}="([^"]*)"`).exec(name)?.[1] ?? []);
}

test('bytes, packets and errors of every interface', () => {
  // Tests beside this one add and remove interfaces: those count that were there all the time.
  const lasting = labelsOf('node_network_receive_bytes_total', 'device').filter((name) =>
    before.has(`node_network_receive_bytes_total{device="${name}"}`),
  );
  const ours = (seen.network.interfaces as Json[]).filter(({ name }) => lasting.includes(name));
  expect(new Set(ours.map(({ name }): unknown => name))).toEqual(new Set(lasting));
  for (const one of ours) {
    expectBetween(`node_network_receive_bytes_total{device="${one.name}"}`, Number(one.rxBytes));
    expectBetween(`node_network_transmit_bytes_total{device="${one.name}"}`, Number(one.txBytes));
    expectBetween(`node_network_receive_packets_total{device="${one.name}"}`, one.rxPackets);
    expectBetween(`node_network_receive_errs_total{device="${one.name}"}`, one.rxErrors);
    expectBetween(`node_network_receive_drop_total{device="${one.name}"}`, one.rxDropped);
    expectBetween(`node_network_transmit_packets_total{device="${one.name}"}`, one.txPackets);
    expectBetween(`node_network_transmit_errs_total{device="${one.name}"}`, one.txErrors);
    expectBetween(`node_network_transmit_drop_total{device="${one.name}"}`, one.txDropped);
  }
});

test('segments of TCP, and what went through swap', () => {
  expectBetween('node_netstat_Tcp_OutSegs', seen.network.sockets.tcpSegmentsSent);
  expectBetween('node_netstat_Tcp_RetransSegs', seen.network.sockets.tcpSegmentsRetransmitted);
  const pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
  expect(seen.memory.swapTraffic).not.toBeNull();
  const pages = (bytes: number): number => bytes / pageBytes;
  expectBetween('node_vmstat_pswpin', pages(seen.memory.swapTraffic.inBytes));
  expectBetween('node_vmstat_pswpout', pages(seen.memory.swapTraffic.outBytes));
});

test('parts of memory and sockets, which move both ways, are near theirs', () => {
  const near = (name: string, ours: number, slack: number): void => {
    const theirs = [before, after].map((one) => one.get(name) ?? Number.NaN);
    const isNear = ours >= Math.min(...theirs) - slack && ours <= Math.max(...theirs) + slack;
    expect([name, isNear]).toEqual([name, true]);
  };
  const slack = 0.05 * seen.memory.totalBytes;
  near('node_memory_Buffers_bytes', seen.memory.buffersBytes, slack);
  near('node_memory_Slab_bytes', seen.memory.slabBytes, slack);
  near('node_memory_SReclaimable_bytes', seen.memory.slabReclaimableBytes, slack);
  near('node_memory_Shmem_bytes', seen.memory.sharedBytes, slack);
  near('node_memory_Dirty_bytes', seen.memory.dirtyBytes, slack);
  // Tests beside this one open and close connections.
  near('node_sockstat_sockets_used', seen.network.sockets.used, 500);
  near('node_netstat_Tcp_CurrEstab', seen.network.sockets.tcpEstablished, 500);
  near('node_sockstat_TCP_tw', seen.network.sockets.tcpTimeWait, 5_000);
});

test('bytes and operations of every disk', () => {
  expect(seen.disk.devices.length).toBeGreaterThan(0);
  for (const one of seen.disk.devices as Json[]) {
    expectBetween(`node_disk_read_bytes_total{device="${one.device}"}`, one.readBytes);
    expectBetween(`node_disk_written_bytes_total{device="${one.device}"}`, one.writtenBytes);
    expectBetween(`node_disk_reads_completed_total{device="${one.device}"}`, one.reads);
    expectBetween(`node_disk_writes_completed_total{device="${one.device}"}`, one.writes);
  }
});

test('sizes of memory, swap and file systems', () => {
  expect(seen.memory.totalBytes).toBe(after.get('node_memory_MemTotal_bytes'));
  expect(seen.memory.swap.totalBytes).toBe(after.get('node_memory_SwapTotal_bytes'));
  const available = [before, after].map((one) => one.get('node_memory_MemAvailable_bytes') ?? 0);
  // It moves both ways within the seconds between.
  const slack = 0.1 * seen.memory.totalBytes;
  expect(seen.memory.availableBytes).toBeGreaterThan(Math.min(...available) - slack);
  expect(seen.memory.availableBytes).toBeLessThan(Math.max(...available) + slack);
  const known = new Map([...after].filter(([name]) => name.startsWith('node_filesystem_size_bytes{')));
  const both = (seen.disk.filesystems as Json[]).flatMap((one) => {
    const name = [...known.keys()].find((key) => key.includes(`mountpoint="${one.mount}"`));
    return name === undefined ? [] : [[one.mount, one.totalBytes, known.get(name)]];
  });
  expect(both.length).toBeGreaterThan(0);
  for (const [mount, ours, theirs] of both) expect([mount, ours]).toEqual([mount, theirs]);
});

test('the machine itself', () => {
  expect(seen.cpu.cores).toBe(new Set(labelsOf('node_cpu_seconds_total', 'cpu')).size);
  const [release] = labelsOf('node_uname_info', 'release');
  expect(seen.system.kernel).toBe(release);
  expect(seen.system.kernelName).toBe(labelsOf('node_uname_info', 'sysname')[0]);
  const bootedAt = Date.parse(seen.lastChecked) / 1000 - seen.uptime.seconds;
  expect(Math.abs(bootedAt - (after.get('node_boot_time_seconds') ?? 0))).toBeLessThan(3);
});
