/** What is shown is what the machine does: load, traffic, rules, logins and ports that are made here, read over SSH. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  createNetns,
  type KeyPair,
  keyPair,
  type Netns,
  requireRig,
  type Server,
  sh,
  startSshd,
  stopServers,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';

let sonde: Service;
let key: KeyPair;
const networks: Netns[] = [];
const children: ChildProcess[] = [];

const tenSeconds = { useGlobalMetricsInterval: false, metricsInterval: 10 };

/** A host with a network of its own, watched as root. */
async function rootHost(setUp = ''): Promise<{ net: Netns; server: Server; id: number }> {
  const net = createNetns();
  networks.push(net);
  if (setUp !== '') net.run(setUp);
  const server = await startSshd({ netns: net });
  // The kernel says up to a second late that a wire is up.
  await waitFor(() => net.run('cat /sys/class/net/eth0/operstate').trim() === 'up');
  const login = { username: 'root', authType: 'key', key: key.privateKey };
  const id = await sonde.admin.add({ name: net.name, ip: server.host, port: 22, ...login, statsConfig: tenSeconds });
  return { net, server, id };
}

function metrics(id: number): Promise<Json> {
  return sonde.admin.get(`/metrics/${id}`).then(({ body }) => body as Json);
}

function fresher(id: number, than: string): Promise<Json> {
  return waitFor(async () => {
    const seen = await metrics(id);
    return seen.lastChecked > than && seen;
  });
}

/** A function that tells how much of one core a process used since it was called before, in percent. */
function cpuOf(pid: number): () => number {
  const read = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return { ticks: Number(fields[11]) + Number(fields[12]), at: performance.now() };
  };
  let before = read();
  return () => {
    const now = read();
    const percent = ((now.ticks - before.ticks) / 100 / ((now.at - before.at) / 1000)) * 100;
    before = now;
    return percent;
  };
}

function background(program: string, ...args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' });
  children.push(child);
  return child;
}

const ssh = (server: Server, options: string, command: string) =>
  `ssh -q -i '${key.file}' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ${options} root@${server.host} '${command}'`;

beforeAll(async () => {
  requireRig('sshd', 'ssh', 'nft', 'iptables', 'taskset');
  key = keyPair();
  sh(`mkdir -p -m 700 /root/.ssh; echo '${key.publicKey}' >>/root/.ssh/authorized_keys`);
  sonde = await startService();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await sonde?.close();
  await stopServers();
  for (const net of networks) net.remove();
});

test('CPU, and the processes that use it now', async () => {
  const { id } = await rootHost();
  const retired = background('sh', '-c', 'i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done; exec sleep 1000');
  await waitFor(() => sh(`cat /proc/${retired.pid}/comm`).trim() === 'sleep');
  const busy = background('taskset', '-c', '0', 'sh', '-c', 'while :; do :; done');
  /** Percent of one core that the kernel has given it since its last answer, as ps and top reckon it. */
  const given = cpuOf(Number(busy.pid));

  const { lastChecked } = await sonde.admin.watch(id);
  given();
  const seen = await fresher(id, lastChecked);
  const percentGiven = given();

  const { percent, perCore, cores } = seen.cpu;
  expect(cores).toBe(cpus().length);
  expect(perCore[0].percent).toBeGreaterThan(90);
  const mean = perCore.reduce((sum: number, one: { percent: number }) => sum + one.percent, 0) / cores;
  expect(Math.abs(percent - mean)).toBeLessThan(3);
  const pids = seen.processes.top.map((one: { pid: string }) => one.pid);
  expect(pids).toContain(String(busy.pid));
  expect(pids.indexOf(String(busy.pid))).toBeLessThan(pids.concat(String(retired.pid)).indexOf(String(retired.pid)));
  const burner = seen.processes.top.find((one: { pid: string }) => one.pid === String(busy.pid));
  expect(burner).toMatchObject({ user: 'root', command: expect.stringContaining('while :; do :; done') });
  // On a machine that is busy otherwise it gets less than a core, and not the same in every second.
  expect(Number(burner.cpu) / percentGiven).toBeGreaterThan(0.4);
  expect(Number(burner.cpu) / percentGiven).toBeLessThan(2.5);
  busy.kill('SIGKILL');
});

