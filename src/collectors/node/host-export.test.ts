import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { valuesOf } from '../../../test/support/exporting.ts';
import type { Collector } from '../../model/collector.ts';
import type { NodeReader } from '../../model/export/node.ts';
import type { SectionResult } from '../../model/observation.ts';
import { sampled } from '../index.ts';
import { groupFiles } from '../sampler/sampler.ts';
import { counter, gauge } from './families.ts';
import { HostExport } from './host-export.ts';
import { Kept } from './kept.ts';
import { labelTable, noLabels, ofDevice } from './labels.ts';

const none: ReadonlyMap<string, SectionResult> = new Map();
const lines = (path: string, text: string): string => text.replace(/^/gm, `${path}:`).concat('\n');

/** What a host's series are for these files. */
function read(host: HostExport, files: string, results = none) {
  return host.read({ files: groupFiles(files), results, uptimeSeconds: 100, at: 1_000, roundTripMs: 5 });
}

function cpu(core: number, ticks: readonly number[]): string {
  return `cpu  0 0 0 0 0 0 0 0 0 0\ncpu${core} ${ticks.join(' ')}`;
}

test('counters of a core never step back, and begin anew where a core was taken offline', () => {
  const host = new HostExport(sampled);
  const idle = (ticks: readonly number[]): number | undefined =>
    valuesOf(read(host, lines('/proc/stat', cpu(0, ticks)))).get('node_cpu_seconds_total{cpu="0",mode="idle"}');
  const steal = (ticks: readonly number[]): number | undefined =>
    valuesOf(read(host, lines('/proc/stat', cpu(0, ticks)))).get('node_cpu_seconds_total{cpu="0",mode="steal"}');
  expect(idle([1, 1, 1, 100_000, 500, 0, 0, 700, 0, 0])).toBe(1_000);
  expect(idle([1, 1, 1, 99_990, 490, 0, 0, 690, 0, 0])).toBe(1_000);
  expect(steal([1, 1, 1, 99_995, 495, 0, 0, 690, 0, 0])).toBe(7);
  expect(idle([1, 1, 1, 100_200, 510, 0, 0, 710, 0, 0])).toBe(1_002);
  expect(idle([1, 1, 1, 50, 0, 0, 0, 0, 0, 0])).toBe(0.5);
});

test('hosts of one shape share a layout, and a sample of the same shape makes none', () => {
  const [one, two] = [new HostExport(sampled), new HostExport(sampled)];
  const files = lines('/proc/meminfo', 'MemTotal: 10 kB\nMemFree: 5 kB');
  const first = read(one, files);
  expect(read(two, files).layout).toBe(first.layout);
  const next = read(one, files.replace('5 kB', '6 kB'));
  expect(next.layout).toBe(first.layout);
  expect(valuesOf(next).get('node_memory_MemFree_bytes')).toBe(6_144);
  expect(valuesOf(first).get('node_memory_MemFree_bytes')).toBe(5_120);
});

test('what a host does not tell is absent, not 0', () => {
  const values = valuesOf(read(new HostExport(sampled), lines('/proc/meminfo', 'MemTotal: 10 kB')));
  expect([...values.keys()].filter((name) => !name.startsWith('node_scrape_'))).toEqual(['node_memory_MemTotal_bytes']);
});

test('families are sorted, the series of each stand together, and none is there twice', () => {
  const files =
    lines('/proc/diskstats', ' 8 0 sdb 1 2 3 4 5 6 7 8 9 10 11\n 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n 8 0 sdb 9 9 9') +
    lines('/proc/loadavg', '1 2 3 1/2 3');
  const { layout, cut } = read(new HostExport(sampled), files);
  const names = layout.series.map(({ family }) => family.name);
  expect(names).toEqual([...names].sort());
  expect(layout.series.filter(({ labels }) => labels.device === 'sdb')).toHaveLength(11);
  expect(cut.get('node_disk_reads_completed_total')).toBe(1);
});

