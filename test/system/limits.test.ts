/** What this machine or Sonde itself lacks is no fault of the hosts. */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endPrograms, openAdmin, settings, start } from '../support/program.ts';
import {
  addUser,
  createNetns,
  type Netns,
  newPath,
  requireRig,
  startSshd,
  stopServers,
  waitFor,
} from '../support/rig.ts';

let net: Netns;

beforeAll(() => {
  requireRig('sshd', 'ip', 'iptables');
  net = createNetns();
});

afterEach(endPrograms);

afterAll(async () => {
  await stopServers();
  net?.remove();
});

/** Runs a program whose name server is one that drops every packet. */
function withSilentResolver(): readonly string[] {
  net.run('iptables -A INPUT -p udp --dport 53 -j DROP; iptables -A INPUT -p tcp --dport 53 -j DROP');
  const file = newPath('resolv.conf');
  writeFileSync(file, `nameserver ${net.address}\n`);
  return ['unshare', '--mount', 'sh', '-ec', `mount --bind '${file}' /etc/resolv.conf; exec "$@"`, 'sh'];
}

test('with a resolver that is silent, hosts named localhost are watched and others are said to be sonde/no-name-server', async () => {
  const server = await startSshd({ host: '127.0.0.1' });
  const user = addUser();
  const { url } = await start(await settings(), withSilentResolver());
  const { call } = await openAdmin(url);
  const statsConfig = { collectAlways: true, useGlobalStatusInterval: false, statusCheckInterval: 10 };
  const login = { username: user.name, authType: 'password', password: user.password, statsConfig };
  const dark: number[] = [];
  for (let number = 0; number < 40; number += 1) {
    const ip = `host${number}.example`;
    dark.push((await call('POST', '/host/db/host', { name: ip, ip, port: 22, ...login })).id);
  }
  const { id } = await call('POST', '/host/db/host', { name: 'here', ip: 'localhost', port: server.port, ...login });

  const here = await waitFor(async () => {
    const metrics = await call('GET', `/metrics/${id}`);
    return metrics.error ? null : metrics;
  });
  expect(here.system.hostname).not.toBe('');
  await waitFor(async () => {
    const failures = await Promise.all(dark.map(async (one) => (await call('GET', `/metrics/${one}`)).failure));
    return failures.every((one) => one?.stage === 'sonde' && one.reason === 'no-name-server');
  });
  const all = await call('GET', '/status');
  expect(all[id].status).toBe('online');
  expect(dark.map((one) => all[one]?.status)).not.toContain('offline');
});

test('with 64 file descriptors, no host of sixty is offline, /health says no-files, and idle clients do not lock others out', async () => {
  const user = addUser();
  const server = await startSshd({ host: '0.0.0.0', config: ['MaxStartups 200'] });
  const limited = ['sh', '-ec', 'ulimit -n 64; exec "$@"', 'sh'];
  const running = await start({ ...(await settings()), SONDE_LOG_LEVEL: 'info' }, limited);
  const { call } = await openAdmin(running.url);
  const statsConfig = { collectAlways: true, useGlobalStatusInterval: false, statusCheckInterval: 10 };
  const login = { username: user.name, authType: 'password', password: user.password, statsConfig };
  const ids: number[] = [];
  for (let number = 0; number < 60; number += 1) {
    const ip = `127.88.0.${number + 1}`;
    ids.push((await call('POST', '/host/db/host', { name: ip, ip, port: server.port, ...login })).id);
  }
  const { port, hostname } = new URL(running.url);
  const idle = [...Array(100)].map(() => connect(Number(port), hostname).on('error', () => {}));

  const health = await waitFor(async () => {
    const body = await call('GET', '/health');
    return body.lacks ? body : null;
  });
  expect(health.lacks).toEqual([{ reason: 'no-files', message: expect.stringContaining('limit of open files') }]);
  const all = await waitFor(async () => {
    const seen = await call('GET', '/status');
    return ids.every((id) => seen[id]) ? seen : null;
  });
  expect(ids.map((id) => all[id].status)).not.toContain('offline');
  for (const one of idle) one.destroy();
  expect(running.out().match(/"reason":"no-files"/g)).toHaveLength(1);
});
