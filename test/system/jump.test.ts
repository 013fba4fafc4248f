/** Hosts that only a jump host has a way to: chains of real sshds, each in a network of its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  createNetns,
  createNetnsBehind,
  type KeyPair,
  keyPair,
  type Netns,
  pam,
  requireRig,
  type Server,
  type SshdOptions,
  sh,
  startSshd,
  stopServers,
  totp,
  type User,
  waitFor,
} from '../support/rig.ts';
import { byKey, byPassword, type Json, type Service, startService } from '../support/service.ts';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const networks: Netns[] = [];
let sonde: Service;
const keyFiles = new Map<Server, string>();

type Host = { readonly net: Netns; readonly server: Server; readonly user: User; readonly id: number };

async function sshd(net: Netns, options: SshdOptions = {}): Promise<Server> {
  const { file } = keyPair();
  const server = await startSshd({ netns: net, hostKeys: [file], ...options });
  keyFiles.set(server, file);
  return server;
}

function network(behind?: Netns): Netns {
  const net = behind ? createNetnsBehind(behind) : createNetns();
  networks.push(net);
  // Of its own: names that nobody else knows, and a name server that says at once that it knows none.
  sh(`mkdir -p /etc/netns/${net.name}; echo nameserver 127.0.0.1 >/etc/netns/${net.name}/resolv.conf
    cp /etc/hosts /etc/netns/${net.name}/hosts`);
  return net;
}

/** A host with a user and a network of its own, behind another's where one is given. */
async function host(through: readonly Host[] = [], options: SshdOptions = {}, record: object = {}): Promise<Host> {
  const net = network(through.at(-1)?.net);
  const [server, user] = [await sshd(net, options), addUser()];
  const jumpHosts = through.map(({ id }) => ({ hostId: id }));
  return { net, server, user, id: await sonde.admin.add({ ...byPassword(server, user), jumpHosts, ...record }) };
}

const status = async (id: number): Promise<Json> => (await sonde.admin.get(`/status/${id}`)).body;
const start = (id: number) => sonde.admin.post(`/metrics/start/${id}`);
const accepted = ({ server }: Pick<Host, 'server'>): number => server.log().match(/Accepted/g)?.length ?? 0;

/** Starts a host's server again, with its key. */
async function startAgain({ net, server }: Host): Promise<void> {
  await startSshd({ netns: net, host: server.host, hostKeys: [keyFiles.get(server) ?? ''] });
}

async function checked(id: number, fits: (seen: Json) => boolean): Promise<Json> {
  return waitFor(
    async () => {
      const seen = await status(id);
      return fits(seen) && seen;
    },
    30_000,
    `the status of host ${id}`,
  );
}

async function recheck(id: number): Promise<void> {
  await sonde.admin.post('/host-updated', { hostId: id });
}

beforeAll(async () => {
  requireRig('sshd', 'ss');
  sonde = await startService();
});

afterAll(async () => {
  await sonde?.close();
  await stopServers();
  for (const net of networks.reverse()) net.remove();
});

describe('a chain', () => {
  test('of two jump hosts leads to a host that has no other way, each with its own login', async () => {
    const key: KeyPair = keyPair();
    // Nothing looks for them before the start.
    const record = { statsConfig: { statusCheckEnabled: false } };
    const first = await host([], {}, record);
    const net = network(first.net);
    const [server, user] = [await sshd(net), addUser({ authorizedKey: key.publicKey })];
    const jumpHosts = [{ hostId: first.id }];
    const second: Host = {
      net,
      server,
      user,
      id: await sonde.admin.add({ ...byKey(server, user, key.privateKey), jumpHosts, ...record }),
    };
    const target = await host([first, second], { config: ['LogLevel VERBOSE'] }, record);

    const { status: code, body } = await start(target.id);

    expect([code, body.error]).toEqual([200, undefined]);
    expect((await sonde.admin.get(`/metrics/${target.id}`)).body).toMatchObject({
      network: { interfaces: expect.arrayContaining([expect.objectContaining({ ip: target.server.host })]) },
      hops: [
        { index: 0, kind: 'jump', hostId: first.id, name: first.user.name, state: 'up', failure: null },
        { index: 1, kind: 'jump', hostId: second.id, name: second.user.name, state: 'up', failure: null },
      ],
    });
    for (const hop of [first, second, target]) {
      expect(accepted(hop)).toBe(1);
      for (const other of [first, second, target].filter((one) => one !== hop))
        expect(hop.server.log()).not.toContain(other.user.name);
      expect(hop.server.log()).not.toMatch(/Failed|Invalid user/);
    }
    const told = body.connectionLogs.map(({ stage, message }: Json) => `${stage}: ${message}`);
    const order = [
      `jump: ${first.user.name}: Connecting to ${first.server.host} port 22`,
      `jump: ${first.user.name}: Logged in as ${first.user.name}`,
      `jump: ${second.user.name}: Connecting to ${server.host} port 22 from ${first.user.name}`,
      `jump: ${second.user.name}: Offering the key`,
      `jump: ${second.user.name}: Logged in as ${second.user.name}`,
      `tcp: Connecting to ${target.server.host} port 22 from ${second.user.name}`,
      `auth: Logged in as ${target.user.name}`,
    ];
    expect(order.map((line) => told.indexOf(line)).every((at, n, all) => at > (all[n - 1] ?? -1))).toBe(true);
    expect(told.filter((line: string) => /^jump:.*host.*key|New host/i.test(line)).length).toBeGreaterThanOrEqual(3);
  });

  test('uses one connection to the jump host, whatever is behind it and whoever watches the jump host', async () => {
    const jump = await host([], { config: ['MaxSessions 1'] });
    const behind = [await host([jump]), await host([jump]), await host([jump]), await host([jump])];
    const answers = await Promise.all(behind.map(({ id }) => start(id)));
    expect(answers.map(({ status: code }) => code)).toEqual([200, 200, 200, 200]);
    expect((await start(jump.id)).status).toBe(200);
    expect(accepted(jump)).toBe(1);
    const connections = () =>
      sh(`ss -Htn state established 'dport = :22 and dst ${jump.server.host}'`).trim().split('\n');
    await expect.poll(connections).toHaveLength(1);
    for (const one of behind) expect(accepted(one)).toBe(1);
  });
});

