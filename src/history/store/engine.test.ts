import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import {
  countOf,
  day,
  gauges,
  hour,
  minute,
  noon,
  numberAt,
  openRig,
  type Rig,
  removeFolders,
} from '../../../test/support/history-engine.ts';
import { codeOf, numberOf, stepOf } from '../../model/quantum.ts';
import { unpackBytes } from '../codec/seal.ts';

afterEach(removeFolders);

const kept = (value: number, { metric, unit } = gauges[0] as (typeof gauges)[number]): number =>
  numberOf(codeOf(value, stepOf(metric, unit)), stepOf(metric, unit));

/** Lowest, mean, highest and count of each bucket, of the numbers as they are kept. */
function naive(host: number, series: number, from: number, to: number, width: number, every = 30_000) {
  const buckets = [];
  for (let begin = from; begin < to; begin += width) {
    const values = [];
    const first = noon + Math.max(0, Math.ceil((begin - noon) / every)) * every;
    for (let at = first; at < Math.min(begin + width, to); at += every)
      values.push(kept(numberAt(host, at, series), gauges[series]));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    buckets.push({ min: Math.min(...values), mean, max: Math.max(...values), count: values.length });
  }
  return buckets;
}

async function expectNaive(rig: Rig, from: number, to: number, points: number, tier: string, host = 1): Promise<void> {
  const answer = await rig.query({ hostIds: [host], from, to, points });
  expect(answer.parts.map((part) => part.tier)).toEqual([tier]);
  const width = answer.resolution;
  for (const [index, series] of gauges.entries()) {
    const line = answer.hosts[0]?.series.find(({ metric }) => metric === series.metric);
    const expected = naive(host, index, from, to, width);
    expect(line?.count).toEqual(expected.map(({ count }) => count));
    expected.forEach((bucket, place) => {
      expect(line?.min[place]).toBeCloseTo(bucket.min, 6);
      expect(line?.max[place]).toBeCloseTo(bucket.max, 6);
      // A mean of a summary is rounded once more.
      const step = Math.max(stepOf(series.metric, series.unit), Math.abs(bucket.mean) / 1_024);
      expect(Math.abs((line?.mean[place] ?? 0) - bucket.mean)).toBeLessThanOrEqual(
        tier === 'raw' ? 1e-6 + 1e-9 * bucket.mean : step,
      );
    });
  }
}

test('minimum, mean, maximum and count are those of a naive computation, from samples and from summaries', async () => {
  const rig = openRig();
  rig.run(2 * day + 14 * hour, { hosts: [1, 7] });
  rig.engine.rollAll();
  const midnight = noon + 12 * hour;
  expect(readdirSync(rig.folder).filter((name) => name.endsWith('.db'))).toEqual(
    [
      '1h-2026.db',
      '5m-2026-06.db',
      'journal.db',
      'raw-2026-06-10.db',
      'raw-2026-06-11.db',
      'raw-2026-06-12.db',
      'raw-2026-06-13.db',
    ].slice(0, 7),
  );
  await expectNaive(rig, midnight + hour, midnight + 3 * hour, 60, 'raw');
  await expectNaive(rig, midnight, midnight + day, 288, '5m');
  await expectNaive(rig, midnight, midnight + day, 288, '5m', 7);
  await expectNaive(rig, midnight + 2 * hour, midnight + 8 * hour, 30, '5m');
  await expectNaive(rig, midnight, midnight + day, 24, '1h');
  await expectNaive(rig, midnight, midnight + day, 6, '1h');
});

