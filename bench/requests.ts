/** Requests per second that one core answers, sent over kept connections by this process on another core. */
import { connect, type Socket } from 'node:net';
import { atLeast, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

const connections = 32;
const hostCount = 1_000;

export async function requests(quick: boolean): Promise<readonly Row[]> {
  const sonde = await startSonde('0');
  const here = { name: 'here', ip: 'localhost', connectionType: 'local', statsConfig: { metricsEnabled: true } };
  const { id } = await sonde.call('POST', '/host/db/host', here);
  await sonde.call('POST', `/metrics/start/${String(id)}`);
  for (let more = 1; more < hostCount; more += 1) await sonde.call('POST', '/host/db/host', here);
  const rows: Row[] = [];
  for (const [path, aim] of [
    [`/metrics/${String(id)}`, 20_000],
    ['/status', null],
  ] as const) {
    await load(sonde.url, path, sonde.token, 1_000);
    const { perSecond, p99Ms } = await load(sonde.url, path, sonde.token, quick ? 2_000 : 10_000);
    const name = path === '/status' ? `GET /status of ${hostCount} hosts` : 'GET /metrics/:id';
    rows.push(aim === null ? told(name, perSecond, 'a second') : atLeast(name, perSecond, aim, 'a second'));
    rows.push(told(`${name}, p99`, p99Ms, 'ms'));
  }
  await sonde.stop();
  return rows;
}

/** Each connection has one request in progress at a time. */
async function load(url: string, path: string, token: string, forMs: number) {
  const { hostname, port } = new URL(url);
  const request = `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const times: number[] = [];
  const end = performance.now() + forMs;
  await Promise.all(
    [...Array(connections).keys()].map(
      () =>
        new Promise<void>((done, failed) => {
          const socket = connect(Number(port), hostname);
          socket.setNoDelay(true);
          socket.once('error', failed);
          let sentAt = 0;
          const send = (): void => {
            sentAt = performance.now();
            socket.write(request);
          };
          readAnswers(socket, (status) => {
            const now = performance.now();
            times.push(now - sentAt);
            if (status !== 200) failed(new Error(`${path} answered ${status}`));
            if (now < end) return send();
            socket.destroy();
            done();
          });
          socket.once('connect', send);
        }),
    ),
  );
  times.sort((a, b) => a - b);
  return { perSecond: (times.length / forMs) * 1000, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

/**
 * Calls back with the status of every complete answer. Heads arrive in one chunk here, because they are small and sent
 * at once.
 */
function readAnswers(socket: Socket, onAnswer: (status: number) => void): void {
  let missing = 0;
  let status = 0;
  socket.on('data', (chunk: Buffer) => {
    if (missing === 0) {
      const bodyAt = chunk.indexOf('\r\n\r\n') + 4;
      const head = chunk.toString('latin1', 0, bodyAt);
      status = Number(head.slice(9, 12));
      missing = bodyAt + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    }
    missing -= chunk.length;
    if (missing === 0) onAnswer(status);
  });
}
