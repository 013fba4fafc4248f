/** The SSH agent of the machine that Sonde runs on: a real ssh-agent, whose keys only admins' logins may use. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server as SocketServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/lib/ssh/fingerprint.ts';
import { type Authority, authority } from '../support/certificates.ts';
import {
  addUser,
  type KeyPair,
  type KeyType,
  keyPair,
  newPath,
  openssh10,
  requireRig,
  type Server,
  sh,
  startSshd,
  waitFor,
} from '../support/rig.ts';
import { type Json, type Service, startService } from '../support/service.ts';

let server: Server;
const ended: (() => unknown)[] = [];

type Agent = { readonly socket: string; readonly add: (...keys: KeyPair[]) => void };

async function startAgent(): Promise<Agent> {
  const socket = newPath('agent');
  const child: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  ended.push(() => child.kill());
  await waitFor(() => sh(`[ ! -S '${socket}' ] || echo yes`) !== '');
  return {
    socket,
    add: (...keys) => void sh(`SSH_AUTH_SOCK='${socket}' ssh-add -q ${keys.map(({ file }) => file).join(' ')}`),
  };
}

async function sondeWith(agentSocket: string): Promise<Service> {
  const sonde = await startService(undefined, undefined, 0, { SONDE_SSH_AGENT: agentSocket });
  ended.push(sonde.close);
  return sonde;
}

const hostOf = (username: string, agentKey = '') => ({
  ip: server.host,
  port: server.port,
  username,
  authType: 'agent',
  agentKey,
});

const fingerprint = ({ publicKey }: KeyPair): string => fingerprintOf(publicKey.split(' ')[1] ?? '');

async function failureOf(sonde: Service, host: object) {
  return (await sonde.admin.post(`/metrics/start/${await sonde.admin.add(host)}`)).body.failure;
}

beforeAll(async () => {
  requireRig('sshd', 'ssh-agent', 'ssh-add');
  server = await startSshd({ config: ['PasswordAuthentication no', 'LogLevel VERBOSE'] });
});

afterAll(async () => {
  for (const end of ended.reverse()) await end();
  await server?.stop();
});

test.each(['ed25519', 'rsa', 'ecdsa'] as const)(
  'a key of type %s in it logs in, for a host and for a credential',
  async (type) => {
    const agent = await startAgent();
    const key = keyPair(type);
    agent.add(key);
    const { admin } = await sondeWith(agent.socket);
    const { name } = addUser({ authorizedKey: key.publicKey });

    expect((await admin.watch(await admin.add(hostOf(name)))).uptime.seconds).toBeGreaterThan(0);

    const { body } = await admin.post('/credentials', { name: 'agent', username: name, authType: 'agent' });
    const shared = { ip: server.host, port: server.port, authType: 'credential', credentialId: body.id };
    expect((await admin.watch(await admin.add(shared))).uptime.seconds).toBeGreaterThan(0);
  },
);

describe('of many keys', () => {
  test('at most five are offered, so that the server does not hang up', async () => {
    const agent = await startAgent();
    const keys = [...Array(7)].map(() => keyPair());
    agent.add(...keys);
    const sonde = await sondeWith(agent.socket);
    const { name } = addUser({ authorizedKey: keys[6]?.publicKey ?? '' });
    const before = server.log().length;

    expect(await failureOf(sonde, hostOf(name))).toMatchObject({ stage: 'auth', reason: 'rejected' });

    expect(
      server
        .log()
        .slice(before)
        .match(/Failed publickey/g)?.length,
    ).toBe(5);
    expect(server.log().slice(before)).not.toContain('Too many authentication failures');
  });

  test('the one that was chosen is offered alone, by fingerprint or public key', async () => {
    const agent = await startAgent();
    const keys = [...Array(7)].map(() => keyPair());
    agent.add(...keys);
    const sonde = await sondeWith(agent.socket);
    const chosen = keys[6] as KeyPair;
    const { name } = addUser({ authorizedKey: chosen.publicKey });
    const before = server.log().length;

    for (const agentKey of [fingerprint(chosen), `${chosen.publicKey} ann@laptop`]) {
      const id = await sonde.admin.add(hostOf(name, agentKey));
      expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
      expect((await sonde.admin.get(`/host/db/host/${id}`)).body.agentKey).toBe(fingerprint(chosen));
    }
    expect(server.log().slice(before)).not.toContain('Failed');
    expect(await failureOf(sonde, hostOf(name, fingerprint(keyPair())))).toMatchObject({
      reason: 'no-agent',
      message: expect.stringContaining('does not hold the key SHA256:'),
    });
  });
});

describe('a certificate in it', () => {
  let ours: Authority;
  let trusting: Server;

  beforeAll(async () => {
    ours = authority();
    const trusted = `TrustedUserCAKeys ${ours.publicKeyFile}`;
    trusting = await startSshd({ config: [trusted, 'PasswordAuthentication no', 'LogLevel VERBOSE'] });
    ended.push(() => trusting.stop());
  });

  /** An agent that holds a key and its certificate, as `ssh-add` finds them beside each other; and a host for it. */
  async function certifiedHost(user: string, options: string, type: KeyType = 'ed25519', key = keyPair(type)) {
    const agent = await startAgent();
    ours.sign(key, options);
    agent.add(key);
    return { agent, key, host: { ...hostOf(user), ip: trusting.host, port: trusting.port } };
  }

  test.each(['ed25519', 'rsa', 'ecdsa'] as const)(
    'of a key of type %s logs in, before any key is offered',
    async (type) => {
      const { name } = addUser();
      const { agent, key, host } = await certifiedHost(name, `-n ${name} -V +1h`, type);
      const { admin } = await sondeWith(agent.socket);
      const before = trusting.log().length;
      for (const agentKey of ['', fingerprint(key)])
        expect((await admin.watch(await admin.add({ ...host, agentKey }))).uptime.seconds).toBeGreaterThan(0);
      expect(trusting.log().slice(before)).toMatch(/Accepted publickey for .*-CERT .*ID id of ann \(serial 42\)/);
      expect(trusting.log().slice(before)).not.toContain('Failed');
    },
  );

  test('logs in to OpenSSH 10', async () => {
    const { binary, config } = openssh10();
    const newer = await startSshd({ binary, config: [...config, `TrustedUserCAKeys ${ours.publicKeyFile}`] });
    const { name } = addUser();
    const { agent, host } = await certifiedHost(name, `-n ${name}`, 'rsa');
    const { admin } = await sondeWith(agent.socket);
    const id = await admin.add({ ...host, ip: newer.host, port: newer.port });
    expect((await admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
    await newer.stop();
  });

  test('that expired is not offered, its key is', async () => {
    const key = keyPair();
    const { name } = addUser({ authorizedKey: key.publicKey });
    const { agent, host } = await certifiedHost(name, `-n ${name} -V 20200101:20200102`, 'ed25519', key);
    const sonde = await sondeWith(agent.socket);
    const before = trusting.log().length;
    expect((await sonde.admin.watch(await sonde.admin.add(host))).uptime.seconds).toBeGreaterThan(0);
    expect(trusting.log().slice(before)).not.toMatch(/Failed|CERT/);
  });

  test('that expired, alone: that is said', async () => {
    const { name } = addUser();
    const { agent, key, host } = await certifiedHost(name, `-n ${name} -V 20200101:20200102`);
    sh(`SSH_AUTH_SOCK='${agent.socket}' ssh-add -q -D; SSH_AUTH_SOCK='${agent.socket}' ssh-add -q '${key.file}'`);
    sh(
      `cp '${key.file}.pub' '${key.file}.plain.pub'; SSH_AUTH_SOCK='${agent.socket}' ssh-add -q -d '${key.file}.plain.pub'`,
    );
    const sonde = await sondeWith(agent.socket);
    expect(await failureOf(sonde, host)).toMatchObject({
      reason: 'no-agent',
      message: expect.stringContaining('it expired at 2020-01-0'),
    });
  });
});

