/** How many lines monitoring leaves in sshd's log at LogLevel INFO. */
import { resolve } from '../src/lib/names/resolve.ts';
import { tcpPing } from '../src/probes/tcp.ts';
import { addUser, openssh10, startSshd, waitFor } from '../test/support/rig.ts';
import { startService } from '../test/support/service.ts';
import { quietBusy } from './quiet-busy.ts';
import { atMost, type Row } from './report.ts';

export async function quiet(fast: boolean): Promise<readonly Row[]> {
  const checks = fast ? 10 : 100;
  const [held, pinged, pingedBy10] = [await startSshd(), await startSshd(), await startSshd(openssh10())];
  const user = addUser();
  const sonde = await startService();
  const login = { username: user.name, authType: 'password', password: user.password };
  const statsConfig = { useGlobalMetricsInterval: false, metricsInterval: 10 };
  const id = await sonde.admin.add({ name: 'held', ip: held.host, port: held.port, ...login, statsConfig });
  await sonde.admin.watch(id);
  await waitFor(async () => (await sonde.admin.get(`/metrics/${id}`)).body.cpu.percent !== null);
  const before = [held, pinged, pingedBy10].map((server) => lines(server.log()));

  for (let done = 0; done < checks; done += 1) {
    // On a held connection, a start is one more sample.
    await sonde.admin.post(`/metrics/start/${id}`);
    for (const server of [pinged, pingedBy10]) await ping(server);
  }

  const after = [held, pinged, pingedBy10].map((server) => lines(server.log()));
  const [ofHeld = 0, ofPinged = 0, of10 = 0] = after.map((count, index) => count - (before[index] ?? 0));
  await sonde.admin.post(`/metrics/stop/${id}`);
  const stillServed = await ping(pingedBy10);
  const penalties = /penalty|Not allowed at this time/i.test(pingedBy10.log()) || !stillServed.up ? 1 : 0;
  await sonde.close();
  await Promise.all([held, pinged, pingedBy10].map((server) => server.stop()));
  return [
    atMost(`log lines over ${checks} samples of a held host`, ofHeld, 0, 'lines'),
    atMost(`log lines over ${checks} TCP pings, OpenSSH 9`, ofPinged, 0, 'lines'),
    atMost(`log lines over ${checks} TCP pings, OpenSSH 10`, of10, 0, 'lines'),
    atMost('penalties of OpenSSH 10 for them', penalties, 0, ''),
    ...(await quietBusy(fast)),
  ];
}

const ping = async ({ host, port }: { readonly host: string; readonly port: number }) =>
  tcpPing(await resolve(host), port, 1_000);

function lines(log: string): number {
  return log.split('\n').filter((line) => line !== '').length;
}
