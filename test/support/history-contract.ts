/** What every history store does, whatever it keeps the samples in. Quantised stores are right to the quantum. */
import { expect, test } from 'vitest';
import type { HistorySeries, HistoryStore, HostSample, TopProcesses } from '../../src/ports/history-store.ts';

const minute = 60_000;
const hour = 60 * minute;

export const cpu: HistorySeries = { metric: 'cpu_ratio', labels: {}, unit: 'ratio' };
export const root: HistorySeries = { metric: 'filesystem_used_ratio', labels: { mount: '/' }, unit: 'ratio' };
export const home: HistorySeries = { metric: 'filesystem_used_ratio', labels: { mount: '/home' }, unit: 'ratio' };
const [onlyCpu, both] = [[cpu], [cpu, root, home]];

export function sample(
  hostId: number,
  at: number,
  values: readonly number[],
  top: TopProcesses | null = null,
): HostSample {
  return { hostId, at, series: values.length === 1 ? onlyCpu : both, values: Float64Array.from(values), top };
}

/** `open` answers with an empty store each time; `now` is the time it takes for the present. */
export function historyContract(open: () => Promise<{ readonly store: HistoryStore; readonly now: number }>): void {
  /** A store that has samples of hosts every 30 s over the last hours, value = minutes since the first. */
  async function filled(hostIds: readonly number[], hours = 2) {
    const { store, now } = await open();
    const from = now - hours * hour;
    const samples: HostSample[] = [];
    for (let at = from; at < now; at += minute / 2)
      samples.push(...hostIds.map((hostId) => sample(hostId, at, [(at - from) / minute / 1000])));
    store.append({ samples });
    return { store, now, from };
  }

  test('few samples of one host are answered at their own times', async () => {
    const { store, now, from } = await filled([1]);
    const query = { hostIds: [1], metrics: [{ metric: 'cpu_ratio' }], from, to: from + 2 * minute, points: 800 };
    const { times, resolution, hosts } = await store.query(query);
    expect([times, resolution]).toEqual([[0, 30_000, 60_000, 90_000].map((after) => from + after), 0]);
    const values = [0, 0.0005, 0.001, 0.0015].map((value) => expect.closeTo(value, 4));
    expect(hosts).toMatchObject([{ hostId: 1, series: [{ ...cpu, min: values, mean: values, max: values }] }]);
    expect(hosts[0]?.series[0]?.count).toEqual([1, 1, 1, 1]);
    expect(now).toBeGreaterThan(from);
    await store.close();
  });

  test('buckets begin where the span does, and hold lowest, mean, highest and count', async () => {
    const { store, from } = await filled([1]);
    const answer = await store.query({ hostIds: [1], metrics: [], from, to: from + hour, points: 6 });
    expect(answer.resolution).toBe(10 * minute);
    expect(answer.times).toEqual([0, 10, 20, 30, 40, 50].map((after) => from + after * minute));
    const [line] = answer.hosts[0]?.series ?? [];
    expect(line?.count).toEqual([20, 20, 20, 20, 20, 20]);
    expect(line?.min[1]).toBeCloseTo(0.01, 4);
    expect(line?.mean[1]).toBeCloseTo(0.01475, 4);
    expect(line?.max[1]).toBeCloseTo(0.0195, 4);
    await store.close();
  });

  test('several hosts share the times of the answer, and one of which nothing is known has no series', async () => {
    const { store, from } = await filled([1, 2]);
    const { hosts, times } = await store.query({ hostIds: [2, 9, 1], metrics: [], from, to: from + hour, points: 30 });
    expect(hosts.map(({ hostId, series }) => [hostId, series.length])).toEqual([
      [2, 1],
      [9, 0],
      [1, 1],
    ]);
    expect(times).toHaveLength(30);
    expect(hosts[1]?.gaps).toEqual([{ from, to: from + hour, why: 'unknown' }]);
    await store.close();
  });

  test('where nothing was sampled is a gap with nulls', async () => {
    const { store, now } = await open();
    const from = now - hour;
    for (let after = 0; after < 60; after += 1)
      if (after < 20 || after >= 40) store.append({ samples: [sample(1, from + after * minute, [0.5])] });
    const { hosts } = await store.query({ hostIds: [1], metrics: [], from, to: from + hour, points: 12 });
    expect(hosts[0]?.series[0]?.mean).toEqual([0.5, 0.5, 0.5, 0.5, null, null, null, null, 0.5, 0.5, 0.5, 0.5]);
    expect(hosts[0]?.gaps).toEqual([{ from: from + 20 * minute, to: from + 40 * minute, why: 'unknown' }]);
    await store.close();
  });

  test('series are chosen by name and labels, and one that comes later is null before', async () => {
    const { store, now } = await open();
    const from = now - hour;
    store.append({ samples: [sample(1, from, [0.1])] });
    store.append({ samples: [sample(1, from + minute, [0.2, 0.3, 0.4])] });
    store.append({ samples: [sample(1, from + 2 * minute, [0.2, Number.NaN, Number.POSITIVE_INFINITY])] });
    const ask = (metrics: Parameters<typeof store.query>[0]['metrics']) =>
      store.query({ hostIds: [1], metrics, from, to: now, points: 800 });
    const one = await ask([{ metric: 'filesystem_used_ratio', labels: { mount: '/home' } }]);
    expect(one.hosts[0]?.series).toMatchObject([{ ...home, mean: [null, 0.4, null], count: [0, 1, 0] }]);
    const found = await ask([{ metric: 'filesystem_used_ratio' }]);
    expect(found.hosts[0]?.series.map(({ labels }) => labels)).toEqual([root.labels, home.labels]);
    expect((await ask([])).hosts[0]?.series).toHaveLength(3);
    expect((await ask([{ metric: 'nothing' }])).hosts[0]?.series).toEqual([]);
    await store.close();
  });

  test('of the top processes of a bucket, those of the busiest sample are answered', async () => {
    const { store, now } = await open();
    const from = now - hour;
    for (let after = 0; after < 10; after += 1) {
      const busy = {
        cpu: [{ name: `job${after}`, value: after === 4 ? 2 : 0.5 }],
        memory: [{ name: 'db', value: 4_096_000 }],
      };
      store.append({ samples: [sample(1, from + after * minute, [0.1], after % 2 === 0 ? busy : null)] });
    }
    const ask = (top: boolean) =>
      store.query({ hostIds: [1], metrics: [], from, to: from + 10 * minute, points: 2, top });
    const found = (await ask(true)).hosts[0]?.top;
    expect(found?.map(({ at, cpu: [first] }) => [at, first])).toEqual([
      [from + 4 * minute, { name: 'job4', value: 2 }],
      [from + 6 * minute, { name: 'job6', value: 0.5 }],
    ]);
    expect(found?.[0]?.memory).toEqual([{ name: 'db', value: 4_096_000 }]);
    expect((await ask(false)).hosts[0]?.top).toEqual([]);
    await store.close();
  });

  test('samples that are late, equal or in the future are dropped and counted', async () => {
    const { store, now } = await open();
    const times = [now - hour, now - hour, now - hour - 1, now + 6 * minute, now - hour + 1];
    for (const at of times) store.append({ samples: [sample(1, at, [0.5])] });
    const { hosts } = await store.query({
      hostIds: [1],
      metrics: [],
      from: now - 2 * hour,
      to: now + hour,
      points: 800,
    });
    expect(hosts[0]?.series[0]?.count).toEqual([1, 1]);
    expect((await store.storage()).dropped).toBe(3);
    await store.close();
  });

  test('what goes beyond the limits is refused', async () => {
    const { store, now } = await open();
    const good = { hostIds: [1], metrics: [], from: now - hour, to: now, points: 800 };
    const refused = [
      { hostIds: [] },
      { hostIds: Array.from({ length: 51 }, (_, index) => index) },
      { points: 0 },
      { points: 4_001 },
      { points: 1.5 },
      { from: now },
      { to: Number.NaN },
      { metrics: Array.from({ length: 101 }, () => ({ metric: 'cpu_ratio' })) },
    ];
    for (const bad of refused)
      await expect(store.query({ ...good, ...bad })).rejects.toMatchObject({ statusCode: 400 });
    await expect(store.query(good, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    await store.close();
  });

  test('a host that is forgotten has no history, and the others keep theirs', async () => {
    const { store, now, from } = await filled([1, 2], 1);
    await store.forget(1);
    const { hosts } = await store.query({ hostIds: [1, 2], metrics: [], from, to: now, points: 10 });
    expect(hosts.map(({ series }) => series.length)).toEqual([0, 1]);
    await store.close();
  });
}
