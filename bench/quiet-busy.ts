/** How many lines pings leave in sshd's log while two programs keep the cores busy and the main thread works, too. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from '../src/lib/names/resolve.ts';
import { pingDirectly } from '../src/probes/ping.ts';
import { tcpPing } from '../src/probes/tcp.ts';
import { openssh10, type Server, startSshd } from '../test/support/rig.ts';
import { type Row, told } from './report.ts';

type Ping = typeof tcpPing;

const betweenMs = 20;
const workMs = 8;

/** For each server: pings from the main thread, as they used to be, and from their own thread. */
export async function quietBusy(fast: boolean): Promise<readonly Row[]> {
  const count = fast ? 50 : 1_000;
  const loops = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);']));
  const work = setInterval(() => {
    const end = performance.now() + workMs;
    while (performance.now() < end);
  }, betweenMs);
  const rows: Row[] = [];
  for (const [version, options] of [['9', {}] as const, ['10', openssh10()] as const])
    for (const [where, ping] of [['the main thread', pingDirectly] as const, ['their own', tcpPing] as const]) {
      const server = await startSshd(options);
      const lines = await linesOf(server, ping, count);
      rows.push(told(`log lines over ${count} pings in ${where}, busy cores, OpenSSH ${version}`, lines, 'lines'));
      await server.stop();
    }
  clearInterval(work);
  for (const loop of loops) loop.kill('SIGKILL');
  return rows;
}

async function linesOf(server: Server, ping: Ping, count: number): Promise<number> {
  const addresses = await resolve(server.host);
  await sleep(300);
  const before = server.log().length;
  for (let done = 0; done < count; done += 1) {
    await ping(addresses, server.port, 2_000);
    await sleep(betweenMs);
  }
  await sleep(500);
  return server
    .log()
    .slice(before)
    .split('\n')
    .filter((line) => line !== '').length;
}