test('a collector that failed says so; one whose tool a host does not have is absent', () => {
  const host = new HostExport(sampled);
  const error = (reason: 'timed-out' | 'not-installed') => ({ reason, message: '', hint: '' });
  const result = { facts: null, source: null, collectedAt: 0, parts: null };
  const results = new Map([
    ['clock', { ...result, name: 'clock', error: error('timed-out') }],
    ['units', { ...result, name: 'units', error: error('not-installed') }],
  ]);
  const values = valuesOf(read(host, lines('/proc/loadavg', '1 2 3 1/2 3'), results));
  const outcomes = [...values].filter(([name]) => name.startsWith('node_scrape_collector_success'));
  expect(outcomes).toEqual([
    ['node_scrape_collector_success{collector="timex"}', 0],
    ['node_scrape_collector_success{collector="loadavg"}', 1],
  ]);
});

/** A host with one reader of ours. */
function hostWith(reader: NodeReader<never>): HostExport {
  const collector = { name: 'x', files: [], shell: null, node: [{ collector: 'x', families: [], open: () => reader }] };
  return new HostExport([collector as unknown as Collector<never>]);
}

test('of more series than a host or a family may have the rest is counted', () => {
  const many = Array.from({ length: 8 }, (_, index) => gauge(`node_${index}`, '.'));
  const { layout, cut } = read(
    hostWith({
      read: (_, { put }) => {
        for (const family of many) for (let at = 0; at < 3_000; at += 1) put(family, ofDevice(String(at)), at);
      },
    }),
    '',
  );
  expect(layout.series.length).toBe(10_000);
  expect(cut.get('node_0')).toBe(952);
  expect(cut.get('node_7')).toBe(3_000);
});

test('label values are at most 256 bytes long, and whole characters', () => {
  const ofName = labelTable((name) => ({ name }));
  const family = gauge('node_x', '.');
  const host = hostWith({ read: (_, { put }) => put(family, ofName('é'.repeat(200)), 1) });
  expect(read(host, '').layout.series.at(-1)?.labels.name).toBe('é'.repeat(128));
});

test('names that a host invents are not kept for all hosts: long ones not at all, others until there are too many characters', () => {
  const ofName = labelTable((name) => ({ name }));
  const long = 'x'.repeat(1_000_000);
  expect(ofName(long).name).toBe('x'.repeat(256));
  expect(ofName(long)).not.toBe(ofName(long));
  const name = (index: number): string => `${index} ${'y'.repeat(4_000)}`;
  const first = ofName(name(0));
  expect(first.name).toHaveLength(256);
  expect(ofName(name(0))).toBe(first);
  for (let index = 1; index <= 1_000; index += 1) ofName(name(index));
  expect(ofName(name(0))).not.toBe(first);
});

test('of series that are kept from one reading to the next, no more are told than a family may have', () => {
  const [some, other] = [gauge('node_some', '.'), gauge('node_other', '.')];
  const kept = new Kept();
  const series = Array.from({ length: 5_000 }, (_, index) => [some, { name: `u${index}` }, index] as const);
  kept.set([...series, [other, noLabels, Number.NaN], [other, noLabels, 1]]);
  const put = vi.fn();
  const cut = vi.fn();
  kept.put({ put, cut, own: put });
  expect(put).toHaveBeenCalledTimes(2_049);
  expect(put).toHaveBeenLastCalledWith(other, noLabels, 1);
  expect(cut.mock.calls).toEqual([[some, 2_952]]);
});

test('after a restart of the host nothing from before is told', () => {
  const told = counter('node_x_total', '.');
  const host = new HostExport([
    {
      name: 'x',
      files: [],
      shell: 'x',
      node: [
        {
          collector: 'x',
          families: [told],
          open: () => {
            let value = Number.NaN;
            return {
              heard: (text: string) => {
                value = Number(text);
              },
              read: (_: unknown, { put }: { put: (family: typeof told, labels: object, value: number) => void }) =>
                put(told, noLabels, value),
            };
          },
        },
      ],
    } as unknown as Collector<never>,
  ]);
  expect(host.unheard).toEqual(['x']);
  host.heard('x', '7');
  expect(host.unheard).toEqual([]);
  expect(valuesOf(read(host, '')).get('node_x_total')).toBe(7);
  host.forgetBoot();
  expect(host.unheard).toEqual(['x']);
  expect(valuesOf(read(host, '')).has('node_x_total')).toBe(false);
});

