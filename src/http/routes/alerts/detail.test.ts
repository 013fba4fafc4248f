/** What an incident shows beside itself, without a server. */
import { expect, test } from 'vitest';
import { ann, hostOf, live, newWorld, repeat } from '../../../../test/support/alerts-world.ts';
import { openMemoryHistory } from '../../../backends/history-memory.ts';
import { RequestError } from '../../../lib/errors.ts';
import type { HistoryQuery } from '../../../ports/history-store.ts';
import type { HttpContext } from '../../context.ts';
import { detailOf } from './detail.ts';

const signal = new AbortController().signal;
const labels = { mount: '/data', device: '/dev/sdb' };
const used = { metric: 'filesystem_used_ratio', labels, unit: 'ratio' };
const free = { metric: 'filesystem_available_bytes', labels, unit: 'bytes' };
const other = { ...used, labels: { mount: '/', device: '/dev/sda' } };

/** An incident about a full disk, in a world with this history and these recent values. */
async function shown(more: {
  readonly query?: (query: HistoryQuery) => Promise<unknown>;
  readonly recent?: { readonly times: readonly number[]; readonly series: readonly object[] };
}) {
  const world = await newWorld([hostOf(1)]);
  const top = { at: world.now, cpu: [{ name: 'rsync', value: 0.9 }], memory: [] };
  const sonde = await live(world, { contextOf: () => ({ points: { times: [1, 2], values: [0.9, 0.98] }, top }) });
  const store = openMemoryHistory(() => world.now);
  repeat(12, 30, sonde, () => {
    const values = Float64Array.of(0.98, 2e8, 0.5);
    store.append({ samples: [{ hostId: 1, at: world.now, series: [used, free, other], values, top: null }] });
    sonde.sample(1, 0.1, 0.98);
  });
  const [incident, second] = await sonde.incidents('open');
  if (!incident) throw new Error('no incident');
  // Safe: nothing else of the context is used.
  const context = {
    alerts: sonde.alerts,
    changes: { list: async () => [] },
    history: { query: more.query ?? ((query: HistoryQuery) => store.query(query, signal)) },
    recent: { get: () => more.recent ?? { times: [], series: [] } },
    clock: { now: () => world.now, monotonic: () => world.now },
  } as unknown as HttpContext;
  expect(await sonde.alerts.incidents.get(ann, incident.id)).toMatchObject({ rule: { name: 'Disk full' } });
  return { detail: await detailOf(context, incident, signal), top, second };
}

test('the series that an incident is about is shown with its thresholds, and those of further tests; others are not', async () => {
  const { detail, top, second } = await shown({});
  expect(detail.chart).toMatchObject({ source: 'history', resolution: 0 });
  expect(detail.chart?.lines.map(({ metric, labels: of }) => [metric, of.mount])).toEqual([
    ['filesystem_used_ratio', '/data'],
    ['filesystem_available_bytes', '/data'],
  ]);
  expect(detail.chart?.thresholds).toEqual([
    { metric: 'filesystem_used_ratio', unit: 'ratio', op: '>', fire: 0.97, clear: 0.95 },
    { metric: 'filesystem_available_bytes', unit: 'bytes', op: '<', fire: 5 * 1024 ** 3, clear: 6 * 1024 ** 3 },
  ]);
  expect(detail.top).toEqual({ ...top, at: new Date(top.at).toISOString() });
  expect(detail.others).toMatchObject([{ id: second?.id, rule: 'Disk nearly full', closedAt: null }]);
});

test('while history is busy or has nothing, the newest values are shown, or those that were kept as it opened', async () => {
  const busy = (): Promise<never> => Promise.reject(new RequestError(503, 'busy'));
  const now = 1_700_000_000_000;
  const recent = {
    times: [now, now + 30_000],
    series: [
      { ...used, values: [0.9, 0.98] },
      { ...other, values: [0.5, 0.5] },
    ],
  };
  expect((await shown({ query: busy, recent })).detail.chart).toMatchObject({
    source: 'recent',
    times: recent.times,
    lines: [{ metric: 'filesystem_used_ratio', labels, mean: [0.9, 0.98] }],
  });
  expect((await shown({ query: busy })).detail.chart).toMatchObject({
    source: 'opening',
    times: [1, 2],
    lines: [{ metric: 'filesystem_used_ratio', labels, unit: 'ratio', mean: [0.9, 0.98] }],
  });
});
