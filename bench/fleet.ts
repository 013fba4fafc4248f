/** Thousands of hosts, each a fake SSH server in another process, watched by one Sonde. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakes } from './fake-fleet.ts';
import { cpuMs, rssKiB } from './machine.ts';
import { atMost, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

export async function fleet(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 100 : 2_000;
  const intervalSeconds = quick ? 10 : 30;
  const fakes = await startFakes(hosts, intervalSeconds);
  const sonde = await startSonde();
  await sonde.call('POST', '/global-settings', { metricsInterval: intervalSeconds, collectAlways: true });
  const rssBefore = rssKiB(sonde.pid);

  const begin = performance.now();
  let last = 0;
  for (const [index, port] of fakes.ports.entries()) {
    const login = { username: `host${index}`, authType: 'password', password: 'x' };
    last = Number(
      (await sonde.call('POST', '/host/db/host', { name: `host${index}`, ip: '127.0.0.1', port, ...login })).id,
    );
  }
  for (let id = 1; id <= last; id += 1) {
    while ('error' in (await sonde.call('GET', `/metrics/${id}`))) await sleep(100);
  }
  const connectedSeconds = (performance.now() - begin) / 1000;
  await sleep(intervalSeconds * 2_000);
  await fakes.report();

  const [cpu, at] = [cpuMs([sonde.pid]), performance.now()];
  await sleep(intervalSeconds * 1_000 * 2);
  const share = (cpuMs([sonde.pid]) - cpu) / (performance.now() - at);
  const { latest, requests } = await fakes.report();
  const rss = rssKiB(sonde.pid) - rssBefore;
  await sonde.stop();
  fakes.stop();
  return [
    told(`${hosts} hosts added, connected and sampled`, connectedSeconds, 's'),
    told('samples in two intervals', requests, ''),
    atMost(`CPU for ${hosts} hosts at ${intervalSeconds} s, of one core`, share * 100, 15, '%'),
    atMost('memory a host', rss / hosts, 100, 'KiB'),
    atMost('latest sample', latest / 1000, 1, 's'),
  ];
}
