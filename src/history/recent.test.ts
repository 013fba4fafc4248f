/** Hosts that have hundreds of something: the lines of all else are kept beside it. */
import { expect, test } from 'vitest';
import { openEmbedded } from '../backends/embedded.ts';
import { collectors } from '../collectors/index.ts';
import type { Previous } from '../model/collector.ts';
import type { Observation, SectionResult } from '../model/observation.ts';
import { writeSnapshots } from '../snapshots/writer.ts';
import { openRecent } from './recent.ts';

const names = new Set(['cpu', 'disk', 'memory', 'network']);
const list = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

/** What a host of so many processors, interfaces and file systems has kept after three samples, five seconds apart. */
function recentOf(cores: number, interfaces: number, fileSystems: number) {
  const { bus, snapshots } = openEmbedded((error) => {
    throw error;
  });
  writeSnapshots(bus, snapshots);
  const recent = openRecent({ bus, snapshots, collectors });
  const previous = new Map<string, Previous<never>>();
  for (let time = 0; time < 3; time += 1) {
    const files =
      `/proc/stat:cpu  ${time * 1000} 0 0 ${time * 1000}\n` +
      list(cores, (core) => `/proc/stat:cpu${core} ${time * 10} 0 0 ${time * 10}\n`) +
      '/proc/loadavg:1.00 1.00 1.00 1/1 1\n/proc/meminfo:MemTotal: 1000 kB\n/proc/meminfo:MemFree: 500 kB\n' +
      '/proc/net/dev:Inter-| Receive\n/proc/net/dev: face |bytes\n' +
      list(
        interfaces,
        (one) => `/proc/net/dev:eth${one}: ${time * 5000} 1 0 0 0 0 0 0 ${time * 5000} 1 0 0 0 0 0 0\n`,
      ) +
      `/proc/diskstats:8 0 sda ${time + 1} 0 ${time * 100} 0 ${time + 1} 0 ${time * 100} 0 0 ${time} 0\n`;
    const texts = new Map([
      ['disk', `@both\n${list(fileSystems, (one) => `pool/d${one} zfs 1000 500 500 50% 100 50 /d${one}\n`)}`],
      ['network', '@ip\n'],
    ]);
    const sections = collectors.flatMap((collector): readonly SectionResult[] => {
      const { name } = collector;
      if (!names.has(name)) return [];
      const uptimeSeconds = 100 + time * 5;
      const text = time === 0 ? texts.get(name) : undefined;
      const { facts, source } = collector.parse({ files, text, uptimeSeconds, at: time }, previous.get(name));
      previous.set(name, { facts, uptimeSeconds });
      const collectedAt = 1_000 + time * 5_000;
      return [{ name, facts, source, error: null, collectedAt, parts: null } as SectionResult];
    });
    const seen = { hostId: 1, at: 1_000 + time * 5_000, alive: true, probe: null, failure: null };
    bus.publish({ ...seen, sample: { sections, bootId: null, readAt: seen.at } } satisfies Observation);
  }
  return recent;
}

test.each([
  ['192 processors', 192, 1, 1],
  ['100 file systems', 4, 1, 100],
  ['300 interfaces', 4, 300, 1],
])('of %s', (_, cores, interfaces, fileSystems) => {
  const recent = recentOf(cores, interfaces, fileSystems);
  expect([...new Set(recent.get(1).series.map(({ metric }) => metric))]).toEqual(
    expect.arrayContaining([
      'cpu_ratio',
      'memory_used_ratio',
      'filesystem_used_ratio',
      'network_receive_bytes_per_second',
      'disk_read_bytes_per_second',
    ]),
  );
  // A thousand bytes a second each way, of every interface.
  expect(recent.line(1, 'network_bytes_per_second', 20).at(-1)).toBe(2 * 1000 * interfaces);
});
