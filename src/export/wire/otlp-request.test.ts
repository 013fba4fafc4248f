import { expect, test } from 'vitest';
import { readOtlp } from '../../../test/support/read-otlp.ts';
import type { Family, Labels, SeriesLayout } from '../../model/export/series.ts';
import { readPartialSuccess, readStatusMessage } from './otlp-answer.ts';
import { OtlpRequest } from './otlp-request.ts';
import type { Target } from './series-body.ts';

const family = (name: string, type: Family['type'] = 'gauge', help = ''): Family => ({ name, type, help });
const cpu = family('node_cpu_seconds_total', 'counter', 'Seconds a CPU spent in a mode');
const layout: SeriesLayout = {
  series: [
    { family: cpu, labels: { cpu: '0', mode: 'idle' } },
    { family: cpu, labels: { cpu: '1', mode: 'idle' } },
    { family: family('node_load1'), labels: {} },
    { family: family('node_memory_MemFree_bytes'), labels: {} },
    { family: family('node_vmstat_pgfault', 'untyped'), labels: { zone: 'ä"\\' } },
  ],
};
const at = 1_796_035_352_905;
const [atNs, bootNs] = [BigInt(at) * 1_000_000n, BigInt(at - 5_000) * 1_000_000n];
const targetOf = (labels: Labels, startedAt: number | null = at - 5_000): Target => ({
  labels: { job: 'node', instance: 'web', ...labels },
  hostName: 'web.example',
  startedAt,
});

test('counters are monotonic cumulative sums since the boot, all others gauges, with their units and descriptions', () => {
  const request = new OtlpRequest();
  request.addHost(
    { layout, values: new Float64Array([1.5, 2.5, -0, 3e300, 7]), own: [] },
    targetOf({ site: 'b', no: '' }),
    at,
  );
  expect(request.samples).toBe(5);
  const [resource, ...others] = readOtlp(request.finish());
  expect(others).toEqual([]);
  expect(resource?.attributes).toEqual({
    'service.name': 'node',
    'service.instance.id': 'web',
    'host.name': 'web.example',
  });
  const common = { job: 'node', instance: 'web', site: 'b' };
  const gauge = { description: '', unit: '', kind: 'gauge', temporality: 0, isMonotonic: false };
  const point = { attributes: common, start: 0n, at: atNs };
  expect(resource?.metrics).toEqual([
    {
      name: 'node_cpu_seconds_total',
      description: 'Seconds a CPU spent in a mode',
      unit: 's',
      kind: 'sum',
      temporality: 2,
      isMonotonic: true,
      points: [
        { attributes: { ...common, cpu: '0', mode: 'idle' }, start: bootNs, at: atNs, value: 1.5 },
        { attributes: { ...common, cpu: '1', mode: 'idle' }, start: bootNs, at: atNs, value: 2.5 },
      ],
    },
    { ...gauge, name: 'node_load1', points: [{ ...point, value: -0 }] },
    { ...gauge, name: 'node_memory_MemFree_bytes', unit: 'By', points: [{ ...point, value: 3e300 }] },
    {
      ...gauge,
      name: 'node_vmstat_pgfault',
      points: [{ ...point, attributes: { ...common, zone: 'ä"\\' }, value: 7 }],
    },
  ]);
});

test('a counter whose name receivers would change is a gauge; one whose beginning is not known says none', () => {
  const request = new OtlpRequest();
  const target = targetOf({}, null);
  request.add(family('node_odd', 'counter'), {}, target, 1, at);
  request.add(family('node_x_total', 'counter'), {}, target, 2, at);
  const [resource] = readOtlp(request.finish());
  expect(resource?.metrics.map(({ name, kind, points }) => [name, kind, points[0]?.start])).toEqual([
    ['node_odd', 'gauge', 0n],
    ['node_x_total', 'sum', 0n],
  ]);
});

