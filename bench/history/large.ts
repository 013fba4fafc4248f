/** In a process of its own: what many hosts take in memory, and how a start reads their full journal. Prints JSON. */
import { rmSync } from 'node:fs';
import { openFileHistory } from '../../src/backends/history-files.ts';
import { defaultRetention } from '../../src/ports/history-store.ts';
import { MadeUpHost, series } from './made-up.ts';
import { FleetClock, intervalMs, openEngine } from './stores.ts';

const [folder = '', count = ''] = process.argv.slice(2);
const hour = 3_600_000;
const clock = new FleetClock();
const gc = (globalThis as { readonly gc?: () => void }).gc;

function usedBytes(): number {
  gc?.();
  gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const hosts = Array.from({ length: Number(count) }, (_, index) => new MadeUpHost(index + 1));
const before = usedBytes();
const engine = openEngine(folder, clock);
const kept = engine.series(series);
const end = clock.wall + 1.2 * hour;
for (; clock.wall < end; clock.wall += intervalMs) {
  for (const host of hosts)
    engine.append({ hostId: host.hostId, at: clock.wall, series: kept, values: host.next(), top: null });
  engine.tick();
}
const memory = usedBytes() - before;
engine.close();

const cpu = process.cpuUsage();
const began = performance.now();
const store = openFileHistory({ folder, retention: defaultRetention, now: clock.now, onError: () => {} });
const openedMs = performance.now() - began;
await store.query({ hostIds: [1], metrics: [], from: clock.wall - hour, to: clock.wall, points: 100 });
const readMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
await store.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ memory, openedMs, readMs, readCpuMs: (user + system) / 1_000 }));
