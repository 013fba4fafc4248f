import { expect, test } from 'vitest';
import type { FactsByName } from '../../collectors/index.ts';
import { collectors } from '../../collectors/index.ts';
import type { Collector } from '../../model/collector.ts';
import type { Sample } from '../../model/observation.ts';
import type { Shell } from '../../ssh/shell.ts';
import { collect, HostMemory } from './collect.ts';

/** What the host answers one request with, and how long that takes. */
type Answered = {
  readonly uptime: string;
  readonly files: string;
  readonly texts?: Readonly<Record<string, string>>;
  readonly tookMs?: number;
};

const nonce = 'a'.repeat(24);

/** A host that answers what it is told to, on a clock that only its answers and `pass` move. */
function hostOf(names: readonly string[]) {
  let nowMs = 1_000_000;
  let next: Answered = { uptime: '0', files: '' };
  const requests: string[] = [];
  const clock = { now: () => nowMs, monotonic: () => nowMs } as never;
  const shell = {
    announced: null,
    isOpen: () => true,
    close: () => {},
    request: (sections: string) => {
      requests.push(sections);
      nowMs += next.tookMs ?? 0;
      const { uptime, files, texts = {} } = next;
      const asked = sections
        .split(' ')
        .flatMap((one) => (texts[one] === undefined ? [] : [[one, texts[one]] as const]));
      const parts = asked.map(([name, text]) => `@@${nonce} section ${name}\n${text}\n`).join('');
      const text = `\n@@${nonce} begin ${uptime}\n${files}${parts}@@${nonce} end\n`;
      return Promise.resolve({ text, nonce, complete: true });
    },
  } as unknown as Shell;
  const memory = new HostMemory();
  const some = collectors.filter(({ name }) => names.includes(name)) as readonly Collector<never>[];
  return {
    requests,
    pass: (ms: number): void => {
      nowMs += ms;
    },
    sample: (answer: Answered, isLookedAt = false): Promise<Sample> => {
      next = answer;
      return collect(shell, some, memory, clock, { refusals: [], learn: () => {} }, isLookedAt);
    },
  };
}

function factsOf<Name extends keyof FactsByName>({ sections }: Sample, name: Name): FactsByName[Name] {
  return sections.find((one) => one.name === name)?.facts as FactsByName[Name];
}