test('a counter does not begin after it was read', () => {
  const request = new OtlpRequest();
  request.add(family('node_x_total', 'counter'), {}, targetOf({}, at + 1), 2, at);
  expect(readOtlp(request.finish())[0]?.metrics[0]?.points[0]?.start).toBe(atNs);
});

test('a series that has ended is a point without a recorded value', () => {
  const request = new OtlpRequest();
  const target = targetOf({});
  const own = [{ family: family('node_uname_info'), labels: { nodename: 'web' }, value: 1 }];
  request.addHost({ layout, values: new Float64Array(), own }, target, at, true);
  request.add(family('up'), {}, target, 'stale', at);
  request.add(family('up'), { x: 'y' }, target, 0, at);
  const metrics = readOtlp(request.finish())[0]?.metrics ?? [];
  expect(metrics.flatMap(({ name, points }) => points.map(({ value }) => `${name} ${value}`))).toEqual([
    'node_cpu_seconds_total stale',
    'node_cpu_seconds_total stale',
    'node_load1 stale',
    'node_memory_MemFree_bytes stale',
    'node_vmstat_pgfault stale',
    'node_uname_info stale',
    'up stale',
    'up 0',
  ]);
});

test('a label of the series itself wins over one that all have', () => {
  const request = new OtlpRequest();
  const target = targetOf({ mode: 'mine', zone: 'b' });
  request.addHost({ layout, values: new Float64Array([1, 2, 3, 4, 5]), own: [] }, target, at);
  request.add(family('x'), { mode: 'own' }, target, 4, at);
  const points = readOtlp(request.finish())[0]?.metrics.flatMap((metric) => metric.points) ?? [];
  expect(points.map(({ attributes: { mode, zone } }) => [mode, zone])).toEqual([
    ['idle', 'b'],
    ['idle', 'b'],
    ['mine', 'b'],
    ['mine', 'b'],
    ['mine', 'ä"\\'],
    ['own', 'b'],
  ]);
});

test('each host is a resource, and what is told of one in turn stands together', () => {
  const request = new OtlpRequest();
  const values = new Float64Array(5);
  for (const instance of ['a', 'ein-längerer-name'.repeat(20)]) {
    const target = targetOf({ instance });
    request.addHost({ layout, values, own: [] }, target, at);
    request.add(family('up'), {}, target, 1, at);
  }
  const resources = readOtlp(request.finish());
  expect(resources.map(({ attributes, metrics }) => [attributes['service.instance.id'], metrics.length])).toEqual([
    ['a', 5],
    ['ein-längerer-name'.repeat(20), 5],
  ]);
});

test('a body of many series, and one of a long family, is as long as it has to be', () => {
  const request = new OtlpRequest();
  const series = Array.from({ length: 9_000 }, (_, index) => ({
    family: family(index < 8_000 ? 'one' : `y${index}`),
    labels: { i: String(index) },
  }));
  request.addHost({ layout: { series }, values: new Float64Array(9_000), own: [] }, targetOf({}), at);
  const metrics = readOtlp(request.finish())[0]?.metrics ?? [];
  expect([metrics.length, metrics[0]?.points.length]).toEqual([1_001, 8_000]);
});

test('an answer says what was rejected and why; what is no such message says nothing', () => {
  const part = Uint8Array.of(10, 5, 8, 3, 18, 1, 120);
  expect(readPartialSuccess(part)).toEqual({ rejected: 3, message: 'x' });
  const nothing = { rejected: 0, message: '' };
  for (const bytes of [[], [10, 0], [10, 200, 1], [255, 255, 255], [10, 3, 8, 255, 255]])
    expect(readPartialSuccess(Uint8Array.from(bytes))).toMatchObject(nothing);
  const minus = [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
  expect(readPartialSuccess(Uint8Array.from([10, minus.length, ...minus]))).toEqual(nothing);
  expect(readStatusMessage(Uint8Array.of(8, 3, 18, 2, 110, 111))).toBe('no');
  expect(readStatusMessage(new TextEncoder().encode('<html>'))).toBe(null);
});
