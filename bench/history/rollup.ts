/** A day of some hosts, summarised, and compared with a naive computation. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, numberOf, stepOf } from '../../src/model/quantum.ts';
import { MadeUpHost, series } from './made-up.ts';
import { begin, FleetClock, intervalMs, openEngine } from './stores.ts';

const day = 86_400_000;
const steps = series.map(({ metric, unit }) => stepOf(metric, unit));

/** CPU seconds for all of a day's samples of the hosts and for its summaries, and how many means were off by more than a quantum. */
export async function measureDay(hostCount: number) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
  const clock = new FleetClock();
  const engine = openEngine(folder, clock);
  const kept = engine.series(series);
  const hosts = Array.from({ length: hostCount }, (_, index) => new MadeUpHost(index + 1));
  const checked = new Float64Array((day / intervalMs) * series.length);
  let taking = 0;
  for (let round = 0; clock.wall < begin + day; clock.wall += intervalMs, round += 1) {
    const all = hosts.map((host) => Float64Array.from(host.next()));
    checked.set(all[0] ?? [], round * series.length);
    const before = process.cpuUsage();
    hosts.forEach((host, index) => {
      engine.append({
        hostId: host.hostId,
        at: clock.wall,
        series: kept,
        values: all[index] as Float64Array,
        top: null,
      });
    });
    engine.tick();
    taking += cpuSince(before);
  }
  clock.wall += 75 * 60_000;
  for (let turn = 0; turn < 100; turn += 1) engine.flush();
  // What is over is written before it is summarised; afterwards the roller alone works.
  for (let turn = 0; turn < 600 && engine.report().journalAgeSeconds > 0; turn += 1) {
    clock.wall += 10_000;
    engine.tick();
  }
  const before = process.cpuUsage();
  engine.rollAll();
  const rolling = cpuSince(before);
  let wrong = 0;
  for (const points of [288, 24]) {
    const query = { hostIds: [1], metrics: [], from: begin, to: begin + day, points };
    const answer = await engine.query(query, async () => {});
    for (const [index, { metric, labels }] of series.entries()) {
      const key = JSON.stringify(labels);
      const line = answer.hosts[0]?.series.find((one) => one.metric === metric && JSON.stringify(one.labels) === key);
      for (let bucket = 0; bucket < points; bucket += 1) wrong += isWrong(line, checked, index, bucket, points) ? 1 : 0;
    }
  }
  engine.close();
  rmSync(folder, { recursive: true, force: true });
  return { taking, rolling, wrong };
}

type Line = {
  readonly min: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
};

function isWrong(line: Line | undefined, values: Float64Array, place: number, bucket: number, points: number): boolean {
  const perBucket = day / intervalMs / points;
  const step = steps[place] ?? 0;
  const own = Array.from({ length: perBucket }, (_, index) => {
    const value = values[(bucket * perBucket + index) * series.length + place] ?? 0;
    return numberOf(codeOf(value, step), step);
  });
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  const quantum = Math.max(step, Math.abs(mean) / 1_024) * 1.001;
  const { min, mean: found, max } = line ?? { min: [], mean: [], max: [] };
  const isSame = (a: number | null | undefined, b: number): boolean =>
    Math.abs((a ?? Number.NaN) - b) <= 1e-9 * Math.abs(b);
  return !(
    isSame(min[bucket], Math.min(...own)) &&
    isSame(max[bucket], Math.max(...own)) &&
    Math.abs((found[bucket] ?? Number.NaN) - mean) <= quantum
  );
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
