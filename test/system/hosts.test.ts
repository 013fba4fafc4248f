/** Hosts as they are: login shells, noise, narrow limits, hosts that go and come back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  busyboxRoot,
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
import { byKey, byPassword, type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;
let shared: Server;

async function metricsOf(id: number): Promise<Json> {
  return (await sonde.admin.get(`/metrics/${id}`)).body;
}

async function statusOf(id: number): Promise<Json> {
  return (await sonde.admin.get(`/status/${id}`)).body;
}

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
  shared = await startSshd();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

describe('a login shell', () => {
  test.each([
    '/bin/bash',
    '/bin/dash',
    '/bin/zsh',
    '/usr/bin/fish',
    '/bin/tcsh',
    '/bin/ksh93',
    '/bin/mksh',
    '/bin/rbash',
  ])('%s', async (shell) => {
    requireRig(shell);
    const id = await sonde.admin.add(byPassword(shared, addUser({ shell })));
    expect((await sonde.admin.watch(id)).memory.totalGiB).toBeGreaterThan(0);
  });
});

test('a host that has BusyBox alone', async () => {
  const key = keyPair();
  const root = busyboxRoot({ authorizedKey: key.publicKey });
  const id = await sonde.admin.add(byKey(await startSshd({ config: root.config }), root.user, key.privateKey));

  expect(await sonde.admin.watch(id)).toMatchObject({
    system: { os: 'Alpine Linux v3.20' },
    firewall: { type: 'none', status: 'unknown' },
    sections: { firewall: { error: { reason: 'not-installed' } } },
  });
});

describe('a .bashrc', () => {
  test.each([
    ['prints a megabyte', 'head -c 1000000 /dev/urandom | base64'],
    ['prints escape sequences and frames', String.raw`printf '\033[2J\033]0;x\007@@0 begin 1\n@@0 end\n@@ready 0\n'`],
    ['changes how the shell reads', 'alias read=false; alias printf=false; IFS=:; set -f; set -u; PATH=/bin:/usr/bin'],
    ['changes the language', 'export LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8'],
    ['is slow', 'sleep 2'],
  ])('that %s does no harm', async (_, line) => {
    const user = addUser();
    appendBashrc(user.home, line);
    const id = await sonde.admin.add(byPassword(shared, user));
    expect(await sonde.admin.watch(id)).toMatchObject({
      cpu: { cores: expect.any(Number) },
      system: { kernel: expect.any(String) },
    });
  });

  test('that ends the shell is said to', async () => {
    const user = addUser();
    appendBashrc(user.home, 'echo Maintenance today; exit 7');
    const id = await sonde.admin.add(byPassword(shared, user));
    expect(await sonde.admin.post(`/metrics/start/${id}`)).toMatchObject({
      status: 500,
      body: { failure: { stage: 'shell', reason: 'no-shell', message: expect.stringContaining('Maintenance today') } },
    });
  });
});

/** Debian's own .bashrc returns at once where nobody types; this line stands before it. */
function appendBashrc(home: string, line: string): void {
  writeFileSync(`${home}/.bashrc`, `${line}\n`);
}

test('MaxSessions 1 is enough', async () => {
  const id = await sonde.admin.add(byPassword(await startSshd({ config: ['MaxSessions 1'] }), addUser()));
  expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
});

test('an account without a shell is pinged, and said to have none', async () => {
  const server = await startSshd({ config: ['ForceCommand internal-sftp'] });
  const id = await sonde.admin.add(byPassword(server, addUser()));

  expect(await sonde.admin.post(`/metrics/start/${id}`)).toMatchObject({
    status: 500,
    body: { failure: { stage: 'shell', reason: 'no-shell' } },
  });
  expect(await statusOf(id)).toMatchObject({ status: 'online', failure: { reason: 'no-shell' } });
});

test('a changed host key is refused, with both fingerprints', async () => {
  const user = addUser();
  const first = await startSshd();
  const id = await sonde.admin.add(byPassword(first, user));
  await sonde.admin.watch(id);
  await first.stop();
  const second = await startSshd({ port: first.port, hostKeys: [keyPair().file] });

  const { status, body } = await sonde.admin.post(`/metrics/start/${id}`);

  expect(status).toBe(500);
  expect(body.failure).toMatchObject({ stage: 'host-key', reason: 'changed' });
  expect(body.error.match(/SHA256:[\w+/]{43}/g)).toHaveLength(2);
  expect(second.log()).not.toMatch(/Accepted|Failed password/);
});

