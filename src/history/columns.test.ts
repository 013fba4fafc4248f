import { expect, test } from 'vitest';
import { Columns } from './columns.ts';

const minute = 60_000;
const cpu = { metric: 'cpu_ratio', labels: {}, unit: 'ratio' };

function filled(times: readonly number[]) {
  const columns = new Columns();
  for (const time of times) columns.add(time, [{ ...cpu, value: time / 1e9 }]);
  return columns;
}

test('nothing older than 15 minutes is returned', () => {
  const columns = filled(Array.from({ length: 40 }, (_, index) => index * minute));
  const { times, series } = columns.all();
  expect([times[0], times.at(-1), series[0]?.values.length]).toEqual([24 * minute, 39 * minute, times.length]);
});

test('at most 256 times are kept, the newest', () => {
  const { times } = filled(Array.from({ length: 2_000 }, (_, index) => index * 100)).all();
  expect(times.length).toBeLessThanOrEqual(256);
  expect(times.at(-1)).toBe(199_900);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

const mounts = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const labels = { mount: `/${from + index}` };
    return { metric: 'filesystem_used_ratio', labels, unit: 'ratio', value: 0.5, weight: index / count };
  });

test('at most 400 series are kept, those that matter most, and none of another metric is lost', () => {
  const columns = new Columns();
  columns.add(1, [...mounts(0, 500), { ...cpu, value: 0.5 }]);
  const { series } = columns.all();
  expect(series).toHaveLength(400);
  expect(series.filter(({ metric }) => metric === 'cpu_ratio')).toHaveLength(1);
  expect(series.map(({ labels }) => labels.mount)).not.toContain('/100');
  expect(series.map(({ labels }) => labels.mount)).toContain('/101');
});

test('series that a host has no longer give way to new ones', () => {
  const columns = new Columns();
  columns.add(1, mounts(0, 400));
  columns.add(2, mounts(300, 150));
  const { series } = columns.all();
  expect(series).toHaveLength(400);
  expect(series.filter(({ values }) => values[1] === 0.5)).toHaveLength(150);
});

test('a line begins when its series came, and breaks where a poll failed', () => {
  const columns = filled([1_000, 2_000]);
  columns.gap(3_000);
  columns.gap(4_000);
  columns.add(5_000, [{ metric: 'load1', labels: {}, unit: '', value: 2 }]);
  const [cpu, load] = columns.all().series;
  expect(columns.all().times).toEqual([1_000, 2_000, 3_000, 5_000]);
  expect(cpu?.values.map((value) => value === null)).toEqual([false, false, true, true]);
  expect(load?.values).toEqual([null, null, null, 2]);
  expect(columns.newest()).toEqual({
    time: 5_000,
    after: 3_000,
    series: [{ metric: 'load1', labels: {}, unit: '', value: 2 }],
  });
});

test('a clock that is set back starts over', () => {
  const columns = filled([10_000, 20_000, 5_000]);
  expect(columns.all().times).toEqual([5_000]);
});

test('several series make one line where that is asked for', () => {
  const columns = new Columns();
  const of = (name: string, value: number) => {
    return { metric: 'network', labels: { interface: name }, unit: 'bytes_per_second', value };
  };
  columns.add(1, [of('lo', 10), of('eth0', 10), of('eth1', 10)]);
  columns.add(2, [of('eth0', 5)]);
  expect(columns.line('network', 20, ({ interface: name }) => name !== 'lo')).toEqual([20, 5]);
  expect(columns.line('network', 1)).toEqual([5]);
});
