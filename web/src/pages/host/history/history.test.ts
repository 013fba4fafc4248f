import { expect, test } from 'vitest';
import type { HostHistory } from '../../../api/history.ts';
import { beginOf, drawnOf, gapText, marksOf, weekSeconds } from './drawn.ts';
import { tableRows } from './table-rows.ts';
import { topNotes } from './top.ts';
import { named } from './wanted.ts';

const cpu = { metric: 'cpu_ratio', labels: {}, unit: 'ratio' };
const offline = { why: 'offline', cause: { stage: 'tcp', reason: 'refused' } } as const;

function answer(some: Partial<HostHistory>): HostHistory {
  return {
    hostId: 7,
    enabled: true,
    parts: [],
    events: [],
    from: 0,
    to: 60_000,
    resolution: 0,
    truncated: 0,
    gaps: [],
    top: [],
    times: [],
    series: [],
    ...some,
  };
}

test('a line goes on from one value to the next, and ends in a gap', () => {
  const times = [0, 10_000, 20_000, 30_000, 40_000, 50_000];
  const series = [{ ...cpu, mean: [1, null, 3, null, null, 6] }];
  const { recent } = drawnOf(answer({ times, series, gaps: [{ from: 25_000, to: 45_000, ...offline }] }), null);
  expect(recent.times).toEqual([0, 20, 35, 50]);
  expect(recent.series.get('cpu_ratio')?.values).toEqual([1, 3, null, 6]);
});

test('what stands for a while is drawn in its middle with lowest and highest, and a gap ends the line beside values of its edges', () => {
  const times = [0, 10_000, 20_000, 30_000];
  const series = [{ ...cpu, mean: [2, 3, null, 5], min: [1, 2, null, 4], max: [3, 4, null, 6] }];
  const gaps = [{ from: 14_000, to: 31_000, ...offline }];
  const { recent, extras } = drawnOf(answer({ times, series, gaps, resolution: 10_000 }), null);
  const values = recent.series.get('cpu_ratio')?.values ?? [];
  expect(recent.times).toEqual([5, 15, 22.5, 35]);
  expect(values).toEqual([2, 3, null, 5]);
  expect(extras.get(values)?.band).toEqual({ min: [1, 2, null, 4], max: [3, 4, null, 6] });
});

test('a week before is laid under the same times, by the nearest value if it is near', () => {
  const week = weekSeconds * 1000;
  const now = answer({
    from: week,
    to: week + 60_000,
    times: [week, week + 60_000, week + 600_000],
    series: [{ ...cpu, mean: [1, 2, 3] }],
  });
  const then = answer({ times: [5_000, 58_000], series: [{ ...cpu, mean: [7, 8] }] });
  const { recent, extras } = drawnOf(now, then);
  expect(extras.get(recent.series.get('cpu_ratio')?.values ?? [])?.before).toEqual([7, 8, null]);
  const other = { ...then, series: [{ ...cpu, labels: { core: '1' }, mean: [7, 8] }] };
  expect(drawnOf(now, other).extras.size).toBe(0);
});

test('a gap says why in words, with how the host failed', () => {
  expect(gapText({ from: 0, to: 1, ...offline })).toBe('The host was offline (Network: refused).');
  expect(gapText({ from: 0, to: 1, why: 'sonde-away', cause: null })).toBe('Sonde was not running.');
  expect(gapText({ from: 0, to: 1, why: 'not-sampled', cause: { stage: 'host-key', reason: 'changed' } })).toBe(
    'The host was not sampled (Host key: changed).',
  );
});

test('going offline and coming back are marks; what still lasts has no end', () => {
  const gaps = [
    { from: 10_000, to: 20_000, ...offline },
    { from: 30_000, to: 40_000, why: 'not-sampled', cause: null },
    { from: 50_000, to: 60_000, ...offline },
  ] as const;
  expect(marksOf(answer({ gaps })).map(({ at, text, tone }) => [at, text, tone])).toEqual([
    [10, 'Went offline (Network: refused).', 'bad'],
    [20, 'Online again', 'good'],
    [50, 'Went offline (Network: refused).', 'bad'],
  ]);
  const many = Array.from({ length: 40 }, (_, index) => ({ from: index * 100, to: index * 100 + 50, ...offline }));
  expect(marksOf(answer({ gaps: many }))).toEqual([]);
});

test('where an answer begins before the first value, it is known since when there are values', () => {
  const times = [0, 3_600_000, 7_200_000];
  const gaps = [{ from: 0, to: 7_000_000, why: 'not-sampled', cause: null }] as const;
  const series = [{ ...cpu, mean: [null, null, 1] }];
  expect(beginOf(answer({ times, series, gaps }))).toBe(7_200_000);
  expect(beginOf(answer({ times, series: [{ ...cpu, mean: [1, 1, 1] }] }))).toBeNull();
  expect(beginOf(answer({ times, gaps }))).toBeNull();
});

test('the processes of the nearest time are named, unless that is far away', () => {
  const top = [
    { at: 60_000, cpu: [{ name: 'ffmpeg', value: 1.8 }], memory: [{ name: 'db', value: 2 ** 31 }] },
    { at: 120_000, cpu: [], memory: [] },
  ];
  expect(topNotes(top, 70, 90)).toEqual(['CPU: ffmpeg 180\u00a0%', 'Memory: db 2.00\u00a0GiB']);
  expect(topNotes(top, 119, 90)).toEqual([]);
  expect(topNotes(top, 600, 90)).toEqual([]);
  expect(topNotes([], 70, 90)).toEqual([]);
});

test('a chart as a table has its newest values first, at most 48 rows, with lowest and highest', () => {
  const times = Array.from({ length: 96 }, (_, index) => index);
  const line = { name: 'a', colour: '', values: times };
  const rows = tableRows(times, [line], { from: 0, to: 95 });
  expect(rows).toHaveLength(48);
  expect(rows[0]).toEqual({ time: 94, cells: [{ value: 94.5, low: 94, high: 95 }] });
  const band = { min: [0, 1], max: [4, 5] };
  expect(tableRows([1, 2], [{ ...line, values: [2, null], band }], { from: 0, to: 9 })).toEqual([
    { time: 2, cells: [{ value: null, low: null, high: null }] },
    { time: 1, cells: [{ value: 2, low: 0, high: 4 }] },
  ]);
});

test('labels are quoted as the server reads them', () => {
  expect(named('x', 'mount', '/a,"b"\\')).toBe('x{mount="/a,\\"b\\"\\\\"}');
});
