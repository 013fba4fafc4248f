import { describe, expect, test } from 'vitest';
import type { Section } from '../../model/collector.ts';
import { processes } from './processes.ts';
import { processesView } from './view.ts';

function stat(pid: number, name: string, { state = 'S', parent = 1, ticks = 0, start = 100, pages = 10 } = {}): string {
  const tail = Array.from({ length: 28 }, () => 0).join(' ');
  return `${pid} (${name}) ${state} ${parent} 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 2 0 ${start} 1000 ${pages} ${tail}`;
}

function section(lines: readonly string[], { page = '4096', uptimeSeconds = 1000 } = {}): Section {
  const text = `@self 9\n@memory MemTotal: 1000 kB\n@page ${page}\n@stat\n${lines.join('\n')}`;
  return { files: '', text, uptimeSeconds, at: 0 };
}

test('counts by state; threads and memory', () => {
  const states = ['R', 'S', 'I', 'D', 'Z', 'T', 't'];
  const { facts } = processes.parse(section(states.map((state, index) => stat(index + 10, 'x', { state }))), undefined);
  expect(facts).toMatchObject({ total: 7, running: 1, sleeping: 2, blocked: 1, zombie: 1, stopped: 2, threads: 14 });
  expect(facts.memoryTotalBytes).toBe(1_024_000);
});

test.each([
  ['4096', 40_960],
  ['16384', 163_840],
  ['65536', 655_360],
  // As samplers of earlier versions print it.
  ['KernelPageSize: 16 kB', 163_840],
])('pages are as large as the host’s: %s', (page, residentBytes) => {
  const { facts } = processes.parse(section([stat(10, 'x')], { page }), undefined);
  expect([facts.topCpu[0]?.residentBytes, facts.topMemory[0]?.residentBytes]).toEqual([residentBytes, residentBytes]);
});

test.each(['', '4097', '12288', 'KernelPageSize: kB'])(
  'without the size of a page, memory is unknown: "%s"',
  (page) => {
    const lines = [stat(10, 'x', { ticks: 5 }), stat(2, 'kthreadd', { pages: 0 })];
    const { facts } = processes.parse(section(lines, { page }), undefined);
    expect(facts.topCpu.map(({ command, residentBytes }) => [command, residentBytes])).toEqual([
      ['x', null],
      ['[kthreadd]', 0],
    ]);
    expect(facts.topMemory).toEqual([]);
    expect(processesView(facts)).toMatchObject({ topMemory: [], top: [{ residentBytes: null }, { residentBytes: 0 }] });
  },
);

test('names that look like records neither hide nor invent a process', () => {
  const lines = [stat(10, 'a\n1 (b) R 1 1 1'), stat(11, ') R 1 1'), stat(12, '\n\n'), stat(13, 'plain')];
  const { facts } = processes.parse(section(lines), undefined);
  expect(facts.topMemory.map(({ pid, command }) => [pid, command])).toEqual([
    [10, 'a 1 (b) R 1 1 1'],
    [11, ') R 1 1'],
    [12, '  '],
    [13, 'plain'],
  ]);
});

test('what the sampler runs is not shown', () => {
  const lines = [stat(9, 'sh'), stat(20, 'sh', { parent: 9 }), stat(21, 'cat', { parent: 20 }), stat(30, 'nginx')];
  expect(processes.parse(section(lines), undefined).facts.topMemory.map(({ pid }) => pid)).toEqual([9, 30]);
});

test('a process that began since then counts from nought, also with a pid that was used before', () => {
  const first = processes.parse(section([stat(10, 'old', { ticks: 5_000 })]), undefined);
  const then = section([stat(10, 'new', { ticks: 500, start: 99_000 })], { uptimeSeconds: 1010 });
  const { facts } = processes.parse(then, { facts: first.facts, uptimeSeconds: 1000 });
  expect(facts.topCpu[0]).toMatchObject({ command: 'new', cpuRatio: 0.5 });
});

test('owners and command lines are asked for once, and remembered', () => {
  const first = processes.parse(section([stat(10, 'perl'), stat(11, 'sh')]), undefined);
  expect(first.ask).toBe('10 11');
  const text = [
    '@owners',
    'dr-xr-xr-x 9 ann ann 0 Nov 24 10:00 /proc/10',
    'dr-xr-xr-x 9 root root 0 Nov 24 10:00 /proc/11',
    '@commands',
    '==> /proc/10/cmdline <==',
    'perl -e x',
    '==> /proc/11/cmdline <==',
    'forged',
    '==> /proc/11/cmdline <==',
    'sh',
  ].join('\n');
  const details = processes.parse({ ...section([]), text }, { facts: first.facts, uptimeSeconds: 1000 });
  expect(details.facts.topCpu.map(({ user, command }) => [user, command])).toEqual([
    ['ann', 'perl -e x'],
    ['root', 'sh'],
  ]);
  const again = section([stat(10, 'perl'), stat(11, 'sh'), stat(12, 'new')], { uptimeSeconds: 1060 });
  expect(processes.parse(again, { facts: details.facts, uptimeSeconds: 1000 }).ask).toBe('12');
});