test.each([
  ['a wrong password', { password: 'wrong' }, 'auth', 'rejected'],
  ['a port that is closed', { port: 1 }, 'tcp', 'refused'],
  ['a name that nobody knows', { ip: 'no-such-host.invalid' }, 'dns', 'not-found'],
])('%s is said at once', async (_, change, stage, reason) => {
  const id = await sonde.admin.add({ ...byPassword(shared, addUser()), ...change });

  const { status, body } = await sonde.admin.post(`/metrics/start/${id}`);

  expect(status).toBe(500);
  expect(body).toMatchObject({ error: expect.any(String), failure: { stage, reason, hint: expect.any(String) } });
  expect(body.connectionLogs.at(-1)).toMatchObject({ type: 'error' });
  expect((await sonde.admin.get(`/metrics/${id}`)).status).toBe(404);
});

test('a port where no SSH server answers', async () => {
  const { createServer } = await import('node:http');
  const web = createServer((_, response) => response.end('hello'));
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  const { port } = web.address() as { port: number };
  const id = await sonde.admin.add({ ...byPassword(shared, addUser()), ip: '127.0.0.1', port });

  const { body } = await sonde.admin.post(`/metrics/start/${id}`);
  web.close();

  expect(body.failure).toMatchObject({ stage: 'handshake', reason: 'not-ssh' });
});

test.concurrent('a host that goes down is seen to, and to come back', async () => {
  const user = addUser();
  const first = await startSshd();
  const id = await sonde.admin.add({ ...byPassword(first, user), statsConfig: often });
  await sonde.admin.watch(id);

  await first.stop();
  const down = await waitFor(async () => {
    const status = await statusOf(id);
    return status.status === 'offline' && status;
  });
  expect(down.failure).toMatchObject({ stage: 'tcp', reason: 'refused' });
  const last = (await metricsOf(id)).lastChecked;

  await startSshd({ port: first.port });
  await waitFor(async () => (await statusOf(id)).status === 'online');
  await waitFor(async () => (await metricsOf(id)).lastChecked > last);
});

const often = {
  statusCheckEnabled: true,
  useGlobalStatusInterval: false,
  statusCheckInterval: 10,
  useGlobalMetricsInterval: false,
  metricsInterval: 10,
};

test.concurrent('this very machine needs no SSH', async () => {
  const id = await sonde.admin.add({ name: 'here', ip: 'localhost', connectionType: 'local' });
  const hostname = sh('hostname').trim();
  expect(await sonde.admin.watch(id)).toMatchObject({ system: { hostname } });
  expect(await statusOf(id)).toMatchObject({ status: 'online' });
});

test.concurrent('an IPv6 address', async () => {
  const server = await startSshd({ host: '::1' });
  const id = await sonde.admin.add(byPassword(server, addUser()));
  expect((await sonde.admin.watch(id)).cpu.cores).toBeGreaterThan(0);
});

test.concurrent('a network that dies under a held connection', async () => {
  const net = createNetns();
  const server = await startSshd({ netns: net });
  const id = await sonde.admin.add({ ...byPassword(server, addUser()), statsConfig: often });
  await sonde.admin.watch(id);

  // Packets vanish on the host's side: a link of ours that went down would be our own trouble, and no news of the host.
  net.run('nft add table inet dead; nft "add chain inet dead in { type filter hook input priority 0; policy drop; }"');
  await waitFor(async () => (await statusOf(id)).status === 'offline', 90_000);

  net.run('nft delete table inet dead');
  await waitFor(async () => (await statusOf(id)).status === 'online');
  await server.stop();
  net.remove();
});

test.concurrent('a section that hangs is left out; the others still come', async () => {
  const bin = newPath('bin');
  mkdirSync(bin);
  writeFileSync(`${bin}/df`, '#!/bin/sh\ntrap "" TERM INT HUP\nsleep 1000 & wait; sleep 1000\n', { mode: 0o755 });
  const user = addUser();
  appendBashrc(user.home, `PATH=${bin}:$PATH`);
  const id = await sonde.admin.add(byPassword(shared, user));

  const metrics = await sonde.admin.watch(id);

  expect(metrics).toMatchObject({ memory: { totalGiB: expect.any(Number) }, uptime: { seconds: expect.any(Number) } });
  expect(metrics.sections.disk.error).toMatchObject({ reason: 'timed-out' });
});
