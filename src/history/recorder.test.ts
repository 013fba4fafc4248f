import { expect, test } from 'vitest';
import { openEmbedded } from '../backends/embedded.ts';
import type { Metric } from '../model/collector.ts';
import type { Observation } from '../model/observation.ts';
import type { HostSample } from '../ports/history-store.ts';
import { writeSnapshots } from '../snapshots/writer.ts';
import { Recorder } from './recorder.ts';

type Facts = { readonly load: number | null; readonly disks: Readonly<Record<string, number>> };

const metrics: Readonly<Record<string, Metric<Facts>>> = {
  load: { kind: 'gauge', unit: '', help: '', read: (facts) => facts.load },
  disk_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: '',
    read: ({ disks }) => Object.entries(disks).map(([disk, value]) => ({ labels: { disk }, value, weight: value })),
  },
  reads_total: { kind: 'counter', unit: '', help: '', read: () => 1 },
};

/** Of a section with files in every sample and a shell every two minutes. */
const bothParts = { files: 'quick', shell: 'slow', main: 'files' } as const;
const bothMetrics: Readonly<Record<string, Metric<{ readonly quick: number; readonly slow: number }>>> = {
  quick: { kind: 'gauge', unit: '', help: '', read: (facts) => facts.quick },
  slow: { kind: 'gauge', unit: '', help: '', part: 'shell', read: (facts) => facts.slow },
};

function start() {
  const { bus, snapshots } = openEmbedded((error) => {
    throw error;
  });
  writeSnapshots(bus, snapshots);
  const kept: HostSample[] = [];
  const recorder = new Recorder({
    bus,
    snapshots,
    store: { append: ({ samples }) => void kept.push(...samples) },
    collectors: [
      { name: 'all', cadenceSeconds: 60, metrics: metrics as never },
      { name: 'both', cadenceSeconds: 120, parts: bothParts, metrics: bothMetrics as never },
    ],
    topOf: () => ({ cpu: [{ name: 'x', value: 1 }], memory: [] }),
    freshMs: () => 70_000,
  });
  recorder.start();
  const seen = { hostId: 1, probe: null, sample: null, failure: null };
  return {
    recorder,
    sampled(at: number, facts: Facts): void {
      const section = { name: 'all', facts, source: 'x', error: null, collectedAt: at, parts: null };
      const sample = { sections: [section], bootId: null, readAt: at, roundTripMs: 250 };
      bus.publish({ ...seen, at, alive: true, sample } satisfies Observation);
    },
    /** A sample whose section gave nothing. */
    sampledWithout(at: number): void {
      const error = { reason: 'timed-out', message: '', hint: '' } as const;
      const section = { name: 'all', facts: null, source: null, error, collectedAt: 0, parts: null };
      const sample = { sections: [section], bootId: null, readAt: at };
      bus.publish({ ...seen, at, alive: true, sample } satisfies Observation);
    },
    /** A sample of a section whose parts were read then; its reading fails if `facts` is null. */
    sampledBoth(at: number, facts: object | null, parts: Readonly<Record<string, number>>): void {
      const section = { name: 'both', facts, source: 'x', error: null, collectedAt: parts.quick ?? 0, parts };
      const sample = { sections: [section], bootId: null, readAt: at };
      bus.publish({ ...seen, at, alive: true, sample } satisfies Observation);
    },
    checked: (at: number, alive: boolean | null): void => bus.publish({ ...seen, at, alive } satisfies Observation),
    read(): readonly HostSample[] {
      recorder.flush();
      return kept.splice(0);
    },
  };
}

/** A sample as `{series: value}`, without what has none. */
function shown({ series, values }: HostSample): Readonly<Record<string, number>> {
  const all = series.map(({ metric, labels }, index) => {
    const of = Object.entries(labels).map(([name, value]) => `{${name}=${value}}`);
    return [metric + of.join(''), values[index] ?? Number.NaN] as const;
  });
  return Object.fromEntries(all.filter(([, value]) => !Number.isNaN(value)));
}

test('every gauge of a sample is kept, with whether the host is up and how long it took to answer', () => {
  const host = start();
  host.sampled(1_000, { load: 2, disks: { sda: 5, sdb: 6 } });
  const [sample] = host.read() as [HostSample];
  expect(shown(sample)).toEqual({
    up: 1,
    connection_seconds: 0.25,
    load: 2,
    'disk_bytes{disk=sda}': 5,
    'disk_bytes{disk=sdb}': 6,
  });
  expect(sample).toMatchObject({ hostId: 1, at: 1_000, top: { cpu: [{ name: 'x', value: 1 }], memory: [] } });
});

