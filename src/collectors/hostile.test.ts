/**
 * Answers as long as one may be, made to take long: each is read in one go of the only thread. What would take the square of
 * their length would take hours; a test ends after minutes.
 */
import { expect, test } from 'vitest';
import { firewall } from './firewall/firewall.ts';
import { sampled } from './index.ts';
import { network } from './network/network.ts';
import { HostExport } from './node/host-export.ts';
import { ports } from './ports/ports.ts';
import { groupFiles } from './sampler/sampler.ts';
import { system } from './system/system.ts';
import { temperature } from './temperature/temperature.ts';

const megabyte = 1_000_000;
const reading = (text: string, files = '') => ({ files, text, uptimeSeconds: 1, at: 0 });

test('a line of netstat that is nearly all blanks', () => {
  const long = `tcp 0 0 a:1 b LISTEN 1/x${' '.repeat(2 * megabyte)}x`;
  const { facts } = ports.parse(
    reading(`@netstat\n${long}\ntcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 5/sshd: x   \n`),
    undefined,
  );
  expect(facts.ports.find(({ localPort }) => localPort === 22)).toMatchObject({ process: 'sshd: x' });
});

test('a line of ip that is nearly all one letter', () => {
  const files = '/proc/net/dev:Inter-| Receive\n/proc/net/dev: face |bytes\n';
  network.parse(reading(`@ip\n1: ${'@'.repeat(2 * megabyte)}\n`, files), undefined);
});

test('files without names', () => {
  expect(groupFiles('\n'.repeat(4 * megabyte)).size).toBeLessThan(10);
});

test('a hundred thousand chains under two names', () => {
  const save = (name: string): string =>
    `@${name} 0\n*filter\n${Array.from({ length: 100_000 }, (_, index) => `:${name}${index} ACCEPT [0:0]\n`).join('')}`;
  firewall.parse(reading(save('iptables') + save('iptables-legacy')), undefined);
});

test('a hundred thousand tables that iptables cannot show, and as many chains', () => {
  const tables = Array.from(
    { length: 100_000 },
    (_, index) => `# Table \`t${index}' is incompatible, use 'nft' tool.\n`,
  );
  const chains = Array.from({ length: 100_000 }, (_, index) => `:c${index} DROP\n`);
  firewall.parse(reading(`@iptables 0\n${tables.join('')}*filter\n${chains.join('')}`), undefined);
});

test.each([
  ['iptables', (value: number) => ` -s 10.${value}`, '@iptables 0\n*filter\n:INPUT DROP [0:0]\n-A INPUT'],
  ['nft', (value: number) => ` ip saddr 10.${value}`, '@nft 1\n@nft-text 0\ntable ip a {\nchain INPUT {\n'],
])('a rule of %s with a hundred thousand values of one field', (_, word, head) => {
  const values = Array.from({ length: 100_000 }, (_, index) => word(index)).join('');
  const { facts } = firewall.parse(reading(`${head}${values}\n`), undefined);
  expect(facts.chains[0]?.rules[0]?.source).toHaveLength(2_000);
});

test.each(['jhash ', 'fib . . ', 'ct '])('a rule of nft that is nothing but %s', (word) => {
  const rule = word.repeat(megabyte / word.length);
  const { facts } = firewall.parse(reading(`@nft 1\n@nft-text 0\ntable ip a {\nchain b {\n${rule}\n`), undefined);
  expect(facts.chains[0]?.rules[0]?.extra).toHaveLength(500);
});

test('a processor with as many names as a section has lines', () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `uarch : x${index}\n`).join('');
  const { facts } = system.parse(reading(`@uname Linux a b riscv64\n@cpu\n${names}`), undefined);
  expect(facts.cpuModel).toBe('x0');
});

test('more sensors than a machine has', () => {
  const files = Array.from({ length: 170_000 }, (_, index) => `/sys/class/hwmon/hwmon1/temp${index}_input:5000\n`).join(
    '',
  );
  expect(temperature.parse(reading('', files), undefined).facts.sensors).toHaveLength(1_000);
});

/** Series of these files and texts. */
const exported = (files: string, texts: Readonly<Record<string, string>> = {}) => {
  const host = new HostExport(sampled);
  for (const [name, text] of Object.entries(texts)) host.heard(name, text);
  return host.read({ files: groupFiles(files), results: new Map(), uptimeSeconds: 1, at: 0, roundTripMs: 1 });
};
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

