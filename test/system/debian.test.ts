/** Whole Debians with files, network and an OpenSSH of their own, sampled whole. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DebianHost, startDebian } from '../support/debian.ts';
import { sh } from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

const toHost = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';

describe.each([11, 12, 13])('Debian %i', (release) => {
  let sonde: Service;
  let host: DebianHost;
  let asRoot: Json;
  let asUser: Json;

  beforeAll(async () => {
    sonde = await startService();
    host = await startDebian(
      release,
      `echo root:password | chpasswd
echo 'PermitRootLogin yes' >>/etc/ssh/sshd_config
nft add table inet filter
nft add chain inet filter input '{ type filter hook input priority 0; policy accept; }'
nft add rule inet filter input tcp dport 8080 drop`,
    );
    const login = { ip: host.server.host, port: 22, authType: 'password', password: 'password' };
    sh(`sshpass -p password ssh -tt ${toHost} 'ann@${host.net.address}' true`);
    asRoot = await sonde.admin.watch(await sonde.admin.add({ ...login, username: 'root' }));
    asUser = await sonde.admin.watch(await sonde.admin.add({ ...login, username: 'ann' }));
  }, 120_000);

  afterAll(async () => {
    await sonde?.close();
    await host?.stop();
  });

  test('tells what it is, and every section of root is there', () => {
    expect(asRoot).toMatchObject({
      system: {
        os: expect.stringContaining(`Debian GNU/Linux ${release}`),
        hostname: 'debian',
        osVersion: `${release}`,
      },
      firewall: { type: expect.stringMatching(/nft/), status: 'active' },
      ports: { source: 'ss' },
    });
    const sections = ['cpu', 'disk', 'firewall', 'memory', 'network', 'ports', 'processes', 'system', 'uptime'];
    for (const name of sections) expect([name, asRoot.sections[name].error]).toEqual([name, null]);
    expect(asRoot.ports.ports).toContainEqual(expect.objectContaining({ localPort: 22, process: 'sshd' }));
    expect(JSON.stringify(asRoot.firewall)).toContain('8080');
  });

  test('tells who logged in, also where there is no last and no lastb', () => {
    if (release >= 13) expect(sh(`ls '${host.root}/usr/bin/lastb' 2>/dev/null || echo none`)).toBe('none\n');
    const login = asRoot.login_stats.recentLogins.find((one: Json) => one.user === 'ann');
    expect(login).toMatchObject({ ip: host.net.gateway, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
  });

  test('shows a user what a user may see, and why not the rest', () => {
    expect(asUser).toMatchObject({ cpu: { cores: asRoot.cpu.cores }, system: { hostname: 'debian' } });
    expect(asUser.sections.firewall.error).toMatchObject({ reason: 'not-permitted' });
  });
});
