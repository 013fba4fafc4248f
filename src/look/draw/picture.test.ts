import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { FactsByName } from '../../collectors/index.ts';
import { json, plain } from '../../lib/bounds/terminal.ts';
import type { SectionError } from '../../model/collector.ts';
import { codeOf, codeOfFailure, problemsOf, unreadOf } from '../judge.ts';
import { nagiosFailure, nagiosLines } from '../nagios.ts';
import { createPaint, wantsColours } from './paint.ts';
import { picture } from './picture.ts';
import { width, wrap } from './text.ts';

const at = Date.UTC(2026, 10, 30, 12);
const gib = 1024 ** 3;
const ownColours = new RegExp(`${String.fromCharCode(27)}\\[\\d{1,2}m`, 'g');
const hostile = '\u001b[2J\u001b]0;x\u0007evil\u202e|\n漢字漢字';

const facts: { readonly [Name in keyof FactsByName]?: Partial<FactsByName[Name]> } = {
  cpu: {
    total: { busy: 0.32, user: 0.2, system: 0.08, nice: 0, iowait: 0.04, irq: 0, softirq: 0, steal: 0.1 },
    cores: 4,
    load: [1.2, 0.9, 0.7],
    pressure: null,
    perCore: [],
  },
  memory: {
    totalBytes: 8 * gib,
    usedBytes: 6 * gib,
    availableBytes: 2 * gib,
    swapTotalBytes: gib,
    swapUsedBytes: 0,
    pressure: null,
  },
  disk: {
    filesystems: [
      {
        filesystem: '/dev/sda1',
        type: 'ext4',
        mount: '/',
        totalBytes: 100 * gib,
        usedBytes: 40 * gib,
        availableBytes: 60 * gib,
        usedRatio: 0.4,
        inodesTotal: null,
        inodesUsed: null,
      },
      {
        filesystem: '/dev/sdb1',
        type: 'xfs',
        mount: `/data ${hostile}`,
        totalBytes: 100 * gib,
        usedBytes: 98 * gib,
        availableBytes: 2 * gib,
        usedRatio: 0.98,
        inodesTotal: null,
        inodesUsed: null,
      },
    ],
    devices: [],
    pressure: null,
  },
  system: {
    hostname: hostile,
    os: 'Debian GNU/Linux 12',
    osVersion: '12',
    kernelName: 'Linux',
    kernel: '6.1',
    architecture: 'x86_64',
    virtualisation: null,
    cpuModel: 'A model with a long name, as many have',
    rebootRequired: true,
    clockOffsetSeconds: 0,
  },
  uptime: { seconds: 90_061, bootId: null },
  processes: {
    isPartial: false,
    total: 3,
    running: 1,
    blocked: 1,
    zombie: 0,
    topCpu: [
      {
        pid: 7,
        startTicks: 1,
        user: 'root',
        state: 'R',
        cpuTicks: 1,
        cpuRatio: 1.5,
        residentBytes: gib,
        command: hostile.repeat(9),
      },
    ],
    topMemory: [],
  },
  ports: {
    ports: [{ protocol: 'tcp', localAddress: '0.0.0.0', localPort: 22, state: null, pid: 1, process: hostile }],
  },
};
const refused: SectionError = {
  reason: 'not-permitted',
  message: `Only root can ${hostile}`,
  hint: 'Permit it in sudoers',
};

const sections = Object.fromEntries([
  ...Object.entries(facts).map(
    ([name, of]) => [name, { facts: of, collectedAt: at, parts: null, source: 'x', error: null }] as const,
  ),
  ['firewall', { facts: null, collectedAt: null, parts: null, source: null, error: refused }] as const,
  [
    'temperature',
    {
      facts: null,
      collectedAt: null,
      parts: null,
      source: null,
      error: { ...refused, reason: 'not-installed' as const },
    },
  ] as const,
]);
const sample = { sections: [], bootId: null, readAt: at, roundTripMs: 12 };
const snapshot = {
  hostId: 1,
  status: null,
  state: null,
  sampledAt: at,
  bootId: null,
  failure: null,
  hops: [],
  sections,
};
const problems = problemsOf(sections, sample);
const seen = { name: 'web', snapshot, sample, problems, cpu: [0.1, 0.9], hasHints: false };

