/** What sending series costs Sonde, and what an outage costs: bodies of remote write alone, and ten thousand hosts at 30 s, to a receiver of its own process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { writePage } from '../src/export/host-page.ts';
import type { SeriesBody } from '../src/export/wire/series-body.ts';
import { protocols } from '../src/push/protocols/index.ts';
import { pushCost } from './push-cost.ts';
import { openPushFleet, perHost, seriesOf } from './push-fleet.ts';
import { outage } from './push-outage.ts';
import { atLeast, atMost, type Row, told } from './report.ts';

const kinds = ['remote-write', 'otlp'] as const;
type Kind = (typeof kinds)[number];
const titles: Readonly<Record<Kind, string>> = { 'remote-write': 'remote write', otlp: 'OTLP' };

export async function push(quick: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const kind of kinds) rows.push(...(await bodies(kind)));
  for (const kind of kinds) rows.push(...(await fleet(kind, quick ? 2_000 : 10_000, quick ? 2 : 3)));
  rows.push(...(await pushCost(quick, receiver)));
  rows.push(...(await outage(quick)));
  return rows;
}

/** Bodies of 2,000 series, compressed. */
async function bodies(kind: Kind): Promise<readonly Row[]> {
  const hosts = Array.from({ length: 5 }, (_, id) => ({
    series: seriesOf(id, 1_796_035_352_905),
    target: {
      labels: { instance: `host${id}`, job: 'node', sonde_folder: 'prod' },
      hostName: `host${id}`,
      startedAt: 1_790_000_000_000,
    },
  }));
  const { body, pack } = protocols[kind];
  const write = (): SeriesBody => {
    const request = body();
    for (const { series, target } of hosts) request.addHost(series, target, series.at);
    return request;
  };
  /** As a sender does it: its buffer is used again once the body is compressed. */
  const one = async (isPacked: boolean): Promise<number> => {
    const request = write();
    const made = request.finish();
    const { length } = isPacked ? await pack(made) : made;
    request.release();
    return length;
  };
  const measured = async (times: number, isPacked: boolean): Promise<number> => {
    const before = process.cpuUsage();
    for (let done = 0; done < times; done += 1) await one(isPacked);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / times;
  };
  await measured(500, true);
  const [alone, both] = [await measured(1_000, false), await measured(1_000, true)];
  const all = hosts.length * perHost;
  return [
    told(`${titles[kind]}: writing a body of 2,000 series`, alone, 'ms'),
    atLeast(
      `${titles[kind]}: series written and compressed a second, one core`,
      all / both / 1_000,
      kind === 'otlp' ? 0.3 : 1,
      'million',
    ),
    told(`${titles[kind]}: a series before it is compressed`, (await one(false)) / all, 'bytes'),
    told(`${titles[kind]}: a series on the wire`, (await one(true)) / all, 'bytes'),
    told(
      `${titles[kind]}: memory that writing and compressing a series allocates`,
      (await allocated(() => one(true))) / all,
      'bytes',
    ),
  ];
}

/** What doing something allocates, bytes: the median, as a garbage collection now and then spoils one. */
async function allocated(work: () => Promise<unknown>): Promise<number> {
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const found: number[] = [];
  for (let done = 0; done < 301; done += 1) {
    const before = used();
    await work();
    found.push(used() - before);
  }
  return found.toSorted((a, b) => a - b)[150] ?? 0;
}

/** Hosts that are sampled every 30 s, as fast as they come; what it takes is told as if they came in their time. */
async function fleet(kind: Kind, count: number, rounds: number): Promise<readonly Row[]> {
  const sink = spawn(process.execPath, ['-e', receiver], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(sink.stdout, 'data');
  const url = `http://127.0.0.1:${String(port).trim()}/`;
  const fleet = await openPushFleet(count, [{ id: 1, kind, config: { url } }]);
  const { pusher } = fleet;
  let samples = 0;
  let held: number[] = [];
  const round = async (): Promise<void> => {
    for (const { id } of fleet.hosts) {
      const before = performance.now();
      fleet.sample(id);
      held.push(performance.now() - before);
      samples += 1;
      // As many as come in the time that the receiver needs.
      if (samples % 20 === 0) await turn();
      while ((pusher.standing(1)?.waitingBytes ?? 0) > 8 << 20) await sleep(1);
    }
  };
  await round();
  [samples, held] = [0, []];
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  for (let done = 0; done < rounds; done += 1) await round();
  while ((pusher.standing(1)?.waitingBytes ?? 0) > 0) await sleep(10);
  const { user, system } = process.cpuUsage(cpu);
  const ms = (user + system) / 1_000 / samples;
  const seconds = (performance.now() - began) / 1_000;
  const { dropped = 0, failed = 0 } = pusher.standing(1) ?? {};
  sink.kill('SIGKILL');
  await fleet.close();
  const page = pageMs();
  return [
    told(`${titles[kind]}: sending a sample, compared with writing its page`, ms / page, '×'),
    told(`${titles[kind]}: CPU to send a sample of 400 series and what Sonde tells of the host`, ms, 'ms'),
    atMost(`${titles[kind]} of 10,000 hosts at 30 s, of a core (${count} sent)`, (ms * 10_000) / 30 / 10, 30, '%'),
    told(
      `${titles[kind]}: series that arrived a second, with all that the bench does beside it`,
      (samples * perHost) / seconds / 1_000,
      'thousand',
    ),
    atMost(`${titles[kind]}: samples lost`, dropped + failed, 0, ''),
    told(
      `${titles[kind]}: time of the main thread for a sample, p99`,
      held.toSorted((a, b) => a - b)[Math.floor(held.length * 0.99)] ?? 0,
      'ms',
    ),
  ];
}

/** What it takes to write a host's page, in the same minute of the same machine. */
function pageMs(): number {
  const host = seriesOf(1, 1_796_035_352_905);
  const times = 3_000;
  const write = (): number => {
    const before = process.cpuUsage();
    for (let done = 0; done < times; done += 1) writePage(host, 'prometheus');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / times;
  };
  write();
  return write();
}

const receiver = `require('node:http').createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(204).end());
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
