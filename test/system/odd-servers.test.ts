/** Servers that are old, small or no shell at all. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginShell, startTinyssh } from '../support/odd-servers.ts';
import {
  addUser,
  busyboxRoot,
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

async function failureOf(id: number): Promise<Json> {
  return (await sonde.admin.post(`/metrics/start/${id}`)).body.failure;
}

beforeAll(async () => {
  requireRig('sshd');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
});

/** Every section that any Debian gives to a user; the others say why not. */
function expectWhole(metrics: Json): void {
  expect(metrics).toMatchObject({
    cpu: { cores: expect.any(Number) },
    memory: { totalGiB: expect.any(Number) },
    uptime: { seconds: expect.any(Number) },
    system: { kernel: expect.any(String), os: expect.stringContaining('Debian') },
    disk: { totalHuman: expect.any(String) },
  });
  for (const name of ['cpu', 'memory', 'uptime', 'system', 'disk', 'network', 'processes'])
    expect([name, metrics.sections[name].error]).toEqual([name, null]);
}

test('tinyssh, which has one algorithm of each kind and no passwords', async () => {
  const server = await startTinyssh();
  const key = keyPair();
  const id = await sonde.admin.add(byKey(server, addUser({ authorizedKey: key.publicKey }), key.privateKey));
  expectWhole(await sonde.admin.watch(id));
});

describe('a server that knows old algorithms alone', () => {
  const old = [
    'KexAlgorithms diffie-hellman-group14-sha1',
    'Ciphers aes128-cbc',
    'MACs hmac-sha1',
    'HostKeyAlgorithms ssh-rsa',
    'PubkeyAcceptedAlgorithms ssh-rsa',
  ];

  test.each([
    ['key exchanges', [old[0] ?? ''], 'of key exchanges it offers only diffie-hellman-group14-sha1'],
    ['ciphers', [old[1] ?? ''], 'of ciphers it offers only aes128-cbc'],
    ['MACs', [old[2] ?? '', 'Ciphers aes128-ctr'], 'of MACs it offers only hmac-sha1'],
    ['host keys', [old[3] ?? ''], 'of host keys it offers only ssh-rsa'],
  ])('is refused, and what it offers is said: %s', async (_, config, sentence) => {
    const hostKeys = [keyPair('rsa').file];
    const id = await sonde.admin.add(byPassword(await startSshd({ config, hostKeys }), addUser()));
    const failure = await failureOf(id);
    expect(failure).toMatchObject({ stage: 'handshake', reason: 'no-algorithm' });
    expect(failure.message).toContain(sentence);
    expect(failure.hint).toContain('legacyAlgorithms');
  });

  test.each(['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'])(
    'is sampled where the host is told to, by %s, and that it is weak is said',
    async (kex) => {
      const server = await startSshd({
        config: [`KexAlgorithms ${kex}`, ...old.slice(1)],
        hostKeys: [keyPair('rsa').file],
      });
      const id = await sonde.admin.add({
        ...byPassword(server, addUser()),
        statsConfig: { legacyAlgorithms: true, statusCheckInterval: 3600, useGlobalStatusInterval: false },
      });

      const { body } = await sonde.admin.post(`/metrics/start/${id}`);

      expect(body).toMatchObject({ success: true });
      const weak = body.connectionLogs.find(({ type, stage }: Json) => type === 'warning' && stage === 'handshake');
      expect(weak.details.weak.split(', ').sort()).toEqual(['aes128-cbc', kex, 'hmac-sha1', 'ssh-rsa'].sort());
      expectWhole((await sonde.admin.get(`/metrics/${id}`)).body);
    },
  );

  test('is not what a modern one becomes by the switch', async () => {
    const id = await sonde.admin.add({
      ...byPassword(await startSshd(), addUser()),
      statsConfig: { legacyAlgorithms: true },
    });
    const { body } = await sonde.admin.post(`/metrics/start/${id}`);
    expect(body.connectionLogs.filter(({ stage }: Json) => stage === 'handshake')).toMatchObject([{ type: 'success' }]);
  });
});

/** Sampled always, so that Sonde tries it by itself. */
const eager = {
  collectAlways: true,
  useGlobalStatusInterval: false,
  statusCheckInterval: 10,
  useGlobalMetricsInterval: false,
  metricsInterval: 10,
};

const menu = String.raw`printf 'Main menu\n1) Status\n2) Exit\n? '; while read -r line; do printf 'Invalid choice\n? '; done`;
const router = String.raw`while read -r line; do printf 'router>%s\n%% Unknown command or computer name\n' "$line"; done`;
const withoutShell: [string, { config?: string[]; shell?: () => string }, string][] = [
  ['a forced command', { config: ['ForceCommand /bin/echo Maintenance until noon'] }, 'Maintenance'],
  ['an account for sftp alone', { config: ['ForceCommand internal-sftp'] }, 'sftp'],
  ['nologin', { shell: () => '/usr/sbin/nologin' }, 'not available'],
  ['an immediate exit', { shell: () => '/bin/false' }, ''],
  ['a menu', { shell: () => loginShell(menu) }, 'Main menu'],
  ['the command line of a router', { shell: () => loginShell(router) }, 'router>'],
];

