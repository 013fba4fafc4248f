import { expect, test } from 'vitest';
import type { Section } from '../model/collector.ts';
import { processes } from './processes.ts';

function stat(pid: number, name: string, { state = 'S', parent = 1, ticks = 0, start = 100, pages = 10 } = {}): string {
  const tail = Array.from({ length: 28 }, () => 0).join(' ');
  return `${pid} (${name}) ${state} ${parent} 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 2 0 ${start} 1000 ${pages} ${tail}`;
}

function section(lines: readonly string[], { page = '4', uptimeSeconds = 1000 } = {}): Section {
  const text = `@self 9\n@memory MemTotal: 1000 kB\n@page KernelPageSize: ${page} kB\n@stat\n${lines.join('\n')}`;
  return { files: '', text, uptimeSeconds, at: 0 };
}

test('counts by state; threads and memory', () => {
  const states = ['R', 'S', 'I', 'D', 'Z', 'T', 't'];
  const { facts } = processes.parse(section(states.map((state, index) => stat(index + 10, 'x', { state }))), undefined);
  expect(facts).toMatchObject({ total: 7, running: 1, sleeping: 2, blocked: 1, zombie: 1, stopped: 2, threads: 14 });
  expect(facts.memoryTotalBytes).toBe(1_024_000);
});

test('pages are as large as the host’s', () => {
  const size = (page: string) => processes.parse(section([stat(10, 'x')], { page }), undefined).facts.topMemory[0];
  expect([size('4')?.residentBytes, size('16')?.residentBytes, size('')?.residentBytes]).toEqual([
    40_960, 163_840, 40_960,
  ]);
});

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
  expect([facts.total, facts.topMemory.length, facts.topMemory[0]?.command]).toEqual([10_000, 10, 'p9999']);
});
