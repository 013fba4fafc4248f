/** Prometheus reads a fleet through Sonde: Debian's Prometheus, then a scraper of our own that asks more often. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Prometheus, startPrometheus } from '../test/support/prometheus.ts';
import { addUser, newPath, startSshd } from '../test/support/rig.ts';
import { startFakes } from './fake-fleet.ts';
import { cpuMs, rssKiB } from './machine.ts';
import { note, probes } from './probes.ts';
import { atMost, type Row, told } from './report.ts';
import { type Sonde, startSonde } from './sonde.ts';

const longestStartMs = 300_000;

/** Real and fake hosts, scraped by Debian's Prometheus, then by more probes a second than it sends. */
export async function scrape(quick: boolean): Promise<readonly Row[]> {
  const [real, fake, interval, minutes] = quick ? [10, 200, 10, 1] : [50, 2_000, 30, 10];
  const fleet = await startFleet(real, fake, interval);
  const { sonde } = fleet;
  const before = await sonde.liveBytes();
  const prometheus = await startPrometheus(await configFor(sonde, interval));
  const one = async (expression: string): Promise<number> => (await prometheus.query(expression))[0]?.value ?? 0;
  const up = 'count(up{job="node"} == 1)';
  const begin = performance.now();
  // On a busy machine, there may be no moment in which all of them are up.
  while ((await one(up)) < real + fake && performance.now() - begin < longestStartMs) await sleep(1_000);
  const allUp = (performance.now() - begin) / 1_000;
  await sleep(2_000 * interval);
  const [cpu, at] = [cpuMs([sonde.pid]), performance.now()];
  const reasons = await failuresOf(prometheus, interval, minutes * 60);
  const share = (cpuMs([sonde.pid]) - cpu) / (performance.now() - at);
  const span = `{job="node"}[${minutes}m]`;
  const scrapes = await one(`sum(count_over_time(up${span}))`);
  const failed = scrapes - (await one(`sum(sum_over_time(up${span}))`));
  const series = await one('sum(scrape_samples_scraped{job="node"})');
  const longest = await one(`max(max_over_time(scrape_duration_seconds${span}))`);
  const hostTook = `node_scrape_collector_duration_seconds{collector="sample",job="node"}[${minutes}m]`;
  const answered = await one(`max(max_over_time(${hostTook}))`);
  const known = await prometheus.query(`count by (stage, reason) (max_over_time(sonde_host_failure[${minutes}m]))`);
  const lag = await one(`max(max_over_time(sonde_event_loop_lag_seconds{quantile="1"}[${minutes}m]))`);
  const outcomes = await prometheus.query(`sum by (outcome) (increase(sonde_scrapes_total[${minutes}m]))`);
  prometheus.close();
  for (const { labels, value } of outcomes) process.stderr.write(`scrapes ${labels.outcome}: ${Math.round(value)}\n`);
  for (const { labels, value } of known) note(reasons, `${value} hosts were: ${labels.stage} ${labels.reason}`);
  const live = await sonde.liveBytes();
  const memory = rssKiB(sonde.pid);
  const rows = await probing(sonde, real + fake, quick, reasons);
  await fleet.stop();
  tell(reasons);
  const hosts = `${real} real and ${fake} fake hosts`;
  return [
    told(`${hosts} connected, sampled and up in Prometheus`, allUp, 's'),
    told(`scrapes of them in ${minutes} min, one every ${interval} s each`, scrapes, ''),
    atMost('failed scrapes', failed, 0, ''),
    told('longest scrape', longest, 's'),
    told('longest time between a request to a host and its answer', answered, 's'),
    told('series in a round', series, ''),
    told('CPU of Sonde meanwhile, of one core', share * 100, '%'),
    told('longest turn of the event loop', lag * 1_000, 'ms'),
    told('memory of Sonde', memory / 1_024, 'MiB'),
    told('live memory of a host (heap and buffers after a collection)', (live - before) / 1_024 / (real + fake), 'KiB'),
    ...rows,
  ];
}