describe('where it cannot help, that is said', () => {
  test('it holds no key', async () => {
    const sonde = await sondeWith((await startAgent()).socket);
    expect(await failureOf(sonde, hostOf(addUser().name))).toMatchObject({
      stage: 'auth',
      reason: 'no-agent',
      message: expect.stringContaining('it holds no usable key'),
    });
  });

  test('it does not run', async () => {
    const sonde = await sondeWith('/run/no-such-agent');
    expect(await failureOf(sonde, hostOf(addUser().name))).toMatchObject({
      reason: 'no-agent',
      message: expect.stringContaining('nothing answers on /run/no-such-agent'),
    });
  });

  test('it says nothing', async () => {
    const socket = newPath('silent');
    const silent: SocketServer = createServer(() => {}).listen(socket);
    ended.push(() => silent.close());
    const sonde = await sondeWith(socket);
    expect(await failureOf(sonde, hostOf(addUser().name))).toMatchObject({
      reason: 'no-agent',
      message: expect.stringContaining('does not answer'),
    });
  });

  test('it is no agent', async () => {
    const socket = newPath('other');
    const other: SocketServer = createServer((peer) => {
      peer.on('error', () => {}).write('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(socket);
    ended.push(() => other.close());
    const sonde = await sondeWith(socket);
    expect(await failureOf(sonde, hostOf(addUser().name))).toMatchObject({
      reason: 'no-agent',
      message: expect.stringContaining('does not answer as an SSH agent does'),
    });
  });

  test('it asks its own user first, who says no', async () => {
    const agent = await startAgent();
    const key = keyPair();
    sh(`SSH_AUTH_SOCK='${agent.socket}' ssh-add -q -c '${key.file}'`);
    const sonde = await sondeWith(agent.socket);
    const { name } = addUser({ authorizedKey: key.publicKey });
    expect(await failureOf(sonde, hostOf(name))).toMatchObject({
      reason: 'no-agent',
      message: expect.stringContaining('refused to sign'),
    });
  });
});

test('only an admin lends it, and only as long as they are one', async () => {
  const agent = await startAgent();
  const key = keyPair();
  agent.add(key);
  const sonde = await sondeWith(agent.socket);
  const { name } = addUser({ authorizedKey: key.publicKey });
  const bob = await sonde.user('bob');
  const refused = { status: 403, body: { error: expect.stringContaining('Only an admin') } };
  expect(await bob.post('/host/db/host', hostOf(name))).toMatchObject(refused);
  expect(await bob.post('/connection-tests', hostOf(name))).toMatchObject(refused);
  expect(await bob.post('/credentials', { name: 'a', authType: 'agent' })).toMatchObject(refused);
  const own = await bob.add({ ...hostOf(name), authType: 'password', password: 'x' });
  expect(await bob.put(`/host/db/host/${own}`, { authType: 'agent' })).toMatchObject(refused);

  const users: Json[] = (await sonde.admin.get('/users/list')).body.users;
  const { id } = users.find(({ username }) => username === 'bob');
  await sonde.admin.post(`/users/${id}/admin`, { is_admin: true });
  const lent = await bob.add(hostOf(name));
  expect((await bob.watch(lent)).uptime.seconds).toBeGreaterThan(0);
  const before = server.log().length;
  await sonde.admin.post(`/users/${id}/admin`, { is_admin: false });
  await waitFor(() => /Connection closed by|Disconnected from/.test(server.log().slice(before)));
  expect((await bob.post(`/metrics/start/${lent}`)).body.failure).toMatchObject({
    reason: 'no-agent',
    message: expect.stringContaining('only logins of admins'),
  });
});
