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
  sh,
  startSshd,
  stopServers,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Service, startService } from '../support/service.ts';
import { openSlowWire } from '../support/slow-wire.ts';
import { often, processesOf, watching } from '../support/watching.ts';

let sonde: Service;
let shared: Server;

beforeAll(async () => {
  requireRig('sshd', 'iptables', 'sshfs');
  sonde = await startService();
  shared = await startSshd();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

const { metricsOf, costOf, firstSample, sampledAgain } = watching(() => sonde);

test.concurrent('a session that is stopped is said to be, and goes on when it does', async () => {
  const user = addUser();
  const id = await sonde.admin.add({ ...byPassword(shared, user), statsConfig: often });
  await firstSample(id);
  sh(`pkill -STOP -u ${user.uid} -x sh`);
  const status = await waitFor(async () => {
    const now = (await sonde.admin.get(`/status/${id}`)).body;
    return now.failure ? now : null;
  }, 110_000);
  expect(status).toMatchObject({ status: 'online', failure: { stage: 'sample', reason: 'timed-out' } });
  sh(`pkill -CONT -u ${user.uid} -x sh || true`);
  await sampledAgain(id);
  expect((await metricsOf(id)).failure).toBeNull();
  await waitFor(() => processesOf(user.uid) <= 3, undefined, 'what was left of the session to end');
});

describe.concurrent('a network that', () => {
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
    const server = await startSshd({ netns: net });
    // By count and not by chance: no packet is lost twice.
    for (const chain of ['INPUT', 'OUTPUT'])
      net.run(`iptables -A ${chain} -p tcp -m statistic --mode nth --every 5 --packet 0 -j DROP`);
    const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: often });
    await waitFor(async () => (await costOf(id)).samples >= 3, 120_000, 'three samples');
    expect((await metricsOf(id)).cpu.cores).toBeGreaterThan(0);
    net.run('iptables -F');
    await server.stop();
    net.remove();
  });
});

test.concurrent('a dead network share under df: the other sections come, that one is said to be late, and nothing piles up', async () => {
  const key = keyPair();
  const [user, share] = [addUser(), addUser({ authorizedKey: key.publicKey })];
  // In mounts of its own: a dead share holds up every df on its machine.
  const [files, server] = [await startSshd(), await startSshd({ isAlone: true })];
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
    await waitFor(() => Number(sh(`pgrep -c -u ${user.uid} -x df || true`)) <= 2, undefined, 'df not to pile up');
  } finally {
    there(`pkill -CONT -u ${share.uid} || true; fusermount3 -uz '${mount}' || umount -l '${mount}'`);
  }
});

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
    const server = await startSshd({ config: [`ForceCommand ${script}`] });
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
