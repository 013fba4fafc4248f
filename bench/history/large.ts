/**
 * In a process of its own: `fill` tells what many hosts take in memory and leaves their full journal, `open` how a start reads
 * it. Prints JSON.
 */
import { openFileHistory } from '../../src/backends/history-files.ts';
import { defaultRetention } from '../../src/ports/history-store.ts';
import { MadeUpHost, series } from './made-up.ts';
import { begin, FleetClock, intervalMs, openEngine } from './stores.ts';

const [what = '', folder = '', count = ''] = process.argv.slice(2);
const hour = 3_600_000;
const end = begin + 1.2 * hour;
const clock = new FleetClock();
const gc = (globalThis as { readonly gc?: () => void }).gc;

function usedBytes(): number {
  gc?.();
  gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function fill(): object {
  const hosts = Array.from({ length: Number(count) }, (_, index) => new MadeUpHost(index + 1));
  const before = usedBytes();
  const engine = openEngine(folder, clock);
  const kept = engine.series(series);
  for (; clock.wall < end; clock.wall += intervalMs) {
    for (const host of hosts)
      engine.append({ hostId: host.hostId, at: clock.wall, series: kept, values: host.next(), top: null });
    engine.tick();
  }
  const memory = usedBytes() - before;
  engine.close();
  return { memory };
}

async function open(): Promise<object> {
  clock.wall = end;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const store = openFileHistory({ folder, retention: defaultRetention, now: clock.now, onError: () => {} });
  const openedMs = performance.now() - began;
  const { hosts } = await store.query({ hostIds: [1], metrics: [], from: end - hour, to: end, points: 100 });
  const readMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  await store.close();
  return { openedMs, readMs, readCpuMs: (user + system) / 1_000, isRead: hosts[0]?.series.length === series.length };
}

process.stdout.write(JSON.stringify(what === 'fill' ? fill() : await open()));