test('the list of series is the same object while none is new, also while the host is offline', () => {
  const host = start();
  host.sampled(1_000, { load: 2, disks: { sda: 5, sdb: 6 } });
  host.sampled(31_000, { load: null, disks: { sdb: 7 } });
  host.checked(61_000, false);
  host.sampled(91_000, { load: 3, disks: { sda: 1, sdb: 2 } });
  host.sampled(121_000, { load: 3, disks: { sdc: 1 } });
  const all = host.read();
  expect(all.map(shown)).toEqual([
    { up: 1, connection_seconds: 0.25, load: 2, 'disk_bytes{disk=sda}': 5, 'disk_bytes{disk=sdb}': 6 },
    { up: 1, connection_seconds: 0.25, 'disk_bytes{disk=sdb}': 7 },
    { up: 0 },
    { up: 1, connection_seconds: 0.25, load: 3, 'disk_bytes{disk=sda}': 1, 'disk_bytes{disk=sdb}': 2 },
    { up: 1, connection_seconds: 0.25, load: 3, 'disk_bytes{disk=sdc}': 1 },
  ]);
  const [first, second, third, fourth, fifth] = all.map(({ series }) => series);
  expect([second, third, fourth].every((series) => series === first)).toBe(true);
  expect(fifth).toHaveLength(4);
});

test('a check says that a host is up only where no sample does', () => {
  const host = start();
  host.checked(1_000, true);
  host.sampled(31_000, { load: 2, disks: {} });
  host.checked(61_000, true);
  host.checked(121_000, true);
  host.checked(151_000, null);
  host.checked(181_000, false);
  expect(host.read().map((one) => [one.at, shown(one).up])).toEqual([
    [1_000, 1],
    [31_000, 1],
    [121_000, 1],
    [181_000, 0],
  ]);
});

test('facts that are older than two of their cadences are not kept as if they were new', () => {
  const host = start();
  host.sampled(0, { load: 2, disks: {} });
  host.sampledWithout(170_000);
  host.sampledWithout(190_000);
  expect(host.read().map((one) => shown(one).load)).toEqual([2, 2, undefined]);
});

test('numbers of a section are kept as long as the part that they are from is new', () => {
  const host = start();
  host.sampledBoth(0, { quick: 1, slow: 2 }, { quick: 0, slow: 0 });
  // The section fails: a number from files is that of a sample, whatever the shell's cadence.
  for (const at of [60_000, 61_000]) host.sampledBoth(at, null, {});
  expect(host.read().map(shown)).toEqual([
    { up: 1, quick: 1, slow: 2 },
    { up: 1, quick: 1, slow: 2 },
    { up: 1, slow: 2 },
  ]);
  // The shell alone fails: new files do not make its numbers new.
  for (const at of [300_000, 301_000]) host.sampledBoth(at, { quick: 3, slow: 2 }, { quick: at, slow: 0 });
  expect(host.read().map(shown)).toEqual([
    { up: 1, quick: 3, slow: 2 },
    { up: 1, quick: 3 },
  ]);
});

test('nothing is kept after it was stopped, and nothing of a host that was forgotten', () => {
  const host = start();
  host.sampled(1_000, { load: 2, disks: {} });
  host.recorder.forget(1);
  expect(host.read()).toEqual([]);
  host.recorder.stop();
  host.sampled(31_000, { load: 2, disks: {} });
  expect(host.read()).toEqual([]);
});

test('of a host with more series than are kept, those that matter most come first, and keep their places', () => {
  const host = start();
  const disks = (full: number) =>
    Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`d${index}`, index === full ? 9_999 : index]));
  host.sampled(1_000, { load: 2, disks: disks(7) });
  host.sampled(31_000, { load: 2, disks: disks(7) });
  host.sampled(61_000, { load: 2, disks: disks(8) });
  const [first, second, third] = host.read() as [HostSample, HostSample, HostSample];
  const namesOf = ({ series }: HostSample) => series.slice(0, 400).map(({ metric, labels }) => labels.disk ?? metric);
  expect(first.series).toHaveLength(503);
  expect(namesOf(first)).toEqual(expect.arrayContaining(['up', 'connection_seconds', 'load', 'd7', 'd499', 'd104']));
  expect(namesOf(first)).not.toContain('d103');
  expect(second.series).toBe(first.series);
  expect(namesOf(third)).toContain('d8');
  expect(namesOf(third)).not.toContain('d7');
  expect(shown(third)).toMatchObject({ up: 1, load: 2, 'disk_bytes{disk=d8}': 9_999, 'disk_bytes{disk=d7}': 7 });
});
