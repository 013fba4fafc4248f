/** A Debian 13 with files, network and an OpenSSH 10 of its own, sampled whole. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DebianHost, startDebian13 } from '../support/debian.ts';
import { sh } from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;
let host: DebianHost;
let asRoot: Json;
let asUser: Json;

beforeAll(async () => {
  sonde = await startService();
  host = await startDebian13(`echo root:password | chpasswd
echo 'PermitRootLogin yes' >>/etc/ssh/sshd_config
nft add table inet filter
nft add chain inet filter input '{ type filter hook input priority 0; policy accept; }'
nft add rule inet filter input tcp dport 8080 drop`);
  const login = { ip: host.server.host, port: 22, authType: 'password', password: 'password' };
  sh(
    `sshpass -p password ssh -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR 'ann@${host.net.address}' true`,
  );
  asRoot = await sonde.admin.watch(await sonde.admin.add({ ...login, username: 'root' }));
  asUser = await sonde.admin.watch(await sonde.admin.add({ ...login, username: 'ann' }));
}, 120_000);

afterAll(async () => {
  await sonde?.close();
  await host?.stop();
});

test('tells what it is, and every section of root is there', () => {
  expect(asRoot).toMatchObject({
    system: { os: expect.stringMatching(/Debian GNU\/Linux 13/), hostname: 'trixie', osVersion: '13' },
    firewall: { type: expect.stringMatching(/nft/), status: 'active' },
    ports: { source: 'ss' },
  });
  const sections = ['cpu', 'disk', 'firewall', 'memory', 'network', 'ports', 'processes', 'system', 'uptime'];
  for (const name of sections) expect([name, asRoot.sections[name].error]).toEqual([name, null]);
  expect(asRoot.ports.ports).toContainEqual(expect.objectContaining({ localPort: 22, process: 'sshd' }));
  expect(JSON.stringify(asRoot.firewall)).toContain('8080');
});

test('has logins though it has no last and no lastb', () => {
  expect(sh(`ls '${host.root}/usr/bin/lastb' 2>/dev/null || echo none`)).toBe('none\n');
  const login = asRoot.login_stats.recentLogins.find((one: Json) => one.user === 'ann');
  expect(login).toMatchObject({ ip: host.net.gateway, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
});

test('shows a user what a user may see, and why not the rest', () => {
  expect(asUser).toMatchObject({ cpu: { cores: asRoot.cpu.cores }, system: { hostname: 'trixie' } });
  expect(asUser.sections.firewall.error).toMatchObject({ reason: 'not-permitted' });
});
