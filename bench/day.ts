/**
 * A day of the scheduler's policy, with restarts, on a clock that does not wait: how often hosts that fail in every way
 * are contacted.
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Kind, kinds, restarts, type Touched } from './day-shard.ts';
import { atMost, type Row, told } from './report.ts';

export async function day(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 1_000 : 10_000;
  const kindOf = kinds.flatMap((kind) => Array<Kind>(Math.round(kind.share * hosts)).fill(kind));
  const shards = Math.min(4, availableParallelism());
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const shares = await Promise.all(
    Array.from({ length: shards }, async (_, shard) => {
      const own = kindOf.filter((__, index) => index % shards === shard);
      return { kindOf: own, ...(await simulateApart(own)) };
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = Object.values(process.cpuUsage(cpu)).reduce((sum, micros) => sum + micros, 0) / 1_000_000;
  const counts = (kind: Kind, what: 'dials' | 'pings'): readonly number[] =>
    shares.flatMap((share) => [...share[what]].filter((_, index) => share.kindOf[index] === kind));
  return [
    ...kinds.flatMap((kind) => [
      counted(`${kind.name}: connects a day`, counts(kind, 'dials'), kind.maxDials),
      counted(`${kind.name}: pings a day`, counts(kind, 'pings'), null),
    ]),
    atMost(`a day of ${kindOf.length} hosts with ${restarts} restarts, in ${shards} threads`, seconds, 60, 's'),
    told('its own CPU time', cpuSeconds, 's'),
  ];
}

/** In a separate thread, because its timers run on a simulated clock. */
async function simulateApart(kindOf: readonly Kind[]): Promise<Touched> {
  const worker = new Worker(new URL('./day-shard.ts', import.meta.url), { workerData: kindOf.map(({ name }) => name) });
  const [touched] = (await once(worker, 'message')) as [Touched];
  await worker.terminate();
  return touched;
}

/** The host with the most, and the mean of all. */
function counted(figure: string, counts: readonly number[], aim: number | null): Row {
  const most = Math.max(...counts);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const measured = `at most ${most}, mean ${mean.toFixed(1)}`;
  return { figure, measured, aim: aim === null ? '' : `≤ ${aim}`, met: aim === null || most <= aim };
}
