/**
 * Hosts that accept a connection and stay silent, added before ten that answer: how long those ten wait for their first
 * sample.
 */
import { createServer, type Socket } from 'node:net';
import { freePort } from '../test/support/rig.ts';
import { startFakes } from './fake-fleet.ts';
import { type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

const good = 10;

export async function fair(fast: boolean): Promise<readonly Row[]> {
  const silent = fast ? 100 : 600;
  const port = await freePort('127.0.0.1');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>((done) => server.listen(port, '0.0.0.0', 2_000, done));
  const fakes = await startFakes(good, 10);
  const sonde = await startSonde();
  const statsConfig = { metricsInterval: 10, useGlobalMetricsInterval: false };
  // Each has its own password; a shared one would be offered to only a few at once, whatever the hosts do.
  const login = { username: 'root', authType: 'password', statsConfig };
  const add = async (ip: string, to: number): Promise<number> =>
    Number(
      (
        await sonde.call('POST', '/host/db/host', {
          name: `${ip}:${to}`,
          ip,
          port: to,
          password: `${ip} ${to}`,
          ...login,
        })
      ).id,
    );
  const ids: number[] = [];
  for (let number = 0; number < silent; number += 1)
    ids.push(await add(`127.9.${number >> 7}.${1 + (number & 127)}`, port));
  const answering: number[] = [];
  for (const to of fakes.ports) answering.push(await add('127.0.0.1', to));

  const begin = performance.now();
  for (const hostId of [...ids, ...answering]) await sonde.call('POST', '/metrics/register-viewer', { hostId });
  const left = new Set(answering);
  while (left.size > 0 && performance.now() - begin < 180_000) {
    for (const id of left) if (!('error' in (await sonde.call('GET', `/metrics/${id}`)))) left.delete(id);
    await new Promise((done) => setTimeout(done, 50));
  }
  const seconds = left.size > 0 ? Number.POSITIVE_INFINITY : (performance.now() - begin) / 1000;
  await sonde.stop();
  fakes.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
  return [told(`first snapshot of ${good} hosts behind ${silent} silent ones`, seconds, 's')];
}
