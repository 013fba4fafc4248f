import { expect, test } from 'vitest';
import { Columns } from './columns.ts';

const minute = 60_000;

function filled(times: readonly number[]) {
  const columns = new Columns();
  for (const time of times) {
    columns.begin(time);
    columns.put('cpu_ratio', {}, 'ratio', time / 1e9);
  }
  return columns;
}

test('nothing older than 15 minutes is told', () => {
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

test('at most 200 series of a metric are kept, and room for those of others', () => {
  const columns = new Columns();
  columns.begin(1);
  for (let mount = 0; mount < 500; mount += 1)
    columns.put('filesystem_used_ratio', { mount: `/${mount}` }, 'ratio', 0.5);
  columns.put('cpu_ratio', {}, 'ratio', 0.5);
  expect(columns.all().series).toHaveLength(201);
});

test('a line begins when its series came, and breaks where a poll failed', () => {
  const columns = filled([1_000, 2_000]);
  columns.gap(3_000);
  columns.gap(4_000);
  columns.begin(5_000);
  columns.put('load1', {}, '', 2);
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

test('a clock that is set back begins anew', () => {
  const columns = filled([10_000, 20_000, 5_000]);
  expect(columns.all().times).toEqual([5_000]);
});

test('several series make one line where that is asked for', () => {
  const columns = new Columns();
  columns.begin(1);
  for (const name of ['lo', 'eth0', 'eth1']) columns.put('network', { interface: name }, 'bytes_per_second', 10);
  columns.begin(2);
  columns.put('network', { interface: 'eth0' }, 'bytes_per_second', 5);
  expect(columns.line('network', 20, ({ interface: name }) => name !== 'lo')).toEqual([20, 5]);
  expect(columns.line('network', 1)).toEqual([5]);
});
