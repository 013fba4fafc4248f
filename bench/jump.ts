/** Fake hosts behind one real jump host, compared with the same hosts reached directly: what the route costs Sonde. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { addUser, type Server, startSshd, type User } from '../test/support/rig.ts';
import { type Fakes, startFakes } from './fake-fleet.ts';
import { cpuMs } from './machine.ts';
import { atMost, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

type Measured = {
  readonly connectedSeconds: number;
  /** Of one core, 0…1. */
  readonly cpu: number;
  readonly kibPerHost: number;
  readonly samples: number;
  readonly latestMs: number;
  readonly connections: number;
  readonly logins: number;
};

export async function jump(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 100 : 1_000;
  const intervalSeconds = quick ? 10 : 30;
  // A forwarded connection uses a file descriptor of sshd's session; 1,024 are too few for a thousand hosts.
  execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=16384:'], { stdio: 'ignore' });
  const [server, user] = [await startSshd(), addUser()];
  const direct = await measure(hosts, intervalSeconds, null);
  const behind = await measure(hosts, intervalSeconds, { server, user });
  await server.stop();
  return [
    atMost(`connections to the jump host of ${hosts} hosts`, behind.connections, 1, ''),
    atMost('logins to it, from the first host to the last sample', behind.logins, 1, ''),
    told('hosts added, connected and sampled, direct', direct.connectedSeconds, 's'),
    told('the same behind the jump host', behind.connectedSeconds, 's'),
    told('samples in two intervals, direct', direct.samples, ''),
    told('the same behind the jump host', behind.samples, ''),
    atMost('latest sample behind the jump host', behind.latestMs / 1000, 1, 's'),
    told(`CPU for ${hosts} hosts at ${intervalSeconds} s, of one core, direct`, direct.cpu * 100, '%'),
    told('the same behind the jump host', behind.cpu * 100, '%'),
    atMost('its CPU, times the direct one', behind.cpu / direct.cpu, 2.5, '×'),
    told('live memory per host, direct', direct.kibPerHost, 'KiB'),
    atMost('its memory, times the direct one', behind.kibPerHost / direct.kibPerHost, 2, '×'),
  ];
}

async function measure(
  hosts: number,
  intervalSeconds: number,
  through: { readonly server: Server; readonly user: User } | null,
): Promise<Measured> {
  const sonde = await startSonde();
  const fakes: Fakes = await startFakes(hosts, intervalSeconds);
  await sonde.call('POST', '/global-settings', { metricsInterval: intervalSeconds, collectAlways: true });
  const jumpHosts = [];
  if (through) {
    const { server, user } = through;
    const login = { username: user.name, authType: 'password', password: user.password };
    const record = { name: 'jump', ip: server.host, port: server.port, ...login };
    const { id } = await sonde.call('POST', '/host/db/host', record);
    jumpHosts.push({ hostId: Number(id) });
  }
  const bytesBefore = await sonde.liveBytes();
  const begin = performance.now();
  const ids: number[] = [];
  for (const [index, port] of fakes.ports.entries()) {
    const login = { username: `host${index}`, authType: 'password', password: 'x', jumpHosts };
    const { id } = await sonde.call('POST', '/host/db/host', { name: `host${index}`, ip: '127.0.0.1', port, ...login });
    ids.push(Number(id));
  }
  for (const id of ids) while ('error' in (await sonde.call('GET', `/metrics/${id}`))) await sleep(100);
  const connectedSeconds = (performance.now() - begin) / 1000;
  await sleep(intervalSeconds * 2_000);
  await fakes.report();

  const [cpu, at] = [cpuMs([sonde.pid]), performance.now()];
  await sleep(intervalSeconds * 2_000);
  const share = (cpuMs([sonde.pid]) - cpu) / (performance.now() - at);
  const { latest, requests } = await fakes.report();
  const kibPerHost = ((await sonde.liveBytes()) - bytesBefore) / 1024 / hosts;
  const connections = through ? connectionsTo(through.server) : 0;
  const logins = through ? (through.server.log().match(/Accepted/g)?.length ?? 0) : 0;
  await sonde.stop();
  fakes.stop();
  return { connectedSeconds, cpu: share, kibPerHost, samples: requests, latestMs: latest, connections, logins };
}

function connectionsTo({ host, port }: Server): number {
  const filter = `dport = :${port} and dst ${host}`;
  const found = execFileSync('ss', ['-Htn', 'state', 'established', filter], { encoding: 'utf8' });
  return found.split('\n').filter((line) => line !== '').length;
}
