/** Ten real hosts, not connected, all opened at once: how long until a person sees something. */
import { addUser, startSshd } from '../test/support/rig.ts';
import { atMost, type Row } from './report.ts';
import { startSonde } from './sonde.ts';

const hostCount = 10;

type Metrics = { cpu: { percent: number | null }; network: { interfaces: { rxRateBps: number | null }[] } };

export async function first(): Promise<readonly Row[]> {
  const sonde = await startSonde();
  const servers = await Promise.all([...Array(hostCount).keys()].map(() => startSshd()));
  const ids: number[] = [];
  for (const server of servers) {
    const user = addUser();
    const login = { username: user.name, authType: 'password', password: user.password };
    const host = { name: user.name, ip: server.host, port: server.port, ...login };
    ids.push(Number((await sonde.call('POST', '/host/db/host', host)).id));
  }
  const begin = performance.now();
  for (const hostId of ids) await sonde.call('POST', '/metrics/register-viewer', { hostId });
  const snapshots = await untilAll(sonde, ids, begin, () => true);
  const rates = await untilAll(
    sonde,
    ids,
    begin,
    ({ cpu, network }) => cpu.percent !== null && network.interfaces.every((one) => one.rxRateBps !== null),
  );
  await sonde.stop();
  await Promise.all(servers.map((server) => server.stop()));
  return [
    atMost(`first snapshot of all ${hostCount} hosts that are opened at once`, snapshots, 1.5, 's'),
    atMost('CPU shares and rates of all of them', rates, 3, 's'),
  ];
}

/** Seconds since `begin` until the metrics of every host meet the condition. */
async function untilAll(
  sonde: Awaited<ReturnType<typeof startSonde>>,
  ids: readonly number[],
  begin: number,
  wanted: (metrics: Metrics) => boolean,
): Promise<number> {
  const left = new Set(ids);
  while (left.size > 0 && performance.now() - begin < 30_000) {
    for (const id of left) {
      const metrics = await sonde.call('GET', `/metrics/${id}`);
      if (!('error' in metrics) && wanted(metrics as never)) left.delete(id);
    }
    await new Promise((done) => setTimeout(done, 10));
  }
  return left.size > 0 ? Number.POSITIVE_INFINITY : (performance.now() - begin) / 1000;
}