test.each([50, 80, 120])(
  'no line of %i columns is longer, and nothing from the host controls the terminal',
  (columns) => {
    const lines = picture(seen, createPaint(true), columns);
    for (const line of lines) {
      const bare = stripVTControlCharacters(line);
      expect([bare, width(bare) <= columns]).toEqual([bare, true]);
      // Only our own colours are left.
      expect(line.replaceAll(ownColours, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  },
);

test('the picture has the worst first, a bar for each value, and says why something is missing', () => {
  const text = picture(seen, createPaint(false), 80).join('\n');
  expect(text).toMatch(/^web \(.*evil.*\) +up 1 d 1 h\n/);
  expect(text).toContain('An update waits for a restart');
  expect(text).toMatch(/✖ Disk full {2}\/data .*98 %, limit 97 %/);
  expect(text).toMatch(/^CPU {9}█+.*32 % {3}user 20 {2}system 8 {2}wait 4 {2}stolen 10$/m);
  expect(text).toContain('▂▇');
  expect(text).toMatch(/^Memory .*75 % {3}6.00 of 8.00 GiB, 2.00 GiB available$/m);
  expect(text.indexOf('/data')).toBeLessThan(text.indexOf('/     '));
  expect(text).toMatch(/^Firewall {4}Only root can/m);
  expect(text).not.toContain('Permit it in sudoers');
  expect(text).toContain('use --sudo');
  expect(text).not.toMatch(/^Temperature/m);
  expect(picture({ ...seen, hasHints: true }, createPaint(false), 80).join('\n')).toContain('Permit it in sudoers');
});

test('of two rules about one file system only the worse one is told, and decides the exit code', () => {
  expect(problems.map(({ severity, name }) => [severity, name])).toEqual([['critical', 'Disk full']]);
  expect([codeOf(problems, []), codeOf([], [])]).toEqual([2, 0]);
  expect(codeOf([{ ...problems[0]!, severity: 'warning' }], [])).toBe(1);
});

test.each([
  ['tcp', 'refused', 2],
  ['tcp', 'timed-out', 2],
  ['handshake', 'timed-out', 2],
  ['handshake', 'no-algorithm', 3],
  ['dns', 'not-found', 3],
  ['auth', 'rejected', 3],
  ['host-key', 'changed', 3],
  ['sonde', 'no-network', 3],
] as const)('a host that ends at %s/%s has the exit code %i', (stage, reason, code) => {
  const failure = { stage, reason, message: 'm', hint: 'h' };
  expect(codeOfFailure(failure)).toBe(code);
  const hop = { index: 0, hostId: null, name: 'edge', failure: null };
  expect(codeOfFailure({ ...failure, hop })).toBe(3);
});

test('the line of a plugin has one bar, before its performance data with the limits of the rules', () => {
  const [first = '', ...more] = nagiosLines('web', sections, problems);
  expect(first).toMatch(/^SONDE CRITICAL - web: Disk full: .*98 %, limit 97 % \| /);
  expect(first.split('|')).toHaveLength(2);
  expect(first).toContain("'memory'=75%;92;97;0;100 ");
  expect(first).toContain("'disk /'=40%;90;97;0;100 ");
  expect(first).toMatch(/'load1'=1.2;;;0( |$)/);
  expect(more).toHaveLength(1);
  expect(nagiosFailure('web', { stage: 'tcp', reason: 'refused', message: 'No | way', hint: '' })[0]).toBe(
    'SONDE CRITICAL - web: No / way',
  );
});

test('colours are for terminals, unless somebody says otherwise', () => {
  expect(wantsColours(true, {})).toBe(true);
  expect(wantsColours(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColours(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColours(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColours(false, {})).toBe(false);
  expect(wantsColours(false, { FORCE_COLOR: '1' })).toBe(true);
});

test('text is cut and wrapped by columns, wide letters counted twice', () => {
  expect(plain('a\u001b[31mb\nc')).toBe('a [31mb c');
  expect([width('漢字'), width('e\u0301')]).toEqual([4, 1]);
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('a-very-long-word', 6)).toEqual(['a-ver…']);
});

test('a disk that could not be read is unknown and not fine, unless something else is known to be wrong', () => {
  const error: SectionError = { reason: 'timed-out', message: 'df took too long', hint: '' };
  const { disk } = sections;
  if (disk === undefined) throw new Error('there is a disk');
  const unread = unreadOf({ ...sections, disk: { ...disk, error } });
  expect([codeOf([], unread), codeOf(problems.slice(0, 1), unread), codeOf([], [])]).toEqual([3, 2, 0]);
  expect(nagiosLines('web', { disk: { ...disk, facts: null, error } }, [])[0]).toMatch(
    /^SONDE UNKNOWN - web: df took too long \|/,
  );
  expect(unreadOf({ disk: { ...disk, error: { ...error, reason: 'not-permitted' } } })).toEqual([]);
});

test('JSON controls no terminal, and means the same', () => {
  const value = { mount: `/data ${hostile}\u009b2J\u{e0001}` };
  expect(json(value)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(json(value))).toEqual(value);
});
