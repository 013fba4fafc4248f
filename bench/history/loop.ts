/** In a process of its own: how long the main loop is held up while history is written. Prints JSON. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFileHistory } from '../../src/backends/history-files.ts';
import { defaultRetention, type HostSample } from '../../src/ports/history-store.ts';
import { MadeUpHost, series } from './made-up.ts';

const [folder = '', count = '', seconds = ''] = process.argv.slice(2);
const hosts = Array.from({ length: Number(count) }, (_, index) => new MadeUpHost(index + 1));
const store =
  folder === '' ? null : openFileHistory({ folder, retention: defaultRetention, now: Date.now, onError: () => {} });
const delay = monitorEventLoopDelay({ resolution: 1 });
await sleep(1_000);
delay.enable();
const cpu = process.cpuUsage();
for (let second = 0; second < Number(seconds); second += 1) {
  const samples = hosts
    .filter((_, index) => index % 30 === second % 30)
    .map((host): HostSample => {
      return { hostId: host.hostId, at: Date.now(), series, values: Float64Array.from(host.next()), top: null };
    });
  store?.append({ samples });
  // The disk is waited for as often as it ever is.
  await store?.flush();
  await sleep(1_000);
}
delay.disable();
const { user, system } = process.cpuUsage(cpu);
const answer = {
  p99Ms: delay.percentile(99) / 1e6,
  maxMs: delay.max / 1e6,
  cpuShare: (user + system) / 1e6 / Number(seconds),
};
process.stdout.write(JSON.stringify(answer));
await store?.close();