test('bytes over the network and onto the disk', async () => {
  const { server, id } = await rootHost();
  const first = await fresher(id, (await sonde.admin.watch(id)).lastChecked);
  const folder = join(import.meta.dirname, '../../.cache');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `written-${process.pid}`);

  sh(
    `${ssh(server, '', 'head -c 20000000 /dev/zero')} | wc -c; dd if=/dev/zero of='${file}' bs=1M count=32 conv=fsync`,
  );
  rmSync(file);

  const second = await fresher(id, first.lastChecked);
  const nic = ({ network }: Json) => network.interfaces.find((one: { name: string }) => one.name === 'eth0');
  expect(nic(second)).toMatchObject({ ip: server.host, state: 'UP' });
  const sent = Number(nic(second).txBytes) - Number(nic(first).txBytes);
  expect(sent).toBeGreaterThan(20_000_000);
  // What a rate was made with: the time between the two by the host's own clock, which is told in whole seconds.
  const seconds = sent / nic(second).txRateBps;
  expect(Math.abs(seconds - (second.uptime.seconds - first.uptime.seconds))).toBeLessThanOrEqual(1);

  const written = ({ disk }: Json, field: string) =>
    disk.devices.reduce((sum: number, one: Record<string, number | null>) => sum + (one[field] ?? 0), 0);
  const bytes = written(second, 'writtenBytes') - written(first, 'writtenBytes');
  expect(bytes).toBeGreaterThan(32_000_000);
  expect(bytes / written(second, 'writtenBytesPerSecond')).toBeCloseTo(seconds, 1);
});

describe('firewall rules', () => {
  function chain(seen: Json, name: string, table = 'filter'): Json {
    return seen.firewall.chains.find((one: Json) => one.name === name && (one.table ?? 'filter') === table);
  }

  test('of iptables, old and new, for IPv4 and IPv6', async () => {
    const { id } = await rootHost(`
      iptables -P FORWARD DROP
      iptables -A INPUT -i eth0 -p tcp -s 192.0.2.0/24 --dport 22 -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
      iptables -A INPUT -p udp -d 198.51.100.7 --sport 53 -j DROP
      iptables -A INPUT -p icmp -m comment --comment "pings are fine" -j ACCEPT
      ip6tables -A INPUT -s 2001:db8::/32 -j REJECT
      iptables-legacy -A OUTPUT -p tcp --dport 25 -j DROP`);

    const seen = await sonde.admin.watch(id);

    expect(seen.firewall).toMatchObject({ type: 'iptables', status: 'active' });
    expect(chain(seen, 'FORWARD')).toMatchObject({ policy: 'DROP', rules: [] });
    expect(chain(seen, 'INPUT').rules).toMatchObject([
      {
        chain: 'INPUT',
        target: 'ACCEPT',
        protocol: 'tcp',
        source: '192.0.2.0/24',
        destination: '0.0.0.0/0',
        dport: '22',
        state: 'NEW,ESTABLISHED',
        interface: 'eth0',
      },
      { target: 'DROP', protocol: 'udp', source: '0.0.0.0/0', destination: '198.51.100.7/32', sport: '53' },
      { target: 'ACCEPT', protocol: 'icmp', extra: expect.stringContaining('pings are fine') },
    ]);
    const rules = seen.firewall.chains.flatMap((one: Json) => one.rules);
    expect(rules).toContainEqual(expect.objectContaining({ source: '2001:db8::/32', target: 'REJECT' }));
    expect(rules).toContainEqual(expect.objectContaining({ chain: 'OUTPUT', dport: '25', target: 'DROP' }));
  });

  test('of nft', async () => {
    const { id } = await rootHost(`nft -f - <<'END'
      table inet guard {
        chain input {
          type filter hook input priority 0; policy drop;
          tcp dport 22 accept
          iifname "lo" accept
          ct state established,related accept
          ip saddr 192.0.2.0/24 tcp dport { 80, 443 } accept
          udp sport 53 counter drop
          jump other
        }
        chain other { }
      }
END`);

    const seen = await sonde.admin.watch(id);

    expect(seen.firewall).toMatchObject({ type: 'nftables', status: 'active' });
    expect(chain(seen, 'input', 'guard')).toMatchObject({
      policy: 'DROP',
      rules: [
        { target: 'ACCEPT', protocol: 'tcp', dport: '22', chain: 'input' },
        { target: 'ACCEPT', interface: 'lo' },
        { target: 'ACCEPT', state: 'established,related' },
        { target: 'ACCEPT', protocol: 'tcp', source: '192.0.2.0/24', dport: '80,443' },
        { target: 'DROP', protocol: 'udp', sport: '53' },
        { target: 'other' },
      ],
    });
  });

  test('are not permitted to everybody, and said so', async () => {
    const user = addUser();
    const server = await startSshd();
    const id = await sonde.admin.add(byPassword(server, user));
    const seen = await sonde.admin.watch(id);
    expect(seen.firewall).toMatchObject({ status: 'unknown', chains: [] });
    expect(seen.sections.firewall.error).toMatchObject({
      reason: 'not-permitted',
      hint: expect.stringContaining('sudo'),
    });
    expect(seen.sections.login_stats.error).toMatchObject({ reason: 'not-permitted' });
  });
});