const boot = (id: string): string => `/proc/sys/kernel/random/boot_id:${id}\n`;
const first = '11111111-1111-1111-1111-111111111111';
const second = '22222222-2222-2222-2222-222222222222';
const dev = (bytes: number): string => `/proc/net/dev:eth0: ${bytes} 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
const rate = (sample: Sample) => factsOf(sample, 'network').interfaces[0]?.receivedBytesPerSecond;

test.each([
  ['one answer without a boot id is not a reboot', '', 500],
  ['the same boot id', boot(first), 500],
  ['another boot id is a reboot', boot(second), null],
])('%s', async (_, told, expected) => {
  const host = hostOf(['network']);
  await host.sample({ uptime: '100.00', files: dev(0) + boot(first) });
  host.pass(10_000);
  const then = await host.sample({ uptime: '110.00', files: dev(5_000) + told });
  expect(rate(then)).toBe(expected);
});

test('after an answer without a boot id the next one is compared with the one before it', async () => {
  const host = hostOf(['network']);
  await host.sample({ uptime: '100.00', files: dev(0) + boot(first) });
  await host.sample({ uptime: '110.00', files: dev(5_000) });
  const after = await host.sample({ uptime: '120.00', files: dev(9_000) + boot(second) });
  expect([rate(after), after.bootId]).toEqual([null, second]);
});

test.each([
  ['says that it has been up for 0 seconds', '0.00', '0.00', '0.00'],
  ['says nothing of its uptime', '', '', ''],
  ['has a clock that stands still', '77.12', '77.12', '77.12'],
])('rates of a host that %s are measured by our clock', async (_, one, two, three) => {
  const host = hostOf(['network', 'uptime']);
  await host.sample({ uptime: one, files: dev(0) });
  host.pass(10_000);
  await host.sample({ uptime: two, files: dev(5_000) });
  host.pass(10_000);
  expect(rate(await host.sample({ uptime: three, files: dev(15_000) }))).toBe(1_000);
});

test('an uptime of 0 is said to be unknown', async () => {
  const host = hostOf(['uptime']);
  const { sections } = await host.sample({ uptime: '0.00', files: '/proc/uptime:0.00 0.00\n' });
  expect(sections[0]).toMatchObject({ facts: null, error: { reason: 'unparsable' } });
});

test('a sample is from the middle between its request and its answer', async () => {
  const host = hostOf(['network']);
  const { readAt, sections } = await host.sample({ uptime: '1.00', files: dev(0), tookMs: 400 });
  expect(readAt).toBe(1_000_200);
  expect(sections[0]?.collectedAt).toBe(1_000_200);
});

test('a sample is from a whole millisecond, as times are stored, and says how long its answer took', async () => {
  const sample = await hostOf(['network']).sample({ uptime: '1.00', files: dev(0), tookMs: 401 });
  expect(sample).toMatchObject({ readAt: 1_000_201, roundTripMs: 401 });
});

test('every part of a section carries its own time', async () => {
  const host = hostOf(['disk', 'network']);
  const df =
    '@both\nFilesystem Type 1K-blocks Used Avail Use% Inodes IUsed Mounted on\n/dev/sda1 ext4 10 5 5 50% 9 1 /';
  const files = `${dev(0)}/proc/diskstats: 8 0 sda 1 0 8 1 1 0 8 1 0 1 1\n`;
  await host.sample({
    uptime: '1.00',
    files,
    texts: { disk: df.replaceAll('@', `@${nonce} `), network: `@${nonce} ip` },
  });
  host.pass(60_000);
  const { sections } = await host.sample({ uptime: '61.00', files });
  expect(host.requests).toEqual(['disk network', '']);
  expect(sections.map(({ name, collectedAt, parts }) => ({ name, collectedAt, parts }))).toEqual([
    { name: 'disk', collectedAt: 1_000_000, parts: { devices: 1_060_000, filesystems: 1_000_000 } },
    { name: 'network', collectedAt: 1_060_000, parts: { counters: 1_060_000, addresses: 1_000_000 } },
  ]);
});

test('a part that a new connection has not heard of was never read', async () => {
  const host = hostOf(['disk']);
  const files = '/proc/diskstats: 8 0 sda 1 0 8 1 1 0 8 1 0 1 1\n';
  const { sections } = await host.sample({ uptime: '1.00', files });
  expect(sections[0]).toMatchObject({
    facts: { filesystems: [] },
    collectedAt: 1_000_000,
    parts: { devices: 1_000_000, filesystems: 0 },
  });
});

/** A host of so many processes that is sampled every five seconds for a minute: how often they were read after the first two samples. */
async function readsOfProcesses(count: number, isLookedAt: boolean): Promise<number> {
  const host = hostOf(['processes']);
  const stat = `1 (init) S 0 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 10 1000 100 0 ${'0 '.repeat(25)}`;
  const lines = Array.from({ length: count }, (_, index) => stat.replace('1 (init)', `${index + 1} (one)`)).join('\n');
  const sample = async (index: number): Promise<void> => {
    const processes = `@${nonce} self 9\n@${nonce} uptime ${100 + index * 5}.00\n@${nonce} stat\n${lines}`;
    await host.sample({ uptime: `${100 + index * 5}.00`, files: '', texts: { processes } }, isLookedAt);
    host.pass(5_000);
  };
  for (let index = 0; index < 2; index += 1) await sample(index);
  const before = host.requests.filter((request) => request === 'processes').length;
  for (let index = 2; index < 14; index += 1) await sample(index);
  return host.requests.filter((request) => request === 'processes').length - before;
}

test.each([
  ['with every sample while somebody has the host open', 200, true, 12],
  ['once a minute otherwise', 200, false, 1],
  ['less often where there are thousands of them', 8_000, true, 4],
])('processes are read %s', async (_, count, isLookedAt, expected) => {
  expect(await readsOfProcesses(count, isLookedAt)).toBe(expected);
});
