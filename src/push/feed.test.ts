import { beforeEach, expect, test } from 'vitest';
import { family, hostOf, knownOf, layoutOf } from '../../test/support/exported-hosts.ts';
import { type Received, readMessage, readMetadata } from '../../test/support/read-write-request.ts';
import { WriteRequest } from '../export/wire/write-request.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { HostSeries, SeriesLayout } from '../model/export/series.ts';
import { Feed } from './feed.ts';

const both = layoutOf('sda', 'sdb');
const one = layoutOf('sda');

let now = 0;
let exported: HostSeries | null = null;
let isUp: 0 | 1 = 1;
let received: Received = new Map();
/** The families whose types and helps were told, each time. */
const described: string[][] = [];
const wanted: [number, number][] = [];
/** The hosts that Sonde counts; null: another feed tells about Sonde. */
let counted: readonly ExportedHost[] | null = [];
/** The keys that things were told by. */
const keys: number[] = [];
let feed: Feed;

beforeEach(() => {
  now = 1_000_000;
  exported = null;
  isUp = 1;
  received = new Map();
  wanted.length = 0;
  described.length = 0;
  keys.length = 0;
  counted = [];
  feed = new Feed({
    clock: { now: () => now, monotonic: () => now },
    control: {
      exported: () => exported,
      wantedByExport: (id, until) => wanted.push([id, until]),
      freshForSeconds: () => 70,
    },
    ownMetrics: {
      known: (host) => knownOf(host, isUp),
      read: () => [{ family: family('sonde_x'), series: [{ labels: {}, value: 5 }] }],
    },
    sender: {
      write: (key, write) => {
        keys.push(key);
        const request = new WriteRequest();
        write(request);
        readMessage(request.finish(), received);
      },
      writeAlone: (_key, write) => {
        const request = new WriteRequest();
        write(request);
        described.push(readMetadata(request.finish()).map(({ name }) => name));
      },
    },
    labels: { site: 'b' },
    job: 'node',
    instance: 'me',
    counted: () => counted,
  });
});

/** A sample of the host 1, now. */
function sampled(layout: SeriesLayout, values: readonly number[], own: HostSeries['own'] = []): void {
  exported = { at: now, layout, values: new Float64Array(values), own, cut: new Map() };
  feed.observed({ hostId: 1, at: now, sample: { sections: [], bootId: null, readAt: now } });
}

function failed(): void {
  exported = null;
  isUp = 0;
  feed.observed({ hostId: 1, at: now, sample: null });
}

/** The values of a series in the order in which they came, and how much later than the beginning. */
const of = (name: string) => received.get(name)?.map(({ at, value }) => [at - 1_000_000, value]);
const node = (name: string, labels = '', instance = 'web') =>
  `${name}{${labels}instance="${instance}",job="node",site="b"}`;

test('a sample is sent once, at the time when the host was read, with what Sonde tells of the host', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 5_000;
  sampled(both, [0.5, 1, 2]);
  feed.observed({ hostId: 1, at: now + 1, sample: null });
  expect(of(node('node_load1'))).toEqual([[5_000, 0.5]]);
  expect(of(node('node_disk', 'device="sdb",'))).toEqual([[5_000, 2]]);
  expect(of(node('up'))).toEqual([[5_000, 1]]);
  expect(of('sonde_host_up{instance="web",job="sonde",site="b"}')).toEqual([[5_000, 1]]);
  expect(
    received.get(
      'sonde_host_info{address="192.0.2.1",id="1",instance="web",job="sonde",name="web",owner="ann",site="b"}',
    ),
  ).toHaveLength(1);
});

test('a series that is gone ends, and the others go on', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 5_000;
  const uname = (release: string) => [{ family: family('node_uname_info'), labels: { release }, value: 1 }];
  sampled(both, [0.5, 1, 2], uname('6.1'));
  now += 5_000;
  sampled(one, [0.6, 3], uname('6.2'));
  now += 5_000;
  sampled(one, [0.7, 4], uname('6.2'));
  expect(of(node('node_disk', 'device="sdb",'))).toEqual([
    [5_000, 2],
    [10_000, 'stale'],
  ]);
  expect(of('node_uname_info{instance="web",job="node",release="6.1",site="b"}')).toEqual([
    [5_000, 1],
    [10_000, 'stale'],
  ]);
  expect(of('node_uname_info{instance="web",job="node",release="6.2",site="b"}')).toHaveLength(2);
  expect(of(node('node_load1'))).toHaveLength(3);
});

test('when the host cannot be read, up is 0 at once and its series end; when it is back, they go on', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 1_000;
  sampled(one, [0.5, 1]);
  now += 1_000;
  failed();
  now += 1_000;
  failed();
  now += 10_000;
  failed();
  isUp = 1;
  now += 1_000;
  sampled(one, [0.7, 2]);
  expect(of(node('up'))).toEqual([
    [1_000, 1],
    [2_000, 0],
    [13_000, 0],
    [14_000, 1],
  ]);
  expect(of(node('node_load1'))).toEqual([
    [1_000, 0.5],
    [2_000, 'stale'],
    [14_000, 0.7],
  ]);
  expect(of('sonde_host_failure{instance="web",job="sonde",reason="refused",site="b",stage="tcp"}')).toEqual([
    [2_000, 1],
    [13_000, 1],
    [14_000, 'stale'],
  ]);
});

test('a host that nothing is heard from is told of as down, until something is', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 1_000;
  sampled(one, [0.5, 1]);
  now += 69_000;
  await feed.sweep();
  expect(of(node('up'))).toEqual([[1_000, 1]]);
  now += 1_000;
  await feed.sweep();
  await feed.sweep();
  expect(of(node('up'))?.slice(1)).toEqual([[71_000, 0]]);
  expect(of(node('node_load1'))?.slice(1)).toEqual([[71_000, 'stale']]);
});