/** Fake hosts alone, probed by a scraper of our own. */
export async function probe(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 200 : 2_000;
  const fleet = await startFleet(0, hosts, 30);
  const reasons = new Map<string, number>();
  // The first probe of a host connects to it.
  await probes(fleet.sonde, hosts, 50, hosts / 50);
  const rows = await probing(fleet.sonde, hosts, quick, reasons);
  await fleet.stop();
  tell(reasons);
  return rows;
}

async function probing(sonde: Sonde, hosts: number, quick: boolean, reasons: Map<string, number>) {
  const perSecond = quick ? 50 : 333;
  const probed = await probes(sonde, hosts, perSecond, quick ? 10 : 30);
  for (const [reason, count] of probed.reasons) reasons.set(`probe: ${reason}`, count);
  return [
    told('probes a second that were answered', probed.aSecond, ''),
    told('CPU of Sonde for a probe', probed.cpuMs, 'ms'),
    told(`probe at ${perSecond} a second of ${hosts} hosts, median`, probed.p50Ms, 'ms'),
    atMost(`probe at ${perSecond} a second of ${hosts} hosts, p99`, probed.p99Ms, 250, 'ms'),
    atMost('failed probes', probed.failed, 0, ''),
  ];
}

/** A Sonde with hosts that nobody has asked for yet. */
export async function startFleet(real: number, fake: number, interval: number) {
  const fakes = await startFakes(fake, interval);
  const server = real > 0 ? await startSshd({ config: ['MaxStartups 200'] }) : null;
  const sonde = await startSonde();
  await sonde.call('POST', '/global-settings', { deniedNetworks: [], collectAlways: false });
  const add = async (host: object): Promise<unknown> =>
    sonde.call('POST', '/host/db/host', { authType: 'password', ...host });
  for (const [at, port] of fakes.ports.entries())
    await add({ name: `fake${at}`, ip: '127.0.0.1', port, username: 'x', password: 'x' });
  if (server !== null) {
    const { name: username, password } = addUser();
    for (let at = 0; at < real; at += 1)
      await add({ name: `real${at}`, ip: server.host, port: server.port, username, password });
  }
  return {
    sonde,
    stop: async () => {
      await sonde.stop();
      await server?.stop();
      fakes.stop();
    },
  };
}

/** The scrape configuration that Sonde shows. */
async function configFor(sonde: Sonde, interval: number): Promise<string> {
  const { token: key } = await sonde.call('POST', '/users/api-keys', { name: 'prometheus', scope: 'read' });
  const keyFile = newPath('key');
  writeFileSync(keyFile, String(key));
  const headers = { Authorization: `Bearer ${String(key)}` };
  const shown = await (await fetch(`${sonde.url}/prometheus/config`, { headers })).text();
  return shown
    .replaceAll('/etc/prometheus/sonde.key', keyFile)
    .replaceAll('scrape_interval: 30s', `scrape_interval: ${interval}s\n    scrape_timeout: 10s`);
}

/** Waits, and says why scrapes failed meanwhile, as Prometheus tells it → how many scrapes did so. */
async function failuresOf(prometheus: Prometheus, interval: number, seconds: number): Promise<Map<string, number>> {
  const reasons = new Map<string, number>();
  const seen = new Set<string>();
  const until = performance.now() + seconds * 1_000;
  for (let left = 1; left > 0; left = until - performance.now()) {
    await sleep(Math.min((interval * 1_000) / 2, Math.max(0, until - performance.now())));
    for (const [instance, { lastError, lastScrape }] of await prometheus.targets()) {
      const scraped = `${instance} ${lastScrape}`;
      if (lastError === '' || seen.has(scraped)) continue;
      seen.add(scraped);
      note(reasons, lastError);
    }
  }
  return reasons;
}

function tell(reasons: ReadonlyMap<string, number>): void {
  if (reasons.size === 0) process.stderr.write('no scrape failed\n');
  for (const [reason, count] of reasons) process.stderr.write(`${count} times: ${reason}\n`);
}
