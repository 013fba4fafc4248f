/**
 * What sending adds to a whole Sonde: one process watches fake hosts, first without a destination, then with one of each protocol.
 * Samples are read over SSH in all cases; those that are sent have what node_exporter has besides.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakes } from './fake-fleet.ts';
import { cpuMs } from './machine.ts';
import { atMost, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

const intervalSeconds = 10;

export async function pushCost(quick: boolean, receiver: string): Promise<readonly Row[]> {
  const [hosts, rounds] = quick ? [400, 1] : [500, 3];
  const fakes = await startFakes(hosts, intervalSeconds);
  const sonde = await startSonde(undefined, undefined, {
    before: ['env', 'SONDE_NOTIFY_NETWORKS=127.0.0.0/8'],
  });
  const sink = spawn(process.execPath, ['-e', receiver], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(sink.stdout, 'data');
  const url = `http://127.0.0.1:${String(port).trim()}/`;
  await sonde.call('POST', '/global-settings', {
    metricsInterval: intervalSeconds,
    collectAlways: true,
    deniedNetworks: [],
  });
  for (const [at, fake] of fakes.ports.entries())
    await sonde.call('POST', '/host/db/host', {
      name: `fake${at}`,
      ip: '127.0.0.1',
      port: fake,
      authType: 'password',
      username: 'x',
      password: 'x',
    });
  const requests = async (): Promise<number> => (await fakes.report()).requests;
  // All are sampled, and what happens only once is over.
  let seen = 0;
  while (seen < 2 * hosts) {
    await sleep(500);
    seen += await requests();
  }
  /** Processor time of Sonde for a sample, ms. */
  let reads = 0;
  const measured = async (): Promise<number> => {
    await sleep(1_000 * intervalSeconds);
    await requests();
    const cpu = cpuMs([sonde.pid]);
    await sleep(1_000 * intervalSeconds * rounds);
    reads = await requests();
    return (cpuMs([sonde.pid]) - cpu) / reads;
  };
  // Measured once, at first: hosts stay wanted for an export for five minutes after it.
  const alone = await measured();
  const rows: Row[] = [told(`Sonde without a destination: CPU for a sample (${hosts} fake hosts)`, alone, 'ms')];
  for (const [kind, title] of [
    ['remote-write', 'remote write'],
    ['otlp', 'OTLP'],
  ] as const) {
    const id = Number((await sonde.call('POST', '/destinations', { name: kind, kind, config: { url } })).id);
    const all = await measured();
    const standing = await sonde.call('GET', '/destinations');
    const one = (standing as unknown as Record<string, unknown>[]).find((found) => found.id === id) ?? {};
    await sonde.call('DELETE', `/destinations/${id}`);
    rows.push(
      told(`${title}: CPU for a sample that is read, exported and sent`, all, 'ms'),
      told(`${title}: the same, compared with that Sonde`, all / alone, '×'),
      atMost(`${title}: 10,000 hosts at 30 s over that Sonde, of a core`, ((all - alone) * 10_000) / 30 / 10, 30, '%'),
      atMost(`${title}: samples lost`, Number(one.failed) + Number(one.dropped), 0, ''),
    );
    process.stderr.write(`${title}: ${String(one.state)}, ${Number(one.sent)} sent, ${Math.round(reads)} samples\n`);
  }
  sink.kill('SIGKILL');
  await sonde.stop();
  fakes.stop();
  return rows;
}
