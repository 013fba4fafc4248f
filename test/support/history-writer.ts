/**
 * Writes history as fast as it can, in a process that may be ended in any way: `node history-writer.ts FOLDER FROM HOSTS`.
 * Its clock goes 30 s with every sample of each host. Prints `flushed TIME` when all samples before TIME are in a file, and
 * the state of the store as `state JSON` when it changes.
 */
import { openFileHistory } from '../../src/backends/history-files.ts';
import { defaultRetention } from '../../src/ports/history-store.ts';
import { gauges, numberAt } from './history-engine.ts';

const [folder = '', from = '', hosts = ''] = process.argv.slice(2);
const stepMs = 30_000;
let now = Number(from);
const store = openFileHistory({
  folder,
  retention: { ...defaultRetention, rawDays: 30 },
  now: () => now,
  onError: (error) => process.stderr.write(`${String(error)}\n`),
  onTrouble: () => {},
});

let told = '';
for (;;) {
  for (let round = 0; round < 8; round += 1) {
    const samples = Array.from({ length: Number(hosts) }, (_, hostId) => {
      const values = Float64Array.from(gauges, (__, series) => numberAt(hostId, now, series));
      return { hostId, at: now, series: gauges, values, top: null };
    });
    store.append({ samples });
    now += stepMs;
  }
  await store.flush();
  const { trouble } = store.state();
  const state = JSON.stringify({ reason: trouble?.reason ?? null });
  if (state !== told) process.stdout.write(`state ${state}\n`);
  told = state;
  if (trouble === null) process.stdout.write(`flushed ${now}\n`);
  // Not faster than a disk that fails is told of.
  else await new Promise((resolve) => setTimeout(resolve, 50));
}
