/** What Prometheus is answered about all hosts at once, and what writing a page takes. */
import { writePage } from '../src/export/host-page.ts';
import type { HostSeries } from '../src/model/export/series.ts';
import { cpuMs } from './machine.ts';
import { atLeast, atMost, type Row, told } from './report.ts';
import { type Sonde, startSonde } from './sonde.ts';

/** What Prometheus is answered about all hosts, and what a page takes. */
export async function discovery(quick: boolean): Promise<readonly Row[]> {
  return [...pages(), ...(await aboutAll(quick ? 1_000 : 10_000))];
}

/** So many hosts of one shape, whose pages are written in turn. */
const shaped = 500;

/** Pages of 400 series, from layout and numbers to the bytes that a connection gets. Each has numbers of its own, which move. */
function pages(): readonly Row[] {
  const series = Array.from({ length: 400 }, (_, at) => ({
    family: {
      name: `node_family_${String(at >> 1).padStart(3, '0')}_bytes`,
      type: 'gauge',
      help: 'Some words.',
    } as const,
    labels: at % 2 === 0 ? { device: `sda${at}` } : {},
  }));
  const layout = { series };
  const hosts = Array.from({ length: shaped }, (): HostSeries => {
    const values = new Float64Array(series.length);
    return { at: 0, layout, values, own: [], cut: new Map() };
  });
  const write = (rounds: number): number => {
    let used = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const [host, { values }] of hosts.entries())
        for (let at = 0; at < values.length; at += 1) values[at] = numberOf(host, at, round);
      const before = process.cpuUsage();
      for (const host of hosts) writePage(host, 'prometheus');
      const { user, system } = process.cpuUsage(before);
      used += user + system;
    }
    return used / 1_000 / rounds / hosts.length;
  };
  write(5);
  const ms = write(20);
  return [
    atMost('writing a page of 400 series', ms, 0.15, 'ms'),
    atLeast('series written a second, one core', 400 / ms / 1_000, 3, 'million'),
  ];
}

/** Numbers as hosts have them: half of them 0 or small, many large and whole, a few hundredths, and few of many digits. */
function numberOf(host: number, at: number, round: number): number {
  if (at % 2 === 0) return at % 5;
  if (at % 16 === 1) return (host * 977 + at * 31 + round) / 100;
  if (at % 64 === 3) return (host + at) / (round + 7);
  return host * 1_000_003 + at * 7_919 + round * 127;
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