describe('when a jump host', () => {
  test('dies, what is behind it is stale and not offline; when it is back, fresh', async () => {
    const jump = await host();
    const always = { collectAlways: true, useGlobalStatusInterval: false, statusCheckInterval: 10 };
    const target = await host([jump], {}, { statsConfig: always });
    const idle = await host([jump], {}, { statsConfig: { ...always, collectAlways: false } });
    for (const { id } of [target, idle]) await checked(id, (seen) => seen.status === 'online' && !seen.stale);

    await jump.server.stop();

    for (const { id } of [target, idle]) {
      expect(await checked(id, (seen) => seen.stale)).toMatchObject({
        status: 'online',
        failure: {
          stage: 'jump',
          reason: expect.stringMatching(/refused|reset/),
          message: expect.stringContaining(`Jump host ${jump.user.name}: `),
          hop: { index: 0, hostId: jump.id, name: jump.user.name, failure: { stage: expect.any(String) } },
        },
        hops: [{ state: 'down' }],
      });
    }
    await startAgain(jump);
    for (const { id } of [target, idle]) {
      const seen = await checked(id, (one) => one.status === 'online' && !one.stale);
      expect(seen).toMatchObject({ failure: null, hops: [{ state: 'up' }] });
    }
  });

  test('hangs, what is behind it is not said to be down', async () => {
    const jump = await host();
    const target = await host([jump]);
    await checked(target.id, (seen) => seen.status === 'online');
    const sessions = sh(`pgrep -f '[s]shd: ${jump.user.name}'`).trim().split('\n');
    sh(`kill -STOP ${sessions.join(' ')}; kill -STOP ${jump.server.pid}`);
    await sonde.admin.post('/refresh');
    const seen = await checked(target.id, (one) => one.stale);
    sh(`kill -CONT ${sessions.join(' ')} ${jump.server.pid}`);
    expect(seen).toMatchObject({ status: 'online', failure: { stage: 'jump', reason: 'timed-out' } });
  });

  test('is well, a host behind it that is down is offline', async () => {
    const jump = await host();
    const target = await host([jump]);
    await checked(target.id, (seen) => seen.status === 'online');
    await target.server.stop();
    await recheck(target.id);
    expect(await checked(target.id, (seen) => seen.status === 'offline')).toMatchObject({
      stale: false,
      failure: { stage: 'tcp', reason: 'refused', message: expect.stringContaining(`as seen from ${jump.user.name}`) },
      hops: [{ state: 'up' }],
    });
  });

  test('is well, a name that it does not know is not found there', async () => {
    const jump = await host();
    const target = await host([jump], {}, { ip: 'no-such-host.invalid' });
    const { status: code, body } = await start(target.id);
    expect([code, body.failure]).toMatchObject([
      500,
      { stage: 'dns', reason: 'not-found', message: expect.stringContaining(jump.user.name) },
    ]);
  });

  test('knows a name that Sonde does not, it is resolved there', async () => {
    const jump = await host();
    const target = await host([jump]);
    sh(`echo '${target.server.host} only-there.example' >>/etc/netns/${jump.net.name}/hosts`);
    await sonde.admin.put(`/host/db/host/${target.id}`, { ip: 'only-there.example' });
    expect((await start(target.id)).status).toBe(200);
  });

  test('shows another key, nothing behind it is reached until a person accepts it', async () => {
    const jump = await host();
    const target = await host([jump]);
    await sonde.admin.watch(target.id);
    await jump.server.stop();
    const replaced = await startSshd({ netns: jump.net, host: jump.server.host, hostKeys: [keyPair().file] });
    const before = target.server.log();
    const failed = await waitFor(async () => {
      const { body } = await start(target.id);
      return body.failure?.reason === 'changed' && body.failure;
    });
    expect(failed).toMatchObject({ stage: 'jump', hop: { hostId: jump.id, failure: { stage: 'host-key' } } });
    expect(replaced.log()).not.toMatch(/Accepted|Failed/);
    expect(target.server.log().replace(before, '')).not.toContain('Accepted');
    await sonde.admin.delete(`/host-keys/${jump.id}`);
    expect((await start(target.id)).status).toBe(200);
  });

  test('forwards nothing, that is said, and the host behind it is not offline', async () => {
    const jump = await host([], { config: ['AllowTcpForwarding no'] });
    const target = await host([jump]);
    const { body } = await start(target.id);
    expect(body.failure).toMatchObject({
      stage: 'jump',
      reason: 'no-forwarding',
      hint: expect.stringContaining('AllowTcpForwarding'),
      hop: { hostId: jump.id },
    });
    expect((await sonde.admin.get(`/status/${target.id}`)).status).toBe(404);
  });

  test('refuses its login, it is offered once for all that is behind it', async () => {
    const jump = await host([], {}, { password: 'wrong' });
    const statsConfig = { collectAlways: true, useGlobalStatusInterval: false, statusCheckInterval: 10 };
    const behind = await Promise.all([0, 1, 2, 3, 4, 5].map(() => host([jump], {}, { statsConfig })));
    for (const { id } of behind) {
      await waitFor(async () => {
        const { body } = await sonde.admin.get(`/metrics/${id}`);
        return body.failure?.hop?.failure?.reason === 'rejected';
      });
    }
    for (const { id } of behind)
      expect((await start(id)).body.failure).toMatchObject({ stage: 'jump', reason: 'rejected' });
    expect(jump.server.log().match(/Failed password/g)).toHaveLength(1);
    await sonde.admin.put(`/host/db/host/${jump.id}`, { password: jump.user.password });
    for (const { id } of behind) await checked(id, (seen) => seen.status === 'online');
    expect(accepted(jump)).toBe(1);
  });

  test('asks for a code, the person who starts a host behind it is asked, and nobody in the background', async () => {
    const config = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
    const net = network();
    const [server, user] = [await sshd(net, { config, pam: pam.passwordThenCode }), addUser({ totpSecret: secret })];
    const jump: Host = {
      net,
      server,
      user,
      id: await sonde.admin.add({ ...byPassword(server, user), name: 'bastion' }),
    };
    const behind = [await host([jump]), await host([jump])] as const;
    const needsCode = async (id: number) =>
      (await sonde.admin.get(`/metrics/${id}`)).body.failure?.reason === 'needs-code';
    for (const { id } of behind) await waitFor(() => needsCode(id));
    expect(server.log()).not.toMatch(/Failed|pam|keyboard-interactive/i);

    const { body } = await start(behind[0].id);
    expect(body).toMatchObject({ requires_totp: true, prompt: expect.stringMatching(/^bastion: .*code/i) });
    const answer = { sessionId: body.sessionId, totpCode: totp(secret) };
    expect(await sonde.admin.post('/metrics/connect-totp', answer)).toMatchObject({ status: 200 });
    await checked(behind[1].id, (seen) => seen.status === 'online');
    expect(accepted(jump)).toBe(1);
  });
});

