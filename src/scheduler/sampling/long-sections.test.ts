import { expect, test } from 'vitest';
import { collectors, type FactsByName } from '../../collectors/index.ts';
import { mostOf } from '../../collectors/sampler/size.ts';
import type { Collector } from '../../model/collector.ts';
import type { Shell } from '../../ssh/shell.ts';
import { collect, HostMemory } from './collect.ts';

const nonce = 'a'.repeat(24);

/** A host that answers with these files and texts, and what was read on this thread. */
function hostOf(...names: readonly string[]) {
  const readHere: string[] = [];
  const some = collectors
    .filter(({ name }) => names.includes(name))
    .map((collector) => ({
      ...collector,
      parse: (...input: Parameters<typeof collector.parse>) => {
        readHere.push(collector.name);
        return collector.parse(...input);
      },
    })) as readonly Collector<never>[];
  const memory = new HostMemory();
  let nowMs = 1_000_000;
  const clock = { now: () => nowMs, monotonic: () => nowMs } as never;
  const sample = (uptime: number, files: string, texts: Readonly<Record<string, string>>) => {
    nowMs += 60_000;
    const answer = (each: Readonly<Record<string, string>>): string => {
      const parts = Object.entries(each).map(
        ([name, text]) => `\n@@${nonce} section ${name}\n${text.replaceAll(/^@/gm, `@${nonce} `)}`,
      );
      return `\n@@${nonce} begin ${uptime}\n${files}${parts.join('')}\n@@${nonce} end\n`;
    };
    // Of processes, owners are asked next; there are none.
    const request = (asked: string) =>
      Promise.resolve({ text: answer(asked.includes('=') ? { processes: '@owners' } : texts), nonce, complete: true });
    const shell = { announced: null, isOpen: () => true, close: () => {}, request } as unknown as Shell;
    return collect(shell, some, memory, clock, { refusals: [], learn: () => {} });
  };
  return { readHere, sample };
}

const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

test('a long section is read in a thread, as it would be here', async () => {
  const { readHere, sample } = hostOf('ports', 'system');
  const line = (index: number): string => `tcp LISTEN 0 4096 127.0.0.1:${index} 0.0.0.0:* users:(("sshd",pid=1,fd=3))`;
  const ss = `@ss\n${many(9_000, line)}`;
  const { sections } = await sample(100, '', { ports: ss, system: '@uname Linux a 6.1 x86_64' });
  const own = collectors
    .find(({ name }) => name === 'ports')
    ?.parse({ files: '', text: ss, uptimeSeconds: 100, at: 0 }, undefined as never);
  expect(sections.find(({ name }) => name === 'ports')).toMatchObject({ source: 'ss', error: null, facts: own?.facts });
  expect(readHere).toEqual(['system']);
});

test('a long section is compared with the one before it', async () => {
  const { readHere, sample } = hostOf('processes');
  const stats = (ticks: number): string =>
    `@self 9\n@page 4096\n@uptime ${100 + ticks / 100}.00\n@stat\n${many(
      4_000,
      (index) =>
        `${index + 1} (one) S 0 1 1 0 -1 0 0 0 0 0 ${index === 7 ? ticks : 0} 0 0 0 20 0 1 0 10 1000 100 0 ${'0 '.repeat(40)}`,
    )}`;
  await sample(100, '', { processes: stats(0) });
  const { sections } = await sample(110, '', { processes: stats(1_000) });
  const facts = sections[0]?.facts as FactsByName['processes'] | undefined;
  expect([facts?.total, facts?.topCpu[0]?.pid, facts?.topCpu[0]?.cpuRatio]).toEqual([4_000, 8, 1]);
  // Only the owners, once after each answer.
  expect(readHere).toEqual(['processes', 'processes']);
});

test.each([
  ['what a host does not have', '@user 0', 'not-installed', 'The host has neither nft nor iptables'],
  ['what is not understood', '@nft 0\n{', 'unparsable', "The host's answer was not understood"],
])('a long section says %s as a short one does', async (_, head, reason, message) => {
  const { readHere, sample } = hostOf('firewall');
  const { sections } = await sample(100, '', { firewall: `${head}\n${'x'.repeat(600_000)}` });
  expect(sections[0]).toMatchObject({ facts: null, error: { reason } });
  expect(sections[0]?.error?.message).toContain(message);
  expect(readHere).toEqual([]);
});

test('of a host with more files than are read, the sections without files are shown, and the others say why', async () => {
  const { readHere, sample } = hostOf('uptime', 'disk', 'system');
  const files = '/proc/uptime:5 5\n'.repeat(mostOf.files.lines + 1);
  const disk = '@both\n/dev/sda1 ext4 10 5 5 50% 9 1 /';
  const { sections } = await sample(100, files, { disk, system: '@uname Linux a 6.1 x86_64' });
  expect(sections.map(({ name, facts, error }) => [name, facts !== null, error?.reason])).toEqual([
    ['disk', false, 'too-large'],
    ['system', true, undefined],
    ['uptime', false, 'too-large'],
  ]);
  expect(readHere).toEqual(['system']);
});
