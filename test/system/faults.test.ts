/** What may happen to Sonde, to hosts, and to the network between them, for real; and that it goes on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  createNetns,
  keyPair,
  newPath,
  requireRig,
  type Server,
  type SshdOptions,
  sh,
  startSshd,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';
import { openSlowWire } from '../support/slow-wire.ts';

const servers: Server[] = [];
let sonde: Service;
let shared: Server;
/** How far the clocks of our Sonde are ahead. */
const ahead = { wallMs: 0, monotonicMs: 0 };
const clock = {
  now: () => Date.now() + ahead.wallMs,
  monotonic: () => performance.now() + ahead.monotonicMs,
};

async function sshd(options: SshdOptions = {}): Promise<Server> {
  const server = await startSshd(options);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  requireRig('sshd', 'iptables', 'sshfs', 'faketime');
  sonde = await startService(undefined, clock);
  shared = await sshd();
});

afterAll(async () => {
  await sonde?.close();
  await Promise.all(servers.map((server) => server.stop()));
});

const often = {
  collectAlways: true,
  statusCheckInterval: 10,
  useGlobalStatusInterval: false,
  metricsInterval: 10,
  useGlobalMetricsInterval: false,
};
const metricsOf = async (id: number): Promise<Json> => (await sonde.admin.get(`/metrics/${id}`)).body;
const costOf = async (id: number): Promise<Json> => (await sonde.admin.get(`/hosts/${id}/footprint`)).body.today;
const processesOf = (uid: number): number => Number(sh(`pgrep -c -u ${uid} || true`).trim());

/** The first snapshot of a host that is watched day and night; patient, for these tests keep the machine busy. */
const firstSample = (id: number): Promise<Json> =>
  waitFor(async () => {
    const { status, body } = await sonde.admin.get(`/metrics/${id}`);
    return status === 200 ? body : null;
  }, 60_000);

/** Waits for two more samples: the first may have been under way. */
async function sampledAgain(id: number, timeoutMs = 60_000): Promise<void> {
  const { samples } = await costOf(id);
  await waitFor(async () => (await costOf(id)).samples >= samples + 2, timeoutMs, `two more samples of host ${id}`);
}

test('a session that is stopped is said to be, and goes on when it does', async () => {
  const user = addUser();
  const id = await sonde.admin.add({ ...byPassword(shared, user), statsConfig: often });
  await firstSample(id);
  sh(`pkill -STOP -u ${user.uid} -x sh`);
  const status = await waitFor(async () => {
    const now = (await sonde.admin.get(`/status/${id}`)).body;
    return now.failure ? now : null;
  }, 60_000);
  expect(status).toMatchObject({ status: 'online', failure: { stage: 'sample', reason: 'timed-out' } });
  sh(`pkill -CONT -u ${user.uid} -x sh || true`);
  await sampledAgain(id);
  expect((await metricsOf(id)).failure).toBeNull();
  expect(processesOf(user.uid)).toBeLessThanOrEqual(3);
}, 150_000);

describe('a network that', () => {
  test('takes 300 ms', async () => {
    const wire = await openSlowWire(shared, 150);
    const host = { ...byPassword(shared, addUser()), ip: wire.host, port: wire.port };
    const id = await sonde.admin.add({ ...host, statsConfig: often });
    expect((await firstSample(id)).cpu.cores).toBeGreaterThan(0);
    await sampledAgain(id);
    expect((await costOf(id)).connections).toBe(1);
    await sonde.admin.delete(`/host/db/host/${id}`);
    wire.close();
  });

  test('loses every fifth packet', async () => {
    const net = createNetns();
    const server = await sshd({ netns: net });
    for (const chain of ['INPUT', 'OUTPUT'])
      net.run(`iptables -A ${chain} -p tcp -m statistic --mode random --probability 0.2 -j DROP`);
    const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: often });
    await waitFor(async () => (await costOf(id)).samples >= 3, 120_000, 'three samples');
    expect((await metricsOf(id)).cpu.cores).toBeGreaterThan(0);
    net.run('iptables -F');
    await server.stop();
    net.remove();
  }, 150_000);
});

