/** A host with 128 cores, 60 interfaces, 200 mounts, 36 disks and 24 sensors: the lines that matter are kept, without a break. */
import { expect, test } from 'vitest';
import { fullness, large, largeHost } from '../../test/support/large-host.ts';
import { openEmbedded } from '../backends/embedded.ts';
import { collectors } from '../collectors/index.ts';
import type { Previous } from '../model/collector.ts';
import type { SectionResult } from '../model/observation.ts';
import type { RecentSamples } from '../model/recent.ts';
import { writeSnapshots } from '../snapshots/writer.ts';
import { openRecent } from './recent.ts';

const names = new Set(['cpu', 'disk', 'memory', 'network', 'temperature']);
const samples = 12;
const stepSeconds = 5;

/** What is kept of it after a minute of samples. */
function kept(): RecentSamples {
  const { bus, snapshots } = openEmbedded((error) => {
    throw error;
  });
  writeSnapshots(bus, snapshots);
  const recent = openRecent({ bus, snapshots, collectors });
  const previous = new Map<string, Previous<never>>();
  let seconds = 0;
  const next = largeHost(large, () => seconds);
  for (let time = 0; time < samples; time += 1, seconds += stepSeconds) {
    const { files, sections: texts } = next();
    const at = 1_000 + seconds * 1_000;
    const uptimeSeconds = 100 + seconds;
    const sections = collectors.flatMap((collector): readonly SectionResult[] => {
      const { name, shell } = collector;
      if (!names.has(name)) return [];
      const text = shell === null ? undefined : texts[name];
      const { facts, source } = collector.parse({ files, text, uptimeSeconds, at }, previous.get(name));
      previous.set(name, { facts, uptimeSeconds });
      return [{ name, facts, source, error: null, collectedAt: at, parts: null } as SectionResult];
    });
    const sample = { sections, bootId: null, readAt: at };
    bus.publish({ hostId: 1, at, alive: true, probe: null, failure: null, sample });
  }
  recent.close();
  return recent.get(1);
}

const { series, times } = kept();

/** The values of a label that a metric's lines have, of lines with a value at every time from `from` on. */
function linesOf(metric: string, label: string, from = 0): readonly string[] {
  return series
    .filter((one) => one.metric === metric && one.values.slice(from).every((value) => value !== null))
    .map(({ labels }) => labels[label] ?? '');
}

test('no more than 400 lines are kept, and none of them has a break', () => {
  expect(times).toHaveLength(samples);
  expect(series.length).toBeLessThanOrEqual(400);
  // Rates begin with the second sample.
  expect(series.filter(({ values }) => values.slice(1).includes(null)).map(({ metric }) => metric)).toEqual([]);
});

test('whatever there is one or a few of is kept whole', () => {
  const metrics = new Set(series.map(({ metric }) => metric));
  for (const name of ['cpu_ratio', 'load1', 'memory_used_ratio', 'network_bytes_per_second', 'cpu_pressure_ratio'])
    expect(metrics).toContain(name);
  expect(linesOf('temperature_celsius', 'sensor')).toHaveLength(large.sensors);
});

test('the cards of a host are kept in both directions, whatever stands before them', () => {
  for (const metric of ['network_receive_bytes_per_second', 'network_transmit_bytes_per_second'])
    expect(linesOf(metric, 'interface', 1)).toEqual(expect.arrayContaining(['ens1', 'ens2']));
  expect(linesOf('network_receive_bytes_per_second', 'interface', 1).toSorted()).toEqual(
    linesOf('network_transmit_bytes_per_second', 'interface', 1).toSorted(),
  );
});

test('every disk is kept, for reads and writes', () => {
  for (const metric of ['disk_read_bytes_per_second', 'disk_written_bytes_per_second'])
    expect(linesOf(metric, 'device', 1)).toHaveLength(large.disks);
});

test('of the file systems the root and the fullest are kept', () => {
  const mounts = linesOf('filesystem_used_ratio', 'mount');
  expect(mounts).toContain('/');
  const numbers = mounts.filter((mount) => mount !== '/').map((mount) => Number(/\d+$/.exec(mount)?.[0]));
  expect(numbers.length).toBeGreaterThan(30);
  expect(Math.min(...numbers)).toBe(large.mounts - numbers.length);
  expect(fullness(Math.min(...numbers), large.mounts)).toBeGreaterThan(0.7);
});