test('the connection test of a host that is not saved goes by its jump host', async () => {
  const jump = await host();
  const net = network(jump.net);
  const [server, user] = [await sshd(net), addUser()];
  const body = { ...byPassword(server, user), jumpHosts: [{ hostId: jump.id }] };
  const response = await fetch(`${sonde.url}/connection-tests`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${sonde.admin.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(text).toContain('"outcome":"ok"');
  expect(text).toContain(`${jump.user.name}: Logged in as`);
});

/** What a ping from a jump host leaves behind; the figures are told in docs/reach.md. */
test('a ping leaves nothing in the log of the jump host, and little in that of the host', async () => {
  // Checks of its own would go to it directly.
  const jump = await host([], {}, { statsConfig: { statusCheckEnabled: false } });
  const target = await host([jump]);
  await checked(target.id, (seen) => seen.status === 'online');
  // What the first look left is written a moment later.
  await waitFor(() => accepted(jump) > 0 && target.server.log().includes('Connection closed'));
  const [before, targetBefore] = [jump.server.log(), target.server.log()];
  const lines = (text: string) => text.split('\n').filter((line) => line !== '').length;
  for (let ping = 0; ping < 10; ping += 1) {
    const { lastChecked } = await status(target.id);
    await recheck(target.id);
    await checked(target.id, (seen) => seen.lastChecked !== lastChecked);
  }
  expect(jump.server.log().slice(before.length)).toBe('');
  const left = lines(target.server.log()) - lines(targetBefore);
  expect(left).toBeLessThanOrEqual(20);
  expect(target.server.log()).not.toContain('Accepted');
});
