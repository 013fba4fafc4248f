import { expect, test } from 'vitest';
import type { HistoryAnswer, HistoryLine } from '../../../ports/history-store.ts';
import { maxRows, termixRows } from './rows.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 29, 12);

function line(metric: string, mean: readonly (number | null)[], labels: HistoryLine['labels'] = {}): HistoryLine {
  return { metric, labels, unit: '', min: mean, mean, max: mean, count: mean.map((value) => (value === null ? 0 : 1)) };
}

function answer(times: readonly number[], resolution: number, series: readonly HistoryLine[]): HistoryAnswer {
  const span = { from: times[0] ?? 0, to: times.at(-1) ?? 0 };
  return { ...span, resolution, times, parts: [], hosts: [{ hostId: 1, series, gaps: [], top: [] }], truncated: 0 };
}

test('buckets are rows, those without a sample are rows of nulls, and counters grow on after them', () => {
  const times = [0, 1, 2, 3].map((index) => start + index * minute);
  const series = [
    line('cpu_ratio', [0.125, null, 0.5, 1]),
    line('memory_used_ratio', [0.5, null, 0.5, 0.5]),
    line('filesystem_used_ratio', [0.25, null, 0.25, 0.25], { mount: '/' }),
    line('filesystem_used_ratio', [0.9, null, 0.9, 0.9], { mount: '/data' }),
    line('network_receive_bytes_per_second', [10, null, 20, 30], { interface: 'eth0' }),
    line('network_receive_bytes_per_second', [1, null, 2, 3], { interface: 'docker0' }),
    line('network_transmit_bytes_per_second', [5, null, 5, 5], { interface: 'eth0' }),
  ];
  const rows = termixRows(answer(times, minute, series), { from: start, to: start + 4 * minute }, '/', [
    { from: start + minute, to: start + 2 * minute },
  ]);
  expect(rows).toEqual([
    {
      ts: '2026-11-29T12:01:00.000Z',
      cpu_percent: 12.5,
      mem_percent: 50,
      disk_percent: 25,
      net_rx_bytes: 660,
      net_tx_bytes: 300,
    },
    {
      ts: '2026-11-29T12:02:00.000Z',
      cpu_percent: null,
      mem_percent: null,
      disk_percent: null,
      net_rx_bytes: null,
      net_tx_bytes: null,
    },
    {
      ts: '2026-11-29T12:03:00.000Z',
      cpu_percent: 50,
      mem_percent: 50,
      disk_percent: 25,
      net_rx_bytes: 1980,
      net_tx_bytes: 600,
    },
    {
      ts: '2026-11-29T12:04:00.000Z',
      cpu_percent: 100,
      mem_percent: 50,
      disk_percent: 25,
      net_rx_bytes: 3960,
      net_tx_bytes: 900,
    },
  ]);
});

test('samples that come a little early or late make even rows without holes, and a time without them does not', () => {
  const late = [0, 31_000, 59_000, 91_000, 120_500, 300_000, 330_000, 359_000].map((ms) => start + 100 + ms);
  const values = late.map((_, index) => index / 10);
  const rows = termixRows(answer(late, 0, [line('cpu_ratio', values)]), { from: start, to: start + 6 * minute }, null, [
    { from: start + 151_000, to: start + 300_000 },
  ]);
  const steps = rows.slice(1).map(({ ts }, index) => Date.parse(ts) - Date.parse(rows[index]?.ts ?? ''));
  expect(new Set(steps.slice(0, -1)).size).toBe(1);
  const known = rows.map(({ cpu_percent }) => cpu_percent !== null);
  expect(known.slice(0, 4)).toEqual([true, true, true, true]);
  const after = rows.filter(({ ts }) => Date.parse(ts) > start + 200_000 && Date.parse(ts) < start + 290_000);
  expect(after.length).toBeGreaterThan(1);
  expect(after.every(({ cpu_percent }) => cpu_percent === null)).toBe(true);
});

test('there are never more rows than its clients can draw', () => {
  const times = Array.from({ length: 1_400 }, (_, index) => start + index * 1_000);
  const rows = termixRows(
    answer(times, 0, [
      line(
        'cpu_ratio',
        times.map(() => 0.5),
      ),
    ]),
    { from: start, to: start + 8_640_000 },
    null,
    [],
  );
  expect(rows).toHaveLength(maxRows);
});

test('without any sample there are no rows', () => {
  expect(termixRows(answer([], 0, []), { from: start, to: start + minute }, '/', [])).toEqual([]);
});

test('where a host was watched for a while, the time before and after has no holes, and the rate of the last row is right', () => {
  // Every 60 s, then every 5 s, then every 60 s again; the last row is shorter than the others.
  const times = [0, 60, 120, ...Array.from({ length: 60 }, (_, index) => 125 + index * 5), 480, 540, 600].map(
    (seconds) => start + seconds * 1_000,
  );
  const series = [
    line(
      'cpu_ratio',
      times.map(() => 0.5),
    ),
    line(
      'network_receive_bytes_per_second',
      times.map(() => 1_000),
      { interface: 'eth0' },
    ),
  ];
  const rows = termixRows(answer(times, 0, series), { from: start, to: start + 602_000 }, null, []);
  expect(rows.every(({ cpu_percent }) => cpu_percent === 50)).toBe(true);
  const rates = rows.slice(1).map(({ ts, net_rx_bytes }, index) => {
    const before = rows[index];
    return (
      ((net_rx_bytes ?? 0) - (before?.net_rx_bytes ?? 0)) / ((Date.parse(ts) - Date.parse(before?.ts ?? '')) / 1000)
    );
  });
  expect(new Set(rates)).toEqual(new Set([1_000]));
});
