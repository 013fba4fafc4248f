/** Prometheus reads a fleet through Sonde: Debian's Prometheus, a scraper of our own, and what the answers cost. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePage } from '../src/export/text.ts';
import type { HostSeries } from '../src/model/export/series.ts';
import { startPrometheus } from '../test/support/prometheus.ts';
import { addUser, newPath, startSshd } from '../test/support/rig.ts';
import { startFakes } from './fake-fleet.ts';
import { cpuMs, rssKiB } from './machine.ts';
import { atLeast, atMost, type Row, told } from './report.ts';
import { type Sonde, startSonde } from './sonde.ts';

/** How many probes may be on their way at once. */
const mostWaiting = 256;

/** What Prometheus is answered about all hosts, and what a page takes. */
export async function discovery(quick: boolean): Promise<readonly Row[]> {
  return [...pages(), ...(await aboutAll(quick ? 1_000 : 10_000))];
}

/** One page of 400 series, from layout and numbers to bytes. */
function pages(): readonly Row[] {
  const series = Array.from({ length: 400 }, (_, at) => ({
    family: {
      name: `node_family_${String(at >> 1).padStart(3, '0')}_bytes`,
      type: 'gauge',
      help: 'Some words.',
    } as const,
    labels: at % 2 === 0 ? { device: `sda${at}` } : {},
  }));
  const values = Float64Array.from(series, (_, at) => (at % 3 === 0 ? 1e5 / (at + 1) : at * 1e7));
  const host: HostSeries = { at: 0, layout: { series }, values, own: [], cut: new Map() };
  const write = (times: number): number => {
    const before = process.cpuUsage();
    for (let done = 0; done < times; done += 1) {
      values[done % values.length] = 1e6 / (done + 1);
      Buffer.from(writePage(host, 'prometheus'));
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / times;
  };
  write(2_000);
  const ms = write(10_000);
  return [
    atMost('writing a page of 400 series', ms, 0.15, 'ms'),
    atLeast('series written a second, one core', 400 / ms / 1_000, 3, 'million'),
  ];
}

/** What the answers about all hosts take, when none of them is asked anything. */
async function aboutAll(hosts: number): Promise<readonly Row[]> {
  const sonde = await startSonde();
  const statsConfig = { statusCheckEnabled: false, useGlobalStatusInterval: false };
  const host = { ip: '192.0.2.1', username: 'x', authType: 'password', password: 'x', statsConfig };
  await sonde.call('POST', '/global-settings', { deniedNetworks: [], collectAlways: false });
  for (let made = 0; made < hosts; made += 1)
    await sonde.call('POST', '/host/db/host', { ...host, name: `host${made}` });
  const first = await timed(sonde, '/prometheus/sd');
  const again = await median(() => timed(sonde, '/prometheus/sd'));
  await timed(sonde, '/prometheus/metrics');
  const before = cpuMs([sonde.pid]);
  const times = 5;
  for (let done = 0; done < times; done += 1) await timed(sonde, '/prometheus/metrics');
  const cpu = (cpuMs([sonde.pid]) - before) / times;
  await sonde.stop();
  return [
    told(`service discovery of ${hosts} hosts, the first time`, first, 'ms'),
    atMost(`service discovery of ${hosts} hosts, median of 9`, again, 100, 'ms'),
    atMost(`CPU of /prometheus/metrics of ${hosts} hosts`, cpu, 300, 'ms'),
  ];
}

/** Real and fake hosts, scraped by Debian's Prometheus, then by more probes a second than it sends. */
export async function scrape(quick: boolean): Promise<readonly Row[]> {
  const [real, fake, interval, minutes] = quick ? [10, 200, 10, 1] : [50, 2_000, 30, 10];
  const fakes = await startFakes(fake, interval);
  const server = await startSshd({ config: ['MaxStartups 200'] });
  const user = addUser();
  const sonde = await startSonde();
  await sonde.call('POST', '/global-settings', { deniedNetworks: [], collectAlways: false });
  const add = async (host: object): Promise<unknown> =>
    sonde.call('POST', '/host/db/host', { authType: 'password', ...host });
  for (const [at, port] of fakes.ports.entries())
    await add({ name: `fake${at}`, ip: '127.0.0.1', port, username: 'x', password: 'x' });
  for (let at = 0; at < real; at += 1)
    await add({ name: `real${at}`, ip: server.host, port: server.port, username: user.name, password: user.password });
  const { token: key } = await sonde.call('POST', '/users/api-keys', { name: 'prometheus', scope: 'read' });
  const keyFile = newPath('key');
  writeFileSync(keyFile, String(key));
  const shown = await (
    await fetch(`${sonde.url}/prometheus/config`, { headers: { Authorization: `Bearer ${String(key)}` } })
  ).text();
  const prometheus = await startPrometheus(
    shown
      .replaceAll('/etc/prometheus/sonde.key', keyFile)
      .replaceAll('scrape_interval: 30s', `scrape_interval: ${interval}s\n    scrape_timeout: 10s`),
  );
  const one = async (expression: string): Promise<number> => (await prometheus.query(expression))[0]?.value ?? 0;
  const up = 'count(up{job="node"} == 1)';
  const begin = performance.now();
  while ((await one(up)) < real + fake) await sleep(1_000);
  const allUp = (performance.now() - begin) / 1_000;
  await sleep(2_000 * interval);
  const [cpu, at] = [cpuMs([sonde.pid]), performance.now()];
  await sleep(60_000 * minutes);
  const share = (cpuMs([sonde.pid]) - cpu) / (performance.now() - at);
  const span = `{job="node"}[${minutes}m]`;
  const scrapes = await one(`sum(count_over_time(up${span}))`);
  const failed = scrapes - (await one(`sum(sum_over_time(up${span}))`));
  const series = await one('sum(scrape_samples_scraped{job="node"})');
  prometheus.close();
  process.stderr.write(`${scrapes} scrapes, ${failed} failed\n`);
  const perSecond = quick ? 50 : 333;
  const probed = await probes(sonde, real + fake, perSecond, quick ? 10 : 30);
  const memory = rssKiB(sonde.pid);
  await sonde.stop();
  await server.stop();
  fakes.stop();
  const hosts = `${real} real and ${fake} fake hosts`;
  return [
    told(`${hosts} connected, sampled and up in Prometheus`, allUp, 's'),
    told(`scrapes of them in ${minutes} min, one every ${interval} s each`, scrapes, ''),
    atMost('failed scrapes', failed, 0, ''),
    told('series in a round', series, ''),
    told('CPU of Sonde meanwhile, of one core', share * 100, '%'),
    told('memory of Sonde', memory / 1_024, 'MiB'),
    atMost(`probe at ${perSecond} a second, p99`, probed.p99Ms, 250, 'ms'),
    atMost('failed probes', probed.failed, 0, ''),
  ];
}

/**
 * Probes one host after the other, at even distances. What an answer took counts from when its probe was due, also while too
 * many others are waited for.
 */
async function probes(sonde: Sonde, hosts: number, perSecond: number, seconds: number) {
  const times: number[] = [];
  let failed = 0;
  const waiting = new Set<Promise<void>>();
  const begin = performance.now();
  const probe = async (target: number, due: number): Promise<void> => {
    const headers = { Authorization: `Bearer ${sonde.token}` };
    const answer = await fetch(`${sonde.url}/prometheus/probe?target=${target}`, { headers });
    await answer.arrayBuffer();
    times.push(performance.now() - due);
    if (!answer.ok) failed += 1;
  };
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    const due = begin + (sent * 1_000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    while (waiting.size >= mostWaiting) await Promise.race(waiting);
    const one = probe((sent % hosts) + 1, due).finally(() => waiting.delete(one));
    waiting.add(one);
  }
  await Promise.all(waiting);
  times.sort((a, b) => a - b);
  return { p99Ms: times[Math.floor(times.length * 0.99)] ?? 0, failed };
}

async function timed(sonde: Sonde, path: string): Promise<number> {
  const at = performance.now();
  const answer = await fetch(`${sonde.url}${path}`, { headers: { Authorization: `Bearer ${sonde.token}` } });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return performance.now() - at;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let done = 0; done < 9; done += 1) all.push(await measure());
  return all.sort((a, b) => a - b)[4] ?? 0;
}
