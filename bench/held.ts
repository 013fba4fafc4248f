/** What a sample costs the host and Sonde: a real sshd, a held connection, all sections at their cadence. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbedded } from '../src/backends/embedded.ts';
import { collectors } from '../src/collectors/index.ts';
import { samplerProgram } from '../src/collectors/sampler/sampler.ts';
import { noKnownKeys } from '../src/model/connection/host-key.ts';
import { collect, HostMemory } from '../src/scheduler/sampling/collect.ts';
import { writeSnapshots } from '../src/snapshots/writer.ts';
import { openConnection } from '../src/ssh/connection.ts';
import { openShell, type Shell } from '../src/ssh/shell.ts';
import { addUser, keyPair, startSshd } from '../test/support/rig.ts';
import { cpuMs, pssKiB, tree } from './machine.ts';
import { atMost, type Row } from './report.ts';

const intervalMs = 30_000;
/** Of a host that somebody has open. */
const lookedAtMs = 5_000;

/** Samples follow each other immediately, on a clock that says 30 s (or 5 s) have passed between them. */
export async function held(quick: boolean): Promise<readonly Row[]> {
  const key = keyPair();
  const user = addUser({ authorizedKey: key.publicKey });
  const server = await startSshd();
  const first = await connect();
  const { bus, snapshots } = openEmbedded(() => {});
  const stopWriting = writeSnapshots(bus, snapshots);
  let now = 1_000_000;
  const clock = { now: () => now, monotonic: () => now };
  const memory = new HostMemory();

  async function run(samples: number, isLookedAt = false): Promise<void> {
    for (let done = 0; done < samples; done += 1) {
      now += isLookedAt ? lookedAtMs : intervalMs;
      const sudo = { refusals: [], learn: () => {} };
      const sample = await collect(first.shell, collectors, memory, clock, sudo, isLookedAt);
      bus.publish({ hostId: 1, at: now, alive: true, probe: null, sample, failure: null });
    }
  }

  async function connect(): Promise<{ shell: Shell; close: () => void }> {
    const connection = await openConnection({
      endpoint: {
        address: server.host,
        port: server.port,
        username: user.name,
        login: { type: 'key', key: { opened: key.privateKey }, password: null, certificate: null },
        interactive: 'unknown',
        knownKeys: noKnownKeys(server.host),
        policy: { legacyAlgorithms: false },
      },
      ask: null,
      noteKey: async () => {},
      log: () => {},
      signal: new AbortController().signal,
      timeoutMs: 10_000,
    });
    const program = (readyToken: string) => samplerProgram(collectors, { readyToken, sudo: false });
    const shell = await openShell(await connection.openStream(10_000), program, 10_000);
    return { shell, close: connection.close };
  }

  /** KiB for one more held connection that has answered once. */
  async function memoryOfOne(): Promise<number> {
    const before = pssKiB(tree(server.pid));
    const more = [await connect(), await connect(), await connect(), await connect()];
    for (const one of more)
      await collect(one.shell, collectors, new HostMemory(), clock, { refusals: [], learn: () => {} });
    const taken = (pssKiB(tree(server.pid)) - before) / more.length;
    for (const one of more) one.close();
    return taken;
  }

  const samples = quick ? 20 : 300;
  await run(quick ? 5 : 50);
  const session = tree(server.pid).slice(1);
  const [host, own] = [cpuMs(session), process.cpuUsage()];
  await run(samples);
  await sleep(50);
  const ownMs = Object.values(process.cpuUsage(own)).reduce((sum, micros) => sum + micros, 0) / 1000;
  const perSample = (cpuMs(session) - host) / samples;
  const open = cpuMs(session);
  await run(samples, true);
  await sleep(50);
  const rows = [
    atMost('host CPU per sample, sections at their cadence', perSample, 5, 'ms'),
    atMost(
      'host CPU per sample every 5 s, while somebody has the host open',
      (cpuMs(session) - open) / samples,
      5,
      'ms',
    ),
    atMost('host memory of a held connection', (await memoryOfOne()) / 1024, 3, 'MiB'),
    atMost('own CPU per sample, from socket to snapshot', ownMs / samples, 1, 'ms'),
  ];
  stopWriting();
  first.close();
  await server.stop();
  return rows;
}