test('logins that succeeded and that failed', async () => {
  const { server, id } = await rootHost();
  sh('touch /var/log/wtmp /var/log/btmp; chmod 600 /var/log/btmp');
  sh(ssh(server, '-tt', 'true </dev/null'));
  const from = networks.at(-1)?.gateway;
  const askpass = join('/root', 'askpass');
  sh(`printf '#!/bin/sh\necho wrong\n' >${askpass}; chmod 700 ${askpass}
    SSH_ASKPASS=${askpass} SSH_ASKPASS_REQUIRE=force setsid ssh -q -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 \
      -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null mallory@${server.host} true </dev/null || true`);

  const { login_stats: logins } = await sonde.admin.watch(id);

  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(logins.recentLogins[0]).toMatchObject({ user: 'root', ip: from, time, status: 'success' });
  expect(logins.failedLogins[0]).toMatchObject({ user: 'mallory', ip: from, time, status: 'failed' });
  expect(logins).toMatchObject({ totalLogins: expect.any(Number), uniqueIPs: expect.any(Number) });
});

test('listening ports, with their processes', async () => {
  const { net, server, id } = await rootHost();
  const node = `const net = require('net'); net.createServer().listen(8123, '::1'); require('dgram').createSocket('udp4').bind(5353, '127.0.0.1')`;
  background('ip', 'netns', 'exec', net.name, process.execPath, '-e', node);
  await waitFor(() => /:8123 /.test(net.run('ss -Htln')) && /:5353 /.test(net.run('ss -Huln')));

  const { ports } = await sonde.admin.watch(id);

  expect(ports.source).toBe('ss');
  expect(ports.ports).toContainEqual(
    expect.objectContaining({
      protocol: 'tcp',
      localAddress: server.host,
      localPort: 22,
      state: 'LISTEN',
      process: 'sshd',
    }),
  );
  expect(ports.ports).toContainEqual(
    expect.objectContaining({ protocol: 'tcp', localAddress: '::1', localPort: 8123 }),
  );
  expect(ports.ports).toContainEqual(
    expect.objectContaining({ protocol: 'udp', localAddress: '127.0.0.1', localPort: 5353 }),
  );
});