test.concurrent('logins that give no shell are pinged alone, and not logged in to again', async () => {
  let passed = 0;
  const clock = { now: () => Date.now() + passed, monotonic: () => performance.now() + passed };
  const hours = await startService(undefined, clock);
  const tried: { name: string; said: string; server: Server; id: number }[] = [];
  for (const [name, { config = [], shell = () => '/bin/bash' }, said] of withoutShell) {
    const server = await startSshd({ config });
    const host = { ...byPassword(server, addUser({ shell: shell() })), name, statsConfig: eager };
    tried.push({ name, said, server, id: await hours.admin.add(host) });
  }
  const statusOf = async (id: number): Promise<Json> => (await hours.admin.get(`/status/${id}`)).body;

  for (const { name, said, id } of tried) {
    const status = await waitFor(async () => {
      const body = await statusOf(id);
      return body.failure && body;
    });
    expect([name, status]).toMatchObject([name, { status: 'online', failure: { stage: 'shell', reason: 'no-shell' } }]);
    expect(status.failure.message).toContain(said);
  }
  for (const minutes of [25, 25]) {
    const before = await Promise.all(tried.map(async ({ id }) => (await statusOf(id)).lastChecked));
    passed += minutes * 60_000;
    await hours.admin.post('/metrics/register-viewer', { hostId: tried[0]?.id });
    for (const [index, { id }] of tried.entries())
      await waitFor(async () => (await statusOf(id)).lastChecked > before[index], 90_000);
  }

  for (const { name, server, id } of tried) {
    expect([name, server.log().match(/Accepted password/g)?.length]).toEqual([name, 1]);
    expect((await statusOf(id)).status).toBe('online');
  }
  await hours.close();
}, 300_000);

test.concurrent('a system without /proc, as macOS and BSD are, says so and gives no wrong numbers', async () => {
  const key = keyPair();
  const root = busyboxRoot({ authorizedKey: key.publicKey });
  sh(`umount '${root.path}/proc'`);
  const id = await sonde.admin.add(byKey(await startSshd({ config: root.config }), root.user, key.privateKey));

  const metrics = await sonde.admin.watch(id);

  for (const name of ['cpu', 'memory', 'network', 'uptime'])
    expect([name, metrics.sections[name].error]).toMatchObject([name, { reason: 'not-installed' }]);
  expect(metrics).toMatchObject({
    cpu: { percent: null, cores: null, load: null },
    memory: { percent: null, totalBytes: null },
    uptime: { seconds: null, formatted: null },
  });
  expect((await sonde.admin.get(`/status/${id}`)).body.status).toBe('online');
});

test.concurrent('a shell that takes 20 s to start works, and holds nobody up', async () => {
  const server = await startSshd();
  // Not before the other host was sampled, however long that takes.
  const isSampled = newPath('sampled');
  const script = `sleep 20; while [ ! -e '${isSampled}' ]; do sleep 0.1; done\nexec /bin/bash "$@"`;
  const slow = addUser({ shell: loginShell(script) });
  const slowId = await sonde.admin.add({ ...byPassword(server, slow), statsConfig: { metricsInterval: 10 } });
  const viewer = await sonde.admin.post('/metrics/register-viewer', { hostId: slowId });
  expect(viewer.status).toBe(200);
  await waitFor(() => server.log().includes(`Accepted password for ${slow.name}`));

  const id = await sonde.admin.add(byPassword(server, addUser()));
  expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
  expect((await sonde.admin.get(`/metrics/${slowId}`)).status).toBe(404);
  writeFileSync(isSampled, '');

  await waitFor(async () => (await sonde.admin.get(`/metrics/${slowId}`)).status === 200);
  expect(server.log().match(new RegExp(`Accepted password for ${slow.name}`, 'g'))).toHaveLength(1);
});

describe('a host of another language and time zone', () => {
  test.each([
    ['de_DE.UTF-8', 'Asia/Kolkata', '+0530'],
    ['fr_FR.UTF-8', 'America/St_Johns', null],
    ['ja_JP.UTF-8', 'Asia/Tokyo', '+0900'],
  ])('%s, %s: numbers and times are right', async (locale, zone, offset) => {
    const archive = newPath('locales');
    sh(`mkdir -p '${archive}'; localedef -i ${locale.split('.')[0]} -f UTF-8 '${archive}/${locale}'`);
    const env = `LANG=${locale} LC_ALL=${locale} LC_NUMERIC=${locale} LOCPATH=${archive} TZ=${zone}`;
    const server = await startSshd({ config: [`SetEnv ${env}`] });
    const user = addUser();
    sh(`echo '${user.name}:${user.password}' | chpasswd; usermod -aG utmp '${user.name}'`);
    const id = await sonde.admin.add(byPassword(server, user));
    const before = Date.now();
    sh(
      `sshpass -p '${user.password}' ssh -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -p ${server.port} '${user.name}@${server.host}' date +%x`,
    );

    const metrics = await sonde.admin.watch(id);

    expectWhole(metrics);
    const [load] = metrics.cpu.load;
    expect(Math.abs(load - Number(sh('cut -d" " -f1 /proc/loadavg')))).toBeLessThan(50);
    if (offset !== null) expect(JSON.stringify(metrics.system)).toContain(offset.slice(0, 3));
    const login = metrics.login_stats.recentLogins.find((one: Json) => one.user === user.name);
    expect(login.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Math.abs(Date.parse(login.time) - before)).toBeLessThan(60_000);
  });
});