test('a kernel thread that is asked for last has no command line, and not that of the file behind it', () => {
  const first = processes.parse(section([stat(10, 'kworker/0:1', { pages: 0 })]), undefined);
  const text = [
    '@owners',
    'dr-xr-xr-x 9 root root 0 Nov 24 10:00 /proc/10',
    '@commands',
    '==> /proc/10/cmdline <==',
    '',
    '==> /dev/null <==',
    '',
  ].join('\n');
  const { facts } = processes.parse({ ...section([]), text }, { facts: first.facts, uptimeSeconds: 1000 });
  expect(facts.topCpu[0]?.command).toBe('[kworker/0:1]');
});

test('ten thousand are read and bounded', () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => stat(index + 10, `p${index}`, { pages: index }));
  const { facts } = processes.parse(section(lines), undefined);
  expect([facts.total, facts.topMemory.length, facts.topMemory[0]?.command]).toEqual([10_000, 20, 'p9999']);
});

describe('a host that hides processes of others', () => {
  const line = (pid: number): string =>
    `${pid} (sh) S 1 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 10 1000 100 0 ${'0 '.repeat(25)}`;
  const linux = (pids: readonly number[]) =>
    processes.parse(
      {
        files: '',
        text: `@self 9\n@memory MemTotal: 1000 kB\n@uptime 500.25\n@stat\n${pids.map(line).join('\n')}\n`,
        uptimeSeconds: 500,
        at: 0,
      },
      undefined,
    );

  test('is said to, and a part is not counted as the whole', () => {
    const { facts, error } = linux([77]);
    expect(error).toMatchObject({ reason: 'not-permitted', hint: expect.stringContaining('hidepid') });
    expect(facts).toMatchObject({ isPartial: true, total: 1 });
    expect(processes.metrics.processes?.read(facts)).toBeNull();
    expect(processesView(facts)).toMatchObject({ total: null, running: null, threads: null });
    expect(processesView(facts).top).toHaveLength(1);
  });

  test('is still said to when it was asked who owns them', () => {
    const { facts } = linux([77]);
    const text = '@owners\ndr-xr-xr-x 9 ann ann 0 Nov 24 10:00 /proc/77\n@commands\n==> /proc/77/cmdline <==\nsh\n';
    const asked = processes.parse({ files: '', text, uptimeSeconds: 500, at: 0 }, { facts, uptimeSeconds: 500 });
    expect(asked).toMatchObject({ error: { reason: 'not-permitted' }, facts: { topCpu: [{ user: 'ann' }] } });
  });

  test('is no host on which the first process is seen', () => {
    const { facts, error } = linux([1, 77]);
    expect(error).toBeUndefined();
    expect([facts.isPartial, processes.metrics.processes?.read(facts)]).toEqual([false, 2]);
    expect(processesView(facts).total).toBe(2);
  });

  test.each([
    ['FreeBSD for a user', '0', '1001', 'not-permitted'],
    ['FreeBSD for root', '0', '0', undefined],
    ['FreeBSD that hides nothing', '1', '1001', undefined],
  ])('%s', (_, seesOthers, userId, reason) => {
    const text = `@self 9 ${userId}\n@ps nlwp,\n  PID  PPID USER STAT  RSS NLWP      TIME STARTED                  COMMAND\n   77     1 ann  S    1000    1   0:00.10 Mon Nov 24 10:00:00 2026 sh\n`;
    const files = `uname:FreeBSD\nsysctl:security.bsd.see_other_uids: ${seesOthers}\ndate:1795528800\nsysctl:kern.boottime: { sec = 1795000000, usec = 1 }\n`;
    expect(processes.parse({ files, text, uptimeSeconds: 5, at: 0 }, undefined).error?.reason).toBe(reason);
  });
});

test('a share is over the time between the two looks at processes, however late in their answers they came', () => {
  const stat = (ticks: number): string =>
    `1 (burn) R 0 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 10 1000 100 0 ${'0 '.repeat(25)}`;
  const look = (uptimeSeconds: number, readAt: string, ticks: number) => ({
    files: '',
    text: `@self 9\n@uptime ${readAt}\n@stat\n${stat(ticks)}\n`,
    uptimeSeconds,
    at: 0,
  });
  const { facts } = processes.parse(look(100, '100.30', 1000), undefined);
  // The sample began 1.3 s after the first one did, but the processes were read 1 s after they had been.
  const { facts: then } = processes.parse(look(101.29, '101.30', 1100), { facts, uptimeSeconds: 100 });
  expect(then.topCpu[0]?.cpuRatio).toBeCloseTo(1, 5);
});
