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
      writePage(host, 'prometheus');
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
