import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Collector, Reading } from '../../model/collector.ts';

import { collectors, type FactsByName } from '../index.ts';

/** More than the most that any list keeps. */
const claimed = 25_000;
const each = (line: (index: number) => string, count = claimed): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

function read<Name extends keyof FactsByName>(
  name: Name,
  { files = '', text }: { readonly files?: string; readonly text?: string },
): Reading<FactsByName[Name]> {
  const collector = collectors.find((one) => one.name === name) as unknown as Collector<FactsByName[Name]>;
  return collector.parse({ files, text, uptimeSeconds: 1, at: 0 }, undefined);
}

test('of more processors than a machine has it keeps the first and counts the rest', () => {
  const { facts } = read('cpu', {
    files: `/proc/stat:cpu  1 2 3 4 5 6 7 8\n${each((index) => `/proc/stat:cpu${index} 1 2 3 4 5 6 7 8\n`)}`,
  });
  expect(facts).toMatchObject({ cores: claimed, leftOut: { perCore: claimed - 2_048 } });
  expect(facts.perCore).toHaveLength(2_048);
  expect(facts.jiffies).toHaveLength(2_049);
});

test('of more processors than a FreeBSD machine has it keeps the first and counts the rest', () => {
  const { facts } = read('cpu', {
    files: `uname:FreeBSD\nsysctl:kern.cp_time: 1 2 3 4 5\nsysctl:hw.ncpu: 4\nsysctl:kern.cp_times: ${each(() => '1 2 3 4 5 ')}\n`,
  });
  expect(facts.perCore).toHaveLength(2_048);
  expect(facts.leftOut).toEqual({ perCore: claimed - 2_048 });
});

test('of more file systems and disks than a machine has it keeps the first and counts the rest', () => {
  const { facts } = read('disk', {
    files: each((index) => `/proc/diskstats:8 0 disk${index}x 1 2 3 4 5 6 7 8 9 10 11\n`),
    text: `@both\n${each((index) => `/dev/disk${index}x ext4 10 5 5 50% 10 5 /m${index}\n`)}`,
  });
  expect(facts.filesystems).toHaveLength(2_000);
  expect(facts.devices).toHaveLength(2_000);
  expect(facts.leftOut).toEqual({ filesystems: claimed - 2_000, devices: claimed - 2_000 });
});

test('of more interfaces and addresses than a machine has it keeps the first and counts the rest', () => {
  const { facts } = read('network', {
    files: `/proc/net/dev:Inter-|\n/proc/net/dev: face |\n${each((index) => `/proc/net/dev:e${index}: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`)}`,
    text: `@ip\n${each((index) => `1: e0 inet6 2001:db8::${index.toString(16)}/64 scope global\n`)}`,
  });
  expect(facts.interfaces).toHaveLength(1_000);
  expect(facts.interfaces[0]?.addresses).toHaveLength(100);
  expect(facts.leftOut).toEqual({ interfaces: claimed - 1_000, addresses: claimed - 100 });
});

test('of more sensors than a machine has it keeps the first and counts the rest', () => {
  const { facts } = read('temperature', {
    files: each((index) => `/sys/class/hwmon/hwmon1/temp${index}_input:5000\n`),
  });
  expect(facts.sensors).toHaveLength(1_000);
  expect(facts.leftOut).toEqual({ sensors: claimed - 1_000 });
});

test('of more sockets than a machine has it keeps the first and counts the rest', () => {
  const { facts } = read('ports', {
    text: `@ss\n${each((index) => `tcp LISTEN 0 128 10.0.${index >> 8}.${index & 255}:22 0.0.0.0:*\n`)}`,
  });
  expect(facts.ports).toHaveLength(5_000);
  expect(facts.leftOut).toEqual({ ports: claimed - 5_000 });
});

test('of more processes than a machine has it keeps the first and counts the rest', () => {
  const rest = ' 1'.repeat(49);
  const { facts } = read('processes', {
    text: `@self 0\n@stat\n${each((index) => `${index + 10} (x) S 1${rest}\n`)}`,
  });
  expect(facts.ticks.size).toBe(20_000);
  expect(facts).toMatchObject({ total: claimed, leftOut: { processes: claimed - 20_000 } });
});

test('of more logins than were asked for it keeps the first and counts the rest', () => {
  const line = (index: number): string => `u${index} pts/0 10.0.0.1 2026-11-24T10:00:00+00:00 - still\n`;
  const { facts } = read('login_stats', { text: `@last\n${each(line)}@lastb\n${each(line)}` });
  expect(facts.recentLogins).toHaveLength(50);
  expect(facts.failedLogins).toHaveLength(50);
  expect(facts.leftOut).toEqual({ recentLogins: claimed - 50, failedLogins: claimed - 50 });
});

test('of more chains and rules than a firewall has it keeps chains in use and counts the rest', () => {
  const save = each((index) => `:c${index} - [0:0]\n`) + each(() => `-A c${claimed - 1} -p tcp -j DROP\n`, 6_000);
  const { facts } = read('firewall', { text: `@iptables 0\n*filter\n${save}` });
  expect(facts.chains).toHaveLength(2_000);
  expect(facts.chains[0]).toMatchObject({ name: `c${claimed - 1}` });
  expect(facts.chains[0]?.rules).toHaveLength(5_000);
  expect(facts.leftOut).toEqual({ chains: claimed - 2_000, rules: 1_000 });
});

test('a long text is cut wherever it is', () => {
  const long = 'x'.repeat(100_000);
  const { facts } = read('system', { text: `@uname Linux ${long} 6.1 x86_64\n@os\nPRETTY_NAME="${long}"\n` });
  expect(facts.hostname).toHaveLength(1_000);
  expect(facts.os).toMatch(/^x{999}…$/);
  const { facts: disk } = read('disk', { text: `@both\n/dev/a ext4 10 5 5 50% 10 5 /${long}\n` });
  expect(disk.filesystems[0]?.mount).toHaveLength(1_000);
});

test.each([
  [20, 500_000],
  [500, 20_000],
])('facts do not keep answers in memory: %i of %i characters', (answers, length) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const rest = 'x'.repeat(length);
  const usedBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = usedBytes();
  const readings = Array.from({ length: answers }, (_, index) =>
    // As from the wire: one text, of which every name is a piece.
    read('disk', {
      text: Buffer.from(`@both\n/dev/a ext4 10 5 5 50% 10 5 /a/long/mount/${index}\n${rest}\n`).toString(),
    }),
  );
  expect(usedBytes() - before).toBeLessThan(5_000_000);
  expect(readings[7]?.facts.filesystems[0]?.mount).toBe('/a/long/mount/7');
});

test('where nothing is left out the facts do not speak of it', () => {
  expect(read('cpu', { files: '/proc/stat:cpu  1 2 3 4\n/proc/stat:cpu0 1 2 3 4\n' }).facts).not.toHaveProperty(
    'leftOut',
  );
});
