/** What holds for every collector, and what two samples make of counters. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Collector, originOf, type Previous, type Reading, type Section } from '../model/collector.ts';
import { cpu } from './cpu/cpu.ts';
import { disk } from './disk/disk.ts';
import { collectors as all } from './index.ts';
import { memory } from './memory/memory.ts';
import { network } from './network/network.ts';
import { processes } from './processes/processes.ts';
import { temperature } from './temperature/temperature.ts';

type Any = Collector<unknown>;
const collectors = all as unknown as readonly Any[];
const at = Date.parse('2026-01-01T00:00:00Z');

function section(files: string, text?: string, uptimeSeconds = 1000): Section {
  return { files, text, uptimeSeconds, at };
}

/** The second of two samples. */
function second<Facts>(collector: Collector<Facts>, first: Section, then: Section): Reading<Facts> {
  const before = collector.parse(first, undefined);
  return collector.parse(then, { facts: before.facts, uptimeSeconds: first.uptimeSeconds });
}

describe('metrics', () => {
  const named = collectors.flatMap(({ name, metrics }) =>
    Object.entries(metrics).map(([metric, rest]) => ({ name, metric, ...rest })),
  );

  test('have names and units as Prometheus wants them, each once', () => {
    for (const { metric, unit, kind, help } of named) {
      expect(metric).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(metric).toMatch(new RegExp(`${unit}${kind === 'counter' ? '_total' : ''}$`));
      expect(help).toMatch(/^[A-Z].*[^.]$/);
    }
    expect(new Set(named.map(({ metric }) => metric)).size).toBe(named.length);
  });

  test('are as old as the part of their section that they are from: files are read with every sample', () => {
    const origins = new Map<string, Set<number>>();
    for (const collector of collectors)
      for (const [metric, one] of Object.entries(collector.metrics)) {
        const { part, cadenceSeconds } = originOf(collector, one);
        const key = part === null ? collector.name : `${collector.name} ${part} ${metric.split('_')[0]}`;
        origins.set(key, (origins.get(key) ?? new Set()).add(cadenceSeconds));
      }
    expect(Object.fromEntries([...origins].map(([key, seconds]) => [key, [...seconds]]))).toEqual({
      uptime: [0],
      cpu: [0],
      memory: [0],
      'disk filesystems filesystem': [120],
      'disk devices disk': [0],
      'network counters network': [0],
      'network counters sockets': [0],
      'network counters tcp': [0],
      'network counters udp': [0],
      'temperature sensors temperature': [0],
      processes: [60],
      ports: [120],
      firewall: [300],
      login_stats: [600],
      accounts: [600],
      system: [3600],
    });
    for (const { name, files, shell, parts, metrics } of collectors)
      if (files.length > 0 && shell !== null && Object.keys(metrics).length > 0)
        expect([name, parts]).not.toContain(undefined);
  });
});

