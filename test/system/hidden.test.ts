/** A login that the host shows only a part says so, and no part is shown as the whole. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { addUser, keyPair, newPath, startSshd, stopServers } from '../support/rig.ts';
import { startService } from '../support/service.ts';

afterAll(stopServers);

test('processes of others that /proc hides are not counted as if there were none', async () => {
  const user = addUser();
  const server = await startSshd({ isAlone: true });
  const sonde = await startService();
  try {
    const [first] = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' }).split('\n');
    const within = ['-t', String(first), '-m', '-p', 'mount', '-o', 'remount,hidepid=2', '/proc'];
    const login = { username: user.name, authType: 'password', password: user.password };
    const id = await sonde.admin.add({ name: 'shared', ip: server.host, port: server.port, ...login });
    const look = async () => {
      expect((await sonde.admin.post(`/metrics/start/${id}`)).status).toBe(200);
      const { body } = await sonde.admin.get(`/metrics/${id}`);
      await sonde.admin.post(`/metrics/stop/${id}`, {});
      return body;
    };
    const open = await look();
    expect(open.sections.processes.error).toBeNull();
    expect(open.processes.total).toBeGreaterThan(1);
    execFileSync('nsenter', within);
    const hidden = await look();
    expect(hidden.sections.processes.error).toMatchObject({ reason: 'not-permitted' });
    expect(hidden.processes).toMatchObject({ total: null, running: null, threads: null });
    expect(hidden.processes.top.length).toBeGreaterThan(0);
  } finally {
    await sonde.close();
  }
});

test.each([
  ['empty', ':> /var/log/auth.log'],
  [
    'half a year old',
    'echo "Jun  1 10:00:00 web sshd[1]: Failed password for old from 192.0.2.1 port 5 ssh2" >/var/log/auth.log; touch -d "180 days ago" /var/log/auth.log',
  ],
  ['of other programs alone', 'echo "Nov 29 10:00:00 web CRON[1]: x" >/var/log/auth.log'],
])('a log that is %s does not hide the journal', async (_, makeLog) => {
  // There is no journal without systemd, so a program that prints what it would stands in for it.
  const bin = newPath('bin');
  mkdirSync(bin);
  const now = new Date().toISOString().replace(/\.\d+Z$/, '+0000');
  const lines = [
    `${now} web sshd[1001]: Failed password for root from 203.0.113.5 port 38836 ssh2`,
    `${now} web sshd[900]: Accepted publickey for ann from 192.0.2.10 port 4001 ssh2: ED25519 SHA256:ghi`,
  ];
  writeFileSync(join(bin, 'journalctl'), `#!/bin/sh\ncat <<'END'\n${lines.join('\n')}\nEND\n`);
  chmodSync(join(bin, 'journalctl'), 0o755);
  const key = keyPair();
  mkdirSync('/root/.ssh', { recursive: true, mode: 0o700 });
  appendFileSync('/root/.ssh/authorized_keys', `${key.publicKey.trim()}\n`);
  const server = await startSshd({ isAlone: true, config: [`SetEnv PATH=${bin}:/usr/sbin:/usr/bin:/sbin:/bin`] });
  const sonde = await startService();
  try {
    const [first] = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' }).split('\n');
    const setUp = `mount -t tmpfs tmpfs /var/log; mkdir /var/log/journal; ${makeLog}`;
    execFileSync('nsenter', ['-t', String(first), '-m', 'sh', '-ec', setUp]);
    const login = { username: 'root', authType: 'key', key: key.privateKey };
    const id = await sonde.admin.add({ name: 'web', ip: server.host, port: server.port, ...login });
    expect((await sonde.admin.post(`/metrics/start/${id}`)).status).toBe(200);
    const { body } = await sonde.admin.get(`/metrics/${id}`);
    expect(body.login_stats.failedLogins).toMatchObject([{ user: 'root', ip: '203.0.113.5' }]);
    expect(body.sections.login_stats.source).toContain('journal (newest line ');
  } finally {
    await sonde.close();
  }
});