test('a host that is removed, or called differently, ends under its old name', async () => {
  await feed.setHosts([hostOf(1, 'web'), hostOf(2, 'db')]);
  now += 1_000;
  sampled(one, [0.5, 1]);
  now += 1_000;
  await feed.setHosts([hostOf(1, 'www')]);
  expect(of(node('node_load1'))).toEqual([
    [1_000, 0.5],
    [2_000, 'stale'],
  ]);
  expect(of(node('up'))?.at(-1)).toEqual([2_000, 'stale']);
  expect(of('sonde_host_up{instance="web",job="sonde",site="b"}')?.at(-1)).toEqual([2_000, 'stale']);
  // Nothing was ever told of it.
  expect(of(node('up', '', 'db'))).toBe(undefined);
  now += 1_000;
  sampled(one, [0.6, 1]);
  expect(of(node('node_load1', '', 'www'))).toEqual([[3_000, 0.6]]);
});

test('a host that is removed and added again with the same name goes on after the end of the old one, in its order', async () => {
  await feed.setHosts([hostOf(1, 'web'), hostOf(3, 'db')]);
  now += 1_000;
  sampled(one, [0.5, 1]);
  await feed.setHosts([hostOf(2, 'web')]);
  // The old one ended a millisecond after its sample, which is when the new one is read.
  now += 1;
  exported = { at: now, layout: one, values: new Float64Array([0.7, 2]), own: [], cut: new Map() };
  feed.observed({ hostId: 2, at: now, sample: { sections: [], bootId: null, readAt: now } });
  now += 1_000;
  exported = { ...exported, at: now };
  feed.observed({ hostId: 2, at: now, sample: { sections: [], bootId: null, readAt: now } });
  const times = of(node('node_load1'))?.map(([at]) => at) ?? [];
  expect(of(node('node_load1'))).toContainEqual([1_001, 'stale']);
  expect(of(node('node_load1'))?.at(-1)).toEqual([2_001, 0.7]);
  expect(times).toEqual([...new Set(times)].toSorted((a = 0, b = 0) => Number(a) - Number(b)));
  expect(new Set(keys).size).toBe(1);
});

test('every series has ended after the end, also those of Sonde itself', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 1_000;
  await feed.sweep();
  sampled(one, [0.5, 1]);
  now += 1_000;
  await feed.end(AbortSignal.timeout(5_000));
  expect([...received.values()].map((samples) => samples.at(-1)?.value)).toEqual(
    Array.from({ length: received.size }, () => 'stale'),
  );
  expect(of('sonde_x{instance="me",job="sonde",site="b"}')).toEqual([
    [1_000, 5],
    [2_000, 'stale'],
  ]);
});

test('while another feed tells about Sonde to the same receiver, this one does not, and ends nothing of it', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  const sonde = 'sonde_x{instance="me",job="sonde",site="b"}';
  await feed.sweep();
  counted = null;
  now += 30_000;
  sampled(one, [0.5, 1]);
  await feed.sweep();
  expect(of(sonde)).toEqual([[0, 5]]);
  // Types and helps of what this one sends are its own to tell.
  now += 30_000;
  await feed.sweep();
  expect(described.at(-1)).toContain('node_load1');
  counted = [];
  now += 30_000;
  await feed.sweep();
  await feed.end(AbortSignal.timeout(60_000), true);
  expect(of(sonde)).toEqual([
    [0, 5],
    [90_000, 5],
  ]);
  expect(of(node('node_load1'))?.at(-1)?.[1]).toBe('stale');
});

test('hosts are wanted from the beginning on, and again before that is over', async () => {
  await feed.setHosts([hostOf(1, 'web'), hostOf(2, 'db')]);
  expect(wanted.map(([id]) => id)).toEqual([1, 2]);
  now += 59_000;
  await feed.sweep();
  expect(wanted).toHaveLength(2);
  now += 1_000;
  await feed.sweep();
  expect(wanted.slice(2)).toEqual([
    [1, now + 300_000],
    [2, now + 300_000],
  ]);
});

test('no time of a series is ever the same as, or before, the one before it', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 1_000;
  sampled(one, [1, 1]);
  failed();
  sampled(one, [2, 1]);
  now += 1;
  sampled(one, [3, 1]);
  const times = received.get(node('up'))?.map(({ at }) => at) ?? [];
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
});

test('after the clock was set back, hosts are told of again', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 7_200_000;
  sampled(one, [1, 1]);
  now -= 3_600_000;
  await feed.sweep();
  now += 1_000;
  sampled(one, [2, 1]);
  expect(of(node('node_load1'))).toEqual([
    [7_200_000, 1],
    [3_601_000, 2],
  ]);
  expect(wanted.at(-1)).toEqual([1, now - 1_000 + 300_000]);
});

test('types and helps of what was told are told each minute, alone', async () => {
  await feed.setHosts([hostOf(1, 'web')]);
  now += 5_000;
  sampled(both, [0.5, 1, 2], [{ family: family('node_uname_info'), labels: {}, value: 1 }]);
  await feed.sweep();
  expect(described).toHaveLength(1);
  const families = ['up', 'node_load1', 'node_disk', 'node_uname_info', 'sonde_host_up', 'sonde_host_info', 'sonde_x'];
  expect(described[0]).toEqual(expect.arrayContaining(families));
  now += 30_000;
  await feed.sweep();
  expect(described).toHaveLength(1);
  now += 30_000;
  await feed.sweep();
  expect(described).toHaveLength(2);
});