describe('whatever a host prints', () => {
  const root = join(import.meta.dirname, 'fixtures');
  const samples = collectors.flatMap((collector) => {
    const folder = join(root, collector.name);
    const files = readdirSync(root).includes(collector.name)
      ? readdirSync(folder).filter((file) => file.endsWith('.txt'))
      : [];
    return files.map((file) => ({ collector, raw: readFileSync(join(folder, file), 'utf8') }));
  });
  const nasty = fc.constantFrom(
    '\u0000',
    '\u001b[2J',
    '@',
    '@df',
    '-1',
    '99999999999999999999999',
    'NaN',
    '1e999',
    '\n',
    ' ',
    'x'.repeat(5000),
    '}{',
    '"',
    '/',
  );
  const change = fc.record({
    from: fc.nat(20_000),
    length: fc.nat(200),
    put: fc.oneof(nasty, fc.string({ unit: 'binary' })),
  });

  /** Numbers anywhere in it are finite; what is called a ratio is within 0 and 1. */
  function expectSane(value: unknown, name = ''): void {
    if (typeof value === 'number') {
      expect([name, Number.isFinite(value)]).toEqual([name, true]);
      if (name.endsWith('Ratio') && name !== 'cpuRatio') expect(value >= 0 && value <= 1).toBe(true);
    } else if (Array.isArray(value)) for (const one of value) expectSane(one, name);
    else if (value instanceof Map) for (const one of value.values()) expectSane(one, name);
    else if (typeof value === 'object' && value !== null)
      for (const [key, one] of Object.entries(value)) expectSane(one, key);
  }

  test('facts are numbers that can be, or an Error says what is wrong', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(change, { maxLength: 4 }), ({ collector, raw }, changes) => {
        let text = raw;
        for (const { from, length, put } of changes) {
          const start = from % (text.length + 1);
          text = text.slice(0, start) + put + text.slice(start + length);
        }
        const [files = '', body] = text.split(/^---\n/m);
        let previous: Previous<unknown> | undefined;
        for (const uptimeSeconds of [1000, 1030]) {
          try {
            const reading = collector.parse(section(files, body, uptimeSeconds), previous);
            expectSane(reading.facts);
            for (const metric of Object.values(collector.metrics)) expectSane(metric.read(reading.facts));
            previous = { facts: reading.facts, uptimeSeconds };
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            if ((error as Error).name === 'AssertionError') throw error;
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([' ', '1 ', 'a', '(', '"', '\\"', '\n'])('a line of a megabyte of %j hangs nothing', (unit) => {
    const long = unit.repeat(1_000_000 / unit.length);
    for (const { collector, raw } of samples.filter((_, index) => index % 4 === 2)) {
      const last = raw.trimEnd().lastIndexOf('\n') + 1;
      const [files = '', body] = `${raw.slice(0, last)}${long}${raw.slice(last)}`.split(/^---\n/m);
      try {
        collector.parse(section(files, body), undefined);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
  });
});

describe('rates', () => {
  const stat = (busy: number, idle: number) =>
    section(
      `/proc/stat:cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n/proc/stat:cpu0 ${busy} 0 0 ${idle} 0 0 0 0 0 0\n/proc/loadavg:0.5 0.4 0.3 1/100 9\n`,
    );

  test('a CPU’s share is what it did between two samples', () => {
    const { facts } = second(cpu, stat(900, 100), stat(925, 175));
    expect(facts.total?.busy).toBeCloseTo(0.25);
    expect(cpu.parse(stat(900, 100), undefined).facts.total).toBeNull();
  });

  test('counters that were set back make no share', () => {
    expect(second(cpu, stat(900, 100), stat(5, 5)).facts.total).toBeNull();
  });

  const dev = (received: number, sent: number, uptime: number) =>
    section(
      `/proc/net/dev:Inter-|\n/proc/net/dev: face |\n/proc/net/dev:  eth0: ${received} 1 0 0 0 0 0 0 ${sent} 1 0 0 0 0 0 0\n`,
      '@ip\n@state\n',
      uptime,
    );

  test.each([
    ['grow', [1_000, 0], [31_000, 0], 1_000],
    ['wrap at 32 bits', [4_294_967_000, 0], [29_704, 0], 1_000],
    ['are set back', [1_000_000, 5_000_000], [10, 10], null],
  ] as const)('a network’s counters that %s', (_, [rx, tx], [rx2, tx2], rate) => {
    const { facts } = second(network, dev(rx, tx, 100), dev(rx2, tx2, 130));
    expect(facts.interfaces[0]?.receivedBytesPerSecond).toBe(rate);
  });

  test('rates use the host’s clock; a clock that stands still gives none', () => {
    expect(second(network, dev(0, 0, 100), dev(500, 0, 100)).facts.interfaces[0]?.receivedBytesPerSecond).toBeNull();
    expect(second(network, dev(0, 0, 100), dev(500, 0, 102)).facts.interfaces[0]?.receivedBytesPerSecond).toBe(250);
  });

  test('a disk’s sectors are 512 bytes', () => {
    const stats = (sectors: number, uptime: number) =>
      section(`/proc/diskstats: 8 0 sda 1 0 ${sectors} 5 1 0 0 5 0 ${sectors / 2} 10 0 0 0 0 0 0\n`, undefined, uptime);
    const device = second(disk, stats(0, 100), stats(2_000, 110)).facts.devices[0];
    expect(device).toMatchObject({ device: 'sda', readBytesPerSecond: 102_400, writtenBytesPerSecond: 0 });
    expect(device?.busyRatio).toBeCloseTo(0.1);
  });

  test('a process that uses CPU now ranks above one that used it before', () => {
    const stats = (young: number, uptime: number) => {
      const line = (pid: number, name: string, ticks: number, start: number) =>
        `${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 1000 100 0 ${'0 '.repeat(25)}`;
      return section(
        '',
        `@self 9\n@memory MemTotal: 1000 kB\n@stat\n${line(2, 'old', 90_000, 10)}\n${line(3, 'a) b(\n', young, 20)}\n`,
        uptime,
      );
    };
    const { facts, ask } = second(processes, stats(0, 1000), stats(500, 1010));
    expect(facts.topCpu[0]).toMatchObject({ pid: 3, cpuRatio: 0.5 });
    expect(ask?.split(' ').sort()).toEqual(['2', '3']);
  });
});

test('memory of kernels that do not say what is available', () => {
  const files = [
    'MemTotal: 1000 kB',
    'MemFree: 100 kB',
    'Buffers: 50 kB',
    'Cached: 250 kB',
    'SReclaimable: 20 kB',
    'Shmem: 20 kB',
    'SwapTotal: 0 kB',
    'SwapFree: 0 kB',
  ];
  const { facts } = memory.parse(section(files.map((line) => `/proc/meminfo:${line}\n`).join('')), undefined);
  expect(facts).toMatchObject({ totalBytes: 1_024_000, availableIsEstimate: true });
  expect(facts.availableBytes).toBeGreaterThan(300 * 1024);
});

test('temperatures by chip and label; sensors that are not there are left out', () => {
  const lines = [
    'hwmon0/name:coretemp',
    'hwmon0/temp1_input:54000',
    'hwmon0/temp1_label:Package id 0',
    'hwmon0/temp2_input:-128000',
    'hwmon1/name:nvme',
    'hwmon1/temp1_input:38850',
  ];
  const { facts } = temperature.parse(section(lines.map((line) => `/sys/class/hwmon/${line}\n`).join('')), undefined);
  expect(facts.sensors).toEqual([
    { label: 'coretemp Package id 0', celsius: 54, isTelling: true },
    { label: 'nvme temp1', celsius: 38.85, isTelling: true },
  ]);
});