test('a dead network share under df: the other sections come, that one is said to be late, and nothing piles up', async () => {
  const key = keyPair();
  const [user, share] = [addUser(), addUser({ authorizedKey: key.publicKey })];
  // In mounts of its own: a dead share holds up every df on its machine.
  const [files, server] = [await sshd(), await sshd({ isAlone: true })];
  const there = (script: string): string => sh(`nsenter --target ${server.pid} --mount sh -ec "$(cat)"`, script);
  const mount = newPath('share');
  mkdirSync(mount);
  const from = `${share.name}@${files.host}:/`;
  const options = `allow_other,port=${files.port},IdentityFile=${key.file},StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null`;
  there(`sshfs -o ${options} '${from}' '${mount}'`);
  sh(`pkill -STOP -u ${share.uid}`);
  try {
    const id = await sonde.admin.add({ ...byPassword(server, user), statsConfig: often });
    const metrics = await firstSample(id);
    expect(metrics).toMatchObject({
      memory: { totalGiB: expect.any(Number) },
      uptime: { seconds: expect.any(Number) },
      ports: { source: expect.any(String) },
    });
    expect(metrics.sections.disk.error).toMatchObject({ reason: 'timed-out' });
    await sampledAgain(id);
    expect(Number(sh(`pgrep -c -u ${user.uid} -x df || true`))).toBeLessThanOrEqual(2);
  } finally {
    there(`pkill -CONT -u ${share.uid} || true; fusermount3 -uz '${mount}' || umount -l '${mount}'`);
  }
}, 150_000);

describe('a host that never stops talking', () => {
  const frame = [
    `t=$(sed -un "s/.*@@ready.* '\\([0-9a-f]*\\)'.*/\\1/p;/^}$/q")`,
    String.raw`printf '\n@@ready %s\n' "$t"`,
    'read -r n rest',
    String.raw`printf '\n@@%s begin 1.0\n' "$n"`,
  ];
  test.each([
    ['before it is ready', ['exec yes']],
    ['in one line without an end', ["exec tr '\\0' x </dev/zero"]],
    ['in an answer', [...frame, 'exec yes']],
    ['in an answer, in one line', [...frame, "exec tr '\\0' x </dev/zero"]],
  ])('%s takes no memory of ours and is shut up', async (_, lines) => {
    const script = newPath('flood');
    writeFileSync(script, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
    const server = await sshd({ config: [`ForceCommand ${script}`] });
    const user = addUser({ shell: '/bin/sh' });
    const id = await sonde.admin.add(byPassword(server, user));
    const before = process.memoryUsage.rss();
    let most = 0;
    const meter = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    }, 20);
    await sonde.admin.post(`/metrics/start/${id}`);
    await sonde.admin.post(`/metrics/stop/${id}`);
    await waitFor(() => processesOf(user.uid) === 0, 30_000, 'the flood to end');
    clearInterval(meter);
    expect(most).toBeLessThan(200_000_000);
    expect((await costOf(id)).receivedBytes).toBeLessThan(100_000_000);
  });
});

describe('a clock that jumps by a day', () => {
  test('of ours: hosts are sampled as before, and by the same connections', async () => {
    const id = await sonde.admin.add({ ...byPassword(shared, addUser()), statsConfig: often });
    await firstSample(id);
    const logins = (): number => shared.log().match(/^Accepted/gm)?.length ?? 0;
    const before = logins();
    for (const jump of [86_400_000, -86_400_000]) {
      ahead.wallMs = jump / 2;
      await sampledAgain(id);
      expect(await metricsOf(id)).toMatchObject({ failure: null, cpu: { percent: expect.any(Number) } });
      expect((await sonde.admin.get(`/status/${id}`)).body.status).toBe('online');
    }
    ahead.wallMs = 0;
    expect(logins()).toBe(before);
  });

  test.each(['+1d', '-1d'])('of the host, by %s: said, and its rates are what they were', async (jump) => {
    const library = sh('dpkg -L libfaketime | grep /libfaketime.so.1').trim();
    const server = await sshd({ config: [`SetEnv LD_PRELOAD=${library} FAKETIME=${jump}`] });
    const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: often });
    const metrics = await firstSample(id);
    expect(Math.round(metrics.system.clockOffsetSeconds / 86_400)).toBe(jump === '+1d' ? 1 : -1);
    await waitFor(async () => (await metricsOf(id)).cpu.percent !== null);
    expect((await metricsOf(id)).uptime.seconds).toBeGreaterThan(0);
  });
});

test('a thousand viewers that never say goodbye are gone after two minutes, and the host is let go', async () => {
  const server = await sshd();
  const id = await sonde.admin.add(byPassword(server, addUser()));
  for (let viewer = 0; viewer < 1_000; viewer += 1) {
    const viewerSessionId = `tab-${viewer}`;
    const answer = await sonde.admin.post('/metrics/register-viewer', { hostId: id, viewerSessionId });
    expect(answer.body).toMatchObject({ success: true });
  }
  await waitFor(async () => (await costOf(id)).samples > 0, 30_000);
  ahead.monotonicMs += 121_000;
  await waitFor(async () => !(await sonde.admin.post('/metrics/heartbeat', { viewerSessionId: 'tab-7' })).body.success);
  await waitFor(() => {
    ahead.monotonicMs += 1_000;
    return server.log().includes('Disconnected from user');
  }, 30_000);
  expect((await costOf(id)).connections).toBe(1);
});