test('FreeBSD and macOS have the names that node_exporter has there', () => {
  const fixture = (folder: string, system: string): string =>
    readFileSync(join(import.meta.dirname, `../fixtures/${folder}/${system}.published.txt`), 'utf8').split(
      '\n---\n',
    )[0] ?? '';
  const valuesIn = (system: string): ReadonlyMap<string, number> => {
    const host = new HostExport(sampled);
    const memory = `${fixture('memory', system)}\n`;
    const own = `${fixture('cpu', system).replace(/^uname:.*\n/m, '')}\nsysctl:kern.clockrate: { hz = 1000, tick = 1000, profhz = 8128, stathz = 128 }\n`;
    const files = groupFiles(memory + own);
    const results = new Map(
      sampled
        .filter(({ name }) => name === 'cpu' || name === 'memory')
        .map(({ name, parse }) => {
          const { facts } = parse({ files: memory + own, text: undefined, uptimeSeconds: 1, at: 0 }, undefined);
          return [name, { name, facts, source: null, error: null, collectedAt: 0, parts: null }] as const;
        }),
    );
    return valuesOf(host.read({ files, results, uptimeSeconds: 1, at: 0, roundTripMs: 1 }));
  };
  const freebsd = valuesIn('freebsd-14');
  expect(freebsd.get('node_memory_size_bytes')).toBe(2_111_283_200);
  expect(freebsd.get('node_memory_free_bytes')).toBe(182_182 * 4_096);
  expect(freebsd.get('node_memory_swap_used_bytes')).toBe(131_072 * 1_024);
  expect(freebsd.get('node_cpu_seconds_total{cpu="0",mode="idle"}')).toBeGreaterThan(0);
  expect(freebsd.has('node_load1')).toBe(true);
  const macos = valuesIn('macos-14');
  expect(macos.get('node_memory_total_bytes')).toBe(17_179_869_184);
  expect(macos.get('node_memory_wired_bytes')).toBe(100_000 * 16_384);
  expect(macos.get('node_memory_internal_bytes')).toBe(433_815 * 16_384);
  expect([...macos.keys()].some((name) => name.startsWith('node_cpu_'))).toBe(false);
});

test('a line break in the name of a device or a mount, or an @ before it, moves none of its labels; both are written as node_exporter writes them', () => {
  const host = new HostExport(sampled);
  host.heard(
    'disk',
    '@mounts\n/dev/sdb1\\012ext4\\012/data /media/a\\012b fuseblk rw 0 0\n @share /media/c fuse rw 0 0\n//nas/my\\040share /mnt/my\\040share cifs ro 0 0\n',
  );
  const names = [...valuesOf(read(host, '')).keys()].filter((name) => name.startsWith('node_filesystem_readonly'));
  expect(names).toEqual([
    'node_filesystem_readonly{device="/dev/sdb1\\\\012ext4\\\\012/data",fstype="fuseblk",mountpoint="/media/a\\\\012b"}',
    'node_filesystem_readonly{device="@share",fstype="fuse",mountpoint="/media/c"}',
    'node_filesystem_readonly{device="//nas/my\\\\040share",fstype="cifs",mountpoint="/mnt/my share"}',
  ]);
});

test('another machine at the address of a host has counters of its own, also over a new connection', () => {
  const host = new HostExport(sampled);
  const user = (bootId: string | null, ticks: readonly number[]): number | undefined => {
    host.begin(bootId, false);
    return valuesOf(read(host, lines('/proc/stat', cpu(0, ticks)))).get('node_cpu_seconds_total{cpu="0",mode="user"}');
  };
  expect(user('one', [5_000, 0, 0, 10_000, 0, 0, 0, 0, 0, 0])).toBe(50);
  // The same boot over another connection: a step back is none.
  expect(user('one', [4_990, 0, 0, 10_100, 0, 0, 0, 0, 0, 0])).toBe(50);
  expect(user(null, [4_990, 0, 0, 10_100, 0, 0, 0, 0, 0, 0])).toBe(50);
  expect(user('two', [100, 0, 0, 20_000, 0, 0, 0, 0, 0, 0])).toBe(1);
});