test('files of exported families that are as long as an answer may be', () => {
  const files = [
    many(60_000, (index) => `/proc/diskstats: 8 ${index} disk${index} 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17`),
    many(40_000, (index) => `/proc/net/dev:veth${index}: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16`),
    many(10_000, (index) => `/proc/stat:cpu${index} 1 2 3 4 5 6 7 8 9 10`),
    many(40_000, (index) => `/proc/meminfo:Field${index}: ${index} kB`),
    many(20_000, (index) => `/proc/net/netstat:TcpExt: ${index} ${'x '.repeat(10)}`),
    many(40_000, (index) => `/proc/mdstat:md${index} : active raid1 ${'sda[0] '.repeat(5)}`),
    many(40_000, (index) => `/sys/class/hwmon/hwmon${index}/fan1_input:5`),
    `/proc/loadavg:${'9'.repeat(megabyte)}\n/proc/schedstat:cpu0 ${' '.repeat(megabyte)}\n`,
    `/proc/pressure/cpu:some ${'total='.repeat(megabyte / 6)}\n`,
  ];
  const { layout, values, cut } = exported(files.join(''));
  expect(layout.series.length).toBeLessThanOrEqual(10_000);
  expect(values.every((value) => Number.isFinite(value))).toBe(true);
  expect(cut.get('node_disk_reads_completed_total')).toBe(60_000 - 256);
  expect(cut.get('node_network_receive_bytes_total')).toBeGreaterThanOrEqual(39_800);
  expect(cut.get('node_cpu_seconds_total')).toBe((10_000 - 256) * 8);
});

test('texts of exported families that are as long as a section may be', () => {
  const { layout } = exported('', {
    disk: `@both\n${many(50_000, (index) => `/dev/sd${index} ext4 1 1 1 1% 1 1 /m${index}`)}@mounts\n${many(50_000, (index) => `/dev/sd${index} /m${index} ext4 ${'rw,'.repeat(5)}ro 0 0`)}`,
    temperature: `@chips\n${many(50_000, (index) => `/sys/class/hwmon/hwmon${index} /sys/devices/${'/'.repeat(50)}x`)}@limits\n${'a'.repeat(megabyte)}`,
    links: `@links\n${many(50_000, (index) => `/sys/class/net/veth${index}/carrier:1`)}@bonds\n${many(50_000, (index) => `/sys/class/net/bond${index}/bonding/slaves:${'eth0 '.repeat(10)}`)}@arp\n${' '.repeat(megabyte)}x`,
    units: `@units\n${many(50_000, (index) => `u${index}.service loaded failed failed`)}@services\n${many(50_000, (index) => `Id=u${index}\nNRestarts=1\n-`)}`,
    sockets: `@tcp\n${many(50_000, (index) => `${index} ESTAB`)}@udp\n${many(50_000, () => ' 1 00000001:00000001')}`,
    hardware: `@files\n${many(50_000, (index) => `/sys/class/power_supply/BAT${index}/capacity:5`)}@interrupts ${'1'.repeat(megabyte)}`,
    host: `@uname\n=${'L'.repeat(megabyte)}\n=r\n=m\n=n\n=v\n=d\n@os\n${many(50_000, (index) => `A${index}=x`)}`,
    clock: `@perl ${'1 '.repeat(megabyte / 2)}\n@adjtimex\n${' '.repeat(megabyte)}: 1`,
    sampler: `@limits ${'9'.repeat(megabyte)} 5\n@page ${'4'.repeat(megabyte)}`,
  });
  expect(layout.series.length).toBeLessThanOrEqual(10_000);
});

test('file systems of a host that says it is no Linux, as many as a section may have', () => {
  const df = many(50_000, (index) => `/dev/ada${index} 10 5 5 50% /m${index}`);
  const { layout } = exported('uname:FreeBSD 14.2-RELEASE amd64\n', {
    disk: `@df\nFilesystem 1024-blocks Used Avail Capacity Mounted on\n${df}`,
  });
  const sizes = layout.series.filter(({ family }) => family.name === 'node_filesystem_size_bytes');
  expect(sizes).toHaveLength(2_000);
});

test('more thermal zones and software RAIDs than are exported', () => {
  const files = [
    many(20_000, (index) => `/sys/class/thermal/thermal_zone${index}/temp:5000`),
    many(20_000, (index) => `/proc/mdstat:md${index} : active raid1 ${'sda[0] '.repeat(5)}`),
    `/proc/mdstat:md20000 : active raid1 ${'sda[0] '.repeat(megabyte / 7)}\n`,
  ];
  const { layout, cut } = exported(files.join(''));
  const count = (name: string) => layout.series.filter(({ family }) => family.name === name).length;
  expect(count('node_thermal_zone_temp')).toBe(256);
  expect(cut.get('node_thermal_zone_temp')).toBe(20_000 - 256);
  expect(count('node_md_blocks')).toBe(200);
  expect(cut.get('node_md_disks')).toBe((20_001 - 200) * 4);
});

test('a software RAID of more disks than are looked at', () => {
  const host = new HostExport(sampled);
  const files = groupFiles(`/proc/mdstat:md0 : active raid1 ${'sda[0](F) '.repeat(megabyte / 10)}\n`);
  const { layout, values } = host.read({ files, results: new Map(), uptimeSeconds: 1, at: 0, roundTripMs: 1 });
  const failed = layout.series.findIndex(
    ({ family, labels }) => family.name === 'node_md_disks' && labels.state === 'failed',
  );
  // Of a thousand words, those before the first disk are none and the level.
  expect(values[failed]).toBe(998);
});
