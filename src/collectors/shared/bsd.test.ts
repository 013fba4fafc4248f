/** macOS, FreeBSD, OpenBSD and NetBSD: rates of two readings, and outputs that are not as they should be. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Collector, type Section, SectionFailure } from '../../model/collector.ts';
import { cpu } from '../cpu/cpu.ts';
import { disk } from '../disk/disk.ts';
import { memory } from '../memory/memory.ts';
import { network } from '../network/network.ts';
import { sockstatLine } from '../ports/bsd-ports.ts';
import { processes } from '../processes/processes.ts';
import { system } from '../system/system.ts';
import { uptime } from '../uptime.ts';
import { bootSeconds, bsdUptime, numbersOf, variables, variablesOf } from './bsd.ts';

const systems = ['freebsd-14', 'macos-14', 'netbsd-10', 'openbsd-7'] as const;

function fixture(name: string, of: (typeof systems)[number]): Section {
  const raw = readFileSync(join(import.meta.dirname, '../fixtures', name, `${of}.published.txt`), 'utf8');
  const [, files = raw, text] = /^(.*?)^---\n(.*)$/ms.exec(raw) ?? [];
  return { files, text, uptimeSeconds: 1000, at: 0 };
}

function later(section: Section, change: (files: string) => string): Section {
  const text = section.text === undefined ? undefined : change(section.text);
  return { ...section, files: change(section.files), text, uptimeSeconds: 1010 };
}

function rates<Facts>(collector: Collector<Facts>, section: Section, change: (files: string) => string): Facts {
  const { facts } = collector.parse(section, undefined);
  return collector.parse(later(section, change), { facts, uptimeSeconds: 1000 }).facts;
}

function reasonOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return error instanceof SectionFailure ? error.section.reason : 'unparsable';
  }
  return 'none';
}

describe('processor time of an interval', () => {
  test('FreeBSD, also of every core', () => {
    const facts = rates(cpu, fixture('cpu', 'freebsd-14'), (files) =>
      files
        .replace('32100 10 18800 1000 6168300', '32400 110 18900 1100 6169700')
        .replace('11600 4 8500 400 3089600', '11900 104 8600 500 3090000'),
    );
    expect(facts.total).toEqual({
      busy: 0.3,
      user: 0.15,
      nice: 0.05,
      system: 0.05,
      irq: 0.05,
      iowait: null,
      softirq: null,
      steal: null,
    });
    expect(facts.perCore.map(({ core, share }) => [core, share?.busy])).toEqual([
      [0, 0.6],
      [1, undefined],
    ]);
  });

  test('OpenBSD, with spinning as the kernel’s', () => {
    const facts = rates(cpu, fixture('cpu', 'openbsd-7'), (files) =>
      files.replace('2391,40,1987,60,117,976656', '2491,40,2037,110,117,977456'),
    );
    expect(facts.total).toMatchObject({ busy: 0.2, user: 0.1, system: 0.1, irq: 0 });
  });

  test('OpenBSD before 6.4, with five numbers', () => {
    const old = (files: string): string => files.replace('2391,40,1987,60,117,976656', '100,0,100,0,800');
    const section = later(fixture('cpu', 'openbsd-7'), old);
    const facts = rates(cpu, { ...section, uptimeSeconds: 1000 }, (files) =>
      files.replace('100,0,100,0,800', '110,0,110,0,880'),
    );
    expect(facts.total).toMatchObject({ busy: 0.2, user: 0.1, system: 0.1 });
  });

  test('NetBSD, by the names of the numbers', () => {
    const facts = rates(cpu, fixture('cpu', 'netbsd-10'), (files) =>
      files.replace('user = 177000', 'user = 177250').replace('idle = 33600000', 'idle = 33600750'),
    );
    expect(facts.total).toMatchObject({ busy: 0.25, user: 0.25, system: 0 });
  });

  test('macOS: of the last second, also where iostat shows disks', () => {
    const disks = `iostat:              disk0       cpu    load average
iostat:    KB/t  tps  MB/s  us sy id   1m   5m   15m
iostat:   24.13   17  0.39   3  2 95  1.56 1.62 1.71
iostat:    4.00    1  0.00  25 15 60  1.56 1.62 1.71`;
    const files = fixture('cpu', 'macos-14').files.replace(/^iostat:.*$/gm, '');
    const { facts } = cpu.parse({ ...fixture('cpu', 'macos-14'), files: `${files}\n${disks}` }, undefined);
    expect(facts.total).toMatchObject({ busy: 0.4, user: 0.25, system: 0.15 });
  });

  test('macOS: the average since boot is not taken for the last second', () => {
    const section = fixture('cpu', 'macos-14');
    const files = section.files.replace(/^iostat: 12 .*\n/m, '').replace('iostat: 12', '');
    expect(reasonOf(() => cpu.parse({ ...section, files: files.replace(/^iostat: +12.*$/m, '') }, undefined))).toBe(
      'not-installed',
    );
  });

  test('counters that were reset give no share', () => {
    const facts = rates(cpu, fixture('cpu', 'openbsd-7'), (files) =>
      files.replace('2391,40,1987,60,117,976656', '1,1,1,1,1,1'),
    );
    expect(facts.total).toBeNull();
  });
});

describe('traffic of an interval', () => {
  test.each([
    ['freebsd-14', 'vtnet0', '30412000', '30512000'],
    ['macos-14', 'en0', '48657563363', '48657663363'],
    ['netbsd-10', 'mue0', '50000000', '50100000'],
    ['openbsd-7', 'vio0', '12345678', '12445678'],
  ] as const)('%s', (of, name, before, now) => {
    const { interfaces } = rates(network, fixture('network', of), (files) => files.replace(before, now));
    const one = interfaces.find((each) => each.name === name);
    expect([one?.receivedBytesPerSecond, one?.sentBytesPerSecond]).toEqual([10_000, 0]);
  });

  test('rows of addresses are skipped, and odd numbers are not reported', () => {
    const { files } = fixture('network', 'macos-14');
    const more = `${files}netstat:en0 1500 192.0.2 192.0.2.100 1 - 2 3 - 4 -\nnetstat:en9 1500 <Link#9> aa - 0 -5 1 0 7 0\n`;
    const { facts } = network.parse({ files: more, text: undefined, uptimeSeconds: 1, at: 0 }, undefined);
    expect(facts.interfaces.map(({ name }) => name)).toEqual(['lo0', 'gif0', 'en0', 'utun0']);
    expect(facts.interfaces.find(({ name }) => name === 'en0')?.receivedBytes).toBe(48_657_563_363);
  });
});

test('a process’s processor time is what it grew by, and the sampler’s own are not shown', () => {
  const section = fixture('processes', 'openbsd-7');
  const facts = rates(processes, section, (text) =>
    text.replace('3:20.15', '3:25.15').replace('41000  8810', '41001 41000'),
  );
  expect(facts.topCpu[0]).toMatchObject({ pid: 23_456, user: '_unbound', cpuRatio: 0.5 });
  expect(facts.topCpu.map(({ pid }) => pid)).not.toContain(41_001);
});

test('times of processes with hours and days are read, lines that are no process are not', () => {
  const ps = (time: string): string => `9 1 ann S 10 ${time} Mon Nov 23 14:00:00 2026     x`;
  const ticks = (time: string): number | undefined => {
    const text = `@self 99\n@ps\n PID PPID USER STAT RSS TIME STARTED COMMAND\nnonsense\n${ps('0:01.00').replace('9', '8')}\n${ps(time)}`;
    const { facts } = processes.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
    return facts.topCpu.find(({ pid }) => pid === 9)?.cpuTicks;
  };
  expect(['0:01.23', '1:02:03', '2-01:00:00', '0:01', 'odd', '1:2'].map(ticks)).toEqual([
    123,
    372_300,
    17_640_000,
    100,
    undefined,
    undefined,
  ]);
});

describe('when a host booted', () => {
  test.each([
    ['kern.boottime: { sec = 1795442400, usec = 837885 } Mon Nov 23 14:00:00 2026', 1_795_442_400],
    ['kern.boottime: {sec=1795442400, usec=837885}', 1_795_442_400],
    ['kern.boottime = 1795442400', 1_795_442_400],
    ['kern.boottime=Mon Nov 23 14:00:00 2026', 1_795_442_400],
    ['kern.boottime = Tue Nov  3 14:00:00 2026', 1_793_714_400],
    ['kern.boottime = yesterday', null],
    ['kern.boottime: { sec = , usec = 1 }', null],
    ['kern.securelevel = 1', null],
  ])('%s', (line, seconds) => {
    expect(bootSeconds(variablesOf([line]))).toBe(seconds);
  });

  test('is not computed with a clock that is behind it, or without a clock', () => {
    const boot = 'sysctl:kern.boottime = 1795442400\n';
    expect([bsdUptime(`date:1\n${boot}`), bsdUptime(boot), bsdUptime('date:1795442460\n')]).toEqual([null, null, null]);
    expect(bsdUptime(`date:1795442460\n${boot}`)).toBe(60);
  });
});

test('numbers in braces, with commas and bare; none when one is odd', () => {
  expect(['{ 0.20 0.15 0.10 }', '1,2,3', '1 2', '1 x 2', '-1', undefined].map(numbersOf)).toEqual([
    [0.2, 0.15, 0.1],
    [1, 2, 3],
    [1, 2],
    [],
    [],
    [],
  ]);
  expect([...variables('sysctl:a.b: 1\nsysctl:a.c=2\nsysctl:a.d = 3\nsysctl:odd\n')]).toEqual([
    ['a.b', '1'],
    ['a.c', '2'],
    ['a.d', '3'],
  ]);
});

describe('memory', () => {
  test('unreported swap is not zero; no swap is', () => {
    const swapOf = (of: (typeof systems)[number], change: (files: string) => string) => {
      const { facts } = memory.parse(later(fixture('memory', of), change), undefined);
      return [facts.swapTotalBytes, facts.swapUsedBytes];
    };
    expect(swapOf('freebsd-14', (files) => files.replace(/^swapinfo:.*$/gm, ''))).toEqual([null, null]);
    expect(swapOf('freebsd-14', (files) => files.replace(/^swapinfo:(\/dev|Total).*$/gm, ''))).toEqual([0, 0]);
    expect(swapOf('openbsd-7', (files) => files.replaceAll('swap pages', 'other pages'))).toEqual([null, null]);
    expect(swapOf('macos-14', (files) => files.replace('2048.00M', '?'))).toEqual([null, null]);
  });

  test('pages are as large as vm_stat says', () => {
    const free = (pageBytes: string) =>
      memory.parse(
        later(fixture('memory', 'macos-14'), (files) => files.replace('size of 16384', `size of ${pageBytes}`)),
        undefined,
      ).facts.freeBytes;
    expect([free('16384'), free('4096')]).toEqual([6474 * 16_384, 6474 * 4_096]);
  });

  test('more available than there is counts as all', () => {
    const section = later(fixture('memory', 'freebsd-14'), (files) => files.replace('182182', '9999999999'));
    expect(memory.parse(section, undefined).facts).toMatchObject({ availableBytes: 2_111_283_200, usedBytes: 0 });
  });
});

describe.each(systems)('%s without one of its tools', (of) => {
  test.each([
    ['cpu', cpu, 'sysctl'],
    ['memory', memory, 'sysctl'],
    ['uptime', uptime, 'sysctl'],
    ['uptime', uptime, 'date'],
    ['network', network, 'netstat'],
  ] as const)('says that %s is not told', (name, collector, tool) => {
    const section = fixture(name, of);
    const files = section.files.replace(new RegExp(`^${tool}:.*\n`, 'gm'), '');
    expect(reasonOf(() => collector.parse({ ...section, files }, undefined))).toBe('not-installed');
  });

  test('a line of memory that is cut short gives no numbers', () => {
    const section = fixture('memory', of);
    const files = section.files.replace(/(v_free_count|Pages free|hw\.physmem\w*|bytes per page)(: .*)?/g, '$1: x');
    expect(reasonOf(() => memory.parse({ ...section, files }, undefined))).toBe('not-installed');
  });
});

test('a program whose name has a space keeps it', () => {
  expect(sockstatLine('root     my prog    12   3  tcp4   127.0.0.1:80      *:*')).toMatchObject([
    { process: 'my prog', pid: 12, localPort: 80 },
  ]);
  expect([sockstatLine('USER COMMAND PID FD PROTO LOCAL ADDRESS FOREIGN'), sockstatLine('')]).toEqual([[], []]);
});

test('inodes that a file system does not have are not reported', () => {
  const { facts } = disk.parse(fixture('disk', 'freebsd-14'), undefined);
  expect(facts.filesystems.map(({ mount, inodesTotal }) => [mount, inodesTotal])).toEqual([
    ['/', 722_302],
    ['/boot/efi', null],
    ['/usr/home', 18_879_368],
  ]);
});

test.each([
  ['kern.vm_guest: none', null],
  ['kern.vm_guest: hv', 'microsoft'],
  ['kern.vm_guest: bhyve', 'bhyve'],
  ['kern.vm_guest: kvm\nsecurity.jail.jailed: 1', 'jail'],
  ['kern.hv_vmm_present: 1', 'vm'],
])('a guest is known by %s', (lines, virtualisation) => {
  const section = later(fixture('system', 'freebsd-14'), (text) =>
    text.replace('security.jail.jailed: 0\n', '').replace('kern.vm_guest: kvm', lines),
  );
  expect(system.parse(section, undefined).facts.virtualisation).toBe(virtualisation);
});