test('an answer is joined from summaries, samples in files and samples in memory, without a hole between them', async () => {
  const rig = openRig();
  rig.run(2 * day + 8 * hour);
  rig.engine.rollAll();
  const answer = await rig.query({ from: noon, to: rig.clock.wall, points: 300 });
  expect(answer.parts.map(({ tier }) => tier)).toEqual(['5m', 'raw', 'head']);
  expect(answer.hosts[0]?.gaps).toEqual([]);
  expect(answer.hosts[0]?.series[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(
    ((2 * day + 8 * hour) / minute) * 2,
  );
  expect(answer.hosts[0]?.series[0]?.mean.every((mean) => mean !== null)).toBe(true);
});

test('after a kill at any moment all that was flushed is there once', async () => {
  const rig = openRig();
  for (let kills = 0; kills < 40; kills += 1) {
    rig.run(5 * minute, { hosts: [1, 2, 3] });
    rig.engine.flush();
    const expected = ((kills + 1) * 5 * minute) / 30_000;
    const killed = rig.kill();
    for (const host of [1, 2, 3]) expect(await countOf(killed, noon, rig.clock.wall, host)).toBe(expected);
    expect(killed.engine.state).toMatchObject({ status: 'on', trouble: null });
    // What is in the journal and in a chunk is not taken for twice as much.
    expect(await killed.query({ points: expected })).toMatchObject({ resolution: 0 });
    killed.engine.close();
  }
});

test('hours that are over and in no file yet are found right after a kill', async () => {
  const rig = openRig();
  const series = rig.engine.series(gauges);
  rig.clock.pass(5 * hour);
  for (let at = noon; at < noon + 5 * hour; at += 30_000)
    rig.engine.append({ hostId: 1, at, series, values: Float64Array.of(0.5, 1, 4_096, 5), top: null });
  rig.engine.flush();
  expect(await countOf(rig.kill(), noon, noon + 5 * hour)).toBe(600);
});

test('killed again and again, it goes on where it was', async () => {
  let rig = openRig();
  for (let kills = 0; kills < 12; kills += 1) {
    rig.run(17 * minute, { hosts: [1, 2] });
    rig.engine.flush();
    rig = rig.kill();
  }
  expect(await countOf(rig, noon, rig.clock.wall, 2)).toBe((12 * 17 * minute) / 30_000);
  const { hosts } = await rig.query({ metrics: [{ metric: 'cpu_ratio' }], points: 4_000 });
  const values = hosts[0]?.series[0]?.mean;
  expect(values?.[100]).toBe(kept(numberAt(1, noon + 100 * 30_000, 0)));
});

test('what was not written when it was killed is all that is lost', async () => {
  const rig = openRig();
  rig.run(10 * minute);
  rig.engine.flush();
  rig.run(8_000, { every: 1_000 });
  expect(await countOf(rig, noon, rig.clock.wall)).toBe(28);
  const killed = rig.kill();
  // Nothing is in memory alone for longer than ten seconds.
  expect(await countOf(killed, noon, rig.clock.wall)).toBe(20);
  rig.run(1_000, { every: 1_000 });
  expect(await countOf(rig.kill(), noon, rig.clock.wall)).toBe(29);
});

test('after a kill it knows when samples were last written', () => {
  const rig = openRig();
  expect(rig.engine.seen).toBe(null);
  rig.run(30 * minute);
  const flushed = rig.clock.wall;
  rig.clock.pass(40_000);
  const killed = rig.kill();
  expect(killed.engine.seen).toBe(flushed);
  killed.run(10 * minute);
  expect(killed.engine.seen).toBe(flushed);
});

test('a restart keeps all, and while Sonde was away is a gap with this reason', async () => {
  const rig = openRig();
  rig.run(30 * minute);
  rig.engine.close();
  const closed = rig.clock.wall;
  rig.clock.pass(20 * minute);
  rig.engine = openRig({ folder: rig.folder, clock: rig.clock }).engine;
  rig.run(30 * minute);
  const { hosts } = await rig.query({ metrics: [{ metric: 'cpu_ratio' }] });
  expect(hosts[0]?.series[0]?.count).toHaveLength(120);
  expect(hosts[0]?.gaps).toEqual([{ from: closed, to: closed + 20 * minute, why: 'away' }]);
});

test('a host with 3,000 interfaces that come and go each minute has at most 400 series and 50 new lists a day', async () => {
  const rig = openRig();
  for (let round = 0; round < 120; round += 1) {
    const series = Array.from({ length: 3_000 }, (_, index) => ({
      metric: 'network_bytes_per_second',
      labels: { interface: `veth${round % 3 === 0 ? index : index + round * 3_000}` },
      unit: 'bytes_per_second',
    }));
    rig.run(minute, { series: [...gauges, ...series], every: minute });
  }
  const { hosts } = await rig.query({ points: 40 });
  expect(hosts[0]?.series[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(120);
  expect(rig.engine.report()).toMatchObject({ dropped: 0 });
  expect(rig.engine.report().truncated).toBeGreaterThan(2_000);
  rig.engine.close();
  const lists = ['journal.db', 'raw-2026-06-10.db'].flatMap((name) => {
    const file = new DatabaseSync(join(rig.folder, name));
    return file
      .prepare('SELECT blob FROM shape')
      .all()
      .map(({ blob }) => unpackBytes(blob as Uint8Array));
  });
  expect(lists.length).toBeLessThanOrEqual(100);
  for (const list of lists)
    expect((JSON.parse(Buffer.from(list).toString()) as unknown[]).length).toBeLessThanOrEqual(400);
});

test('names of a megabyte are cut to 200 characters, and what is no text is made one', async () => {
  const rig = openRig();
  const labels = { mount: `/${'x'.repeat(1 << 20)}`, ['y'.repeat(1_000)]: 'a\0b\uD800' };
  rig.run(hour, { series: [{ metric: 'filesystem_used_ratio', labels, unit: 'ratio' }], value: () => 0.5 });
  rig.restart();
  const { hosts } = await rig.query({});
  expect(hosts[0]?.series).toHaveLength(1);
  for (const text of Object.entries(hosts[0]?.series[0]?.labels ?? {}).flat())
    expect(text.length).toBeLessThanOrEqual(200);
  expect(hosts[0]?.series[0]?.labels['y'.repeat(200)]).toBe('a\uFFFDb\uFFFD');
});

test('a series that is gone for a while and one that comes later keep their own values', async () => {
  const rig = openRig();
  const [cpu, load, memory] = gauges as [(typeof gauges)[0], (typeof gauges)[0], (typeof gauges)[0]];
  rig.run(30 * minute, { series: [cpu], value: () => 0.1 });
  rig.run(30 * minute, { series: [memory, cpu], value: (_host, _at, series) => [4_096, 0.2][series] ?? 0 });
  rig.run(30 * minute, { series: [load], value: () => 7 });
  rig.run(90 * minute, { series: [cpu, load, memory], value: (_host, _at, series) => [0.3, 8, 8_192][series] ?? 0 });
  const means = async (metric: string) =>
    (await rig.query({ metrics: [{ metric }], points: 6 })).hosts[0]?.series[0]?.mean;
  for (const restart of [false, true]) {
    if (restart) rig.restart();
    expect(await means('cpu_ratio')).toEqual([0.1, 0.2, null, 0.3, 0.3, 0.3]);
    expect(await means('load1')).toEqual([null, null, 7, 8, 8, 8]);
    expect(await means('memory_used_bytes')).toEqual([null, 4_096, null, 8_192, 8_192, 8_192]);
  }
});

test('the busiest processes are kept with samples and with summaries', async () => {
  const rig = openRig();
  const top = (at: number) =>
    at % minute === 0
      ? {
          cpu: [{ name: at === noon + 13 * hour ? 'backup' : 'web', value: at === noon + 13 * hour ? 3 : 0.5 }],
          memory: [{ name: 'db', value: 1 << 30 }],
        }
      : null;
  rig.run(2 * day, { top });
  rig.engine.rollAll();
  const ask = (from: number, to: number, points: number) => rig.query({ from, to, points, top: true });
  const close = await ask(noon + 12.5 * hour, noon + 13.5 * hour, 4_000);
  expect(close.hosts[0]?.top).toHaveLength(60);
  expect(close.hosts[0]?.top.find(({ cpu }) => cpu[0]?.name === 'backup')?.at).toBe(noon + 13 * hour);
  const far = await ask(noon + 12 * hour, noon + 36 * hour, 24);
  expect(far.parts).toMatchObject([{ tier: '1h' }]);
  const middle = await ask(noon + 12 * hour, noon + 36 * hour, 48);
  expect(middle.parts).toMatchObject([{ tier: '5m' }]);
  expect(middle.hosts[0]?.top[2]).toEqual({
    at: noon + 13 * hour,
    cpu: [{ name: 'backup', value: 3 }],
    memory: [{ name: 'db', value: 1 << 30 }],
  });
});