test('a service that systemd restarts counts from 0, so that its first restart is an increase', () => {
  const restarts = (count: number): ReadonlyMap<string, number> => {
    const host = new HostExport(sampled);
    const block = (name: string, restart: string, restarted: number): string =>
      `Id=${name}\nLoadState=loaded\nType=notify\nRestart=${restart}\nNRestarts=${restarted}\n-\n`;
    const services = block('web.service', 'on-failure', count) + block('once.service', 'no', 0);
    host.heard('units', `@units\nweb.service loaded failed failed\n@services\n${services}`);
    return valuesOf(read(host, ''));
  };
  expect(restarts(0).get('node_systemd_service_restart_total{name="web.service"}')).toBe(0);
  expect(restarts(0).has('node_systemd_service_restart_total{name="once.service"}')).toBe(false);
  const after = restarts(3);
  expect(after.get('node_systemd_service_restart_total{name="web.service"}')).toBe(3);
  expect(after.get('node_systemd_unit_state{name="web.service",state="failed",type="notify"}')).toBe(1);
});

test('of too many interfaces, traffic, links and neighbours are told of the same ones, devices first', () => {
  const ends = Array.from({ length: 300 }, (_, at) => `cali${String((at * 7) % 300).padStart(3, '0')}`);
  const names = [...ends, 'eth0.7', 'zz0', 'lo', 'eth0'];
  const host = new HostExport(sampled);
  // The kernel lists interfaces by when they were made; a folder lists them by name.
  const links = names.toSorted().flatMap((name) => [`${name}/operstate:up`, `${name}/mtu:1500`]);
  const arp = names.toReversed().map((name) => `   1 ${name}`);
  host.heard('links', ['@links', ...links.map((line) => `/sys/class/net/${line}`), '@arp', ...arp].join('\n'));
  const series = read(host, lines('/proc/net/dev', names.map((name) => `${name}: ${'1 '.repeat(16)}`).join('\n')));
  const devicesOf = (family: string): readonly string[] =>
    series.layout.series
      .filter((one) => one.family.name === family)
      .map(({ labels }) => labels.device ?? '')
      .toSorted();
  const told = devicesOf('node_network_receive_bytes_total');
  expect(told).toEqual([...ends.toSorted().slice(0, 196), 'eth0', 'eth0.7', 'lo', 'zz0']);
  for (const family of ['node_network_up', 'node_network_mtu_bytes', 'node_arp_entries']) {
    expect(devicesOf(family)).toEqual(told);
    expect(series.cut.get(family)).toBe(104);
  }
  expect(series.cut.get('node_network_receive_bytes_total')).toBe(104);
});

test('a df that is not understood takes nothing else from the export', () => {
  const host = new HostExport(sampled);
  host.heard('disk', `@both\n/dev/sda1 ext4 ${'9'.repeat(40)} 5 5 50% 9 1 /\n@mounts\n/dev/sda1 / ext4 rw 0 0`);
  const error = { reason: 'unparsable', message: '', hint: '' } as const;
  const result = { name: 'disk', facts: null, source: null, collectedAt: 0, parts: null, error };
  const files = groupFiles('/proc/loadavg:1 2 3 1/2 3\n');
  const { layout, values } = host.read({
    files,
    results: new Map([['disk', result]]),
    uptimeSeconds: 100,
    at: 1_000,
    roundTripMs: 5,
  });
  const told = layout.series.map(({ family, labels }, at) => [family.name, labels.collector, values[at]]);
  expect(told).toContainEqual(['node_load1', undefined, 1]);
  expect(told).toContainEqual(['node_scrape_collector_success', 'filesystem', 0]);
});
