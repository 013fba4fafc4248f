/** The rig itself: that each kind of host the other system tests build on is there and logs in. */
import { Client, type ConnectConfig } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addUser,
  busyboxRoot,
  createNetns,
  keyPair,
  openssh10,
  pam,
  requireRig,
  type Server,
  type SshdOptions,
  startDropbear,
  startSshd,
  stopServers,
  totp,
  waitFor,
} from '../support/rig.ts';

const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

type Login = ConnectConfig & { readonly answer?: (prompt: string) => string };
type Outcome = { readonly out: string; readonly prompts: readonly string[]; readonly rounds: number };

async function sshd(options: SshdOptions = {}): Promise<Server> {
  const server = await startSshd(options);
  return server;
}

/** Logs in, runs one command, and tells what it printed and what was asked. */
function login(server: Server, { answer, ...config }: Login, command = 'id -un'): Promise<Outcome> {
  return new Promise((done, failed) => {
    const client = new Client();
    const prompts: string[] = [];
    let rounds = 0;
    client.on('keyboard-interactive', (_name, _instructions, _language, asked, finish) => {
      if (asked.length > 0) rounds += 1;
      prompts.push(...asked.map((one) => one.prompt));
      finish(asked.map((one) => answer?.(one.prompt) ?? ''));
    });
    client.on('error', failed);
    client.on('ready', () => {
      client.exec(command, (error, stream) => {
        if (error) {
          client.end();
          failed(error);
          return;
        }
        let out = '';
        stream.on('data', (data: Buffer) => {
          out += data.toString();
        });
        stream.stderr.resume();
        stream.on('close', () => {
          client.end();
          done({ out: out.trim(), prompts, rounds });
        });
      });
    });
    client.connect({ host: server.host, port: server.port, readyTimeout: 60_000, ...config });
  });
}

beforeAll(() => {
  requireRig('sshd');
});

afterAll(async () => {
  await stopServers();
});

describe('OpenSSH', () => {
  test('logs in by key, also with a passphrase', async () => {
    const plain = keyPair();
    const locked = keyPair('rsa', 'open sesame');
    const server = await sshd();
    const ann = addUser({ name: 'ann', authorizedKey: plain.publicKey });
    const bob = addUser({ name: 'bob', authorizedKey: locked.publicKey });
    expect(await login(server, { username: ann.name, privateKey: plain.privateKey })).toMatchObject({ out: ann.name });
    const unlocked = { username: bob.name, privateKey: locked.privateKey, passphrase: 'open sesame' };
    expect(await login(server, unlocked)).toMatchObject({ out: bob.name });
    await waitFor(() => server.log().includes(`Accepted publickey for ${ann.name}`));
  });

  test('logs in by password and refuses a wrong one', async () => {
    const server = await sshd();
    const user = addUser();
    expect(await login(server, { username: user.name, password: user.password })).toMatchObject({ out: user.name });
    await expect(login(server, { username: user.name, password: 'wrong' })).rejects.toMatchObject({
      level: 'client-authentication',
    });
  });

  test('asks for a code after the key', async () => {
    const key = keyPair();
    const user = addUser({ authorizedKey: key.publicKey, totpSecret: secret });
    const server = await sshd({
      pam: pam.code,
      config: ['KbdInteractiveAuthentication yes', 'AuthenticationMethods publickey,keyboard-interactive'],
    });
    const how = { username: user.name, privateKey: key.privateKey, tryKeyboard: true };
    expect(await login(server, { ...how, answer: () => totp(secret) })).toEqual({
      out: user.name,
      prompts: ['Verification code: '],
      rounds: 1,
    });
    await expect(login(server, { ...how, answer: () => totp(secret, -600) })).rejects.toThrow(/authentication/);
  });

  const twoRounds = ['KbdInteractiveAuthentication yes', 'AuthenticationMethods keyboard-interactive'];

  test('asks for password, then code, in two rounds', async () => {
    const user = addUser({ totpSecret: secret });
    const server = await sshd({ pam: pam.passwordThenCode, config: twoRounds });
    const answer = (prompt: string) => (prompt.startsWith('Password') ? user.password : totp(secret));
    expect(await login(server, { username: user.name, tryKeyboard: true, answer })).toEqual({
      out: user.name,
      prompts: ['Password: ', 'Verification code: '],
      rounds: 2,
    });
  });

  test('of version 10 does the same', async () => {
    const { binary, config } = openssh10();
    const user = addUser({ totpSecret: secret });
    const server = await sshd({ binary, config: [...config, ...twoRounds], pam: pam.passwordThenCode });
    const answer = (prompt: string) => (prompt.startsWith('Password') ? user.password : totp(secret));
    const outcome = await login(server, { username: user.name, tryKeyboard: true, answer }, 'echo "$SSH_CONNECTION"');
    expect(outcome).toMatchObject({ rounds: 2, out: expect.stringContaining(` ${server.port}`) });
  });
});

test('dropbear logs in by password and by key', async () => {
  const key = keyPair();
  const server = await startDropbear();
  const user = addUser({ authorizedKey: key.publicKey });
  expect(await login(server, { username: user.name, password: user.password })).toMatchObject({ out: user.name });
  expect(await login(server, { username: user.name, privateKey: key.privateKey })).toMatchObject({ out: user.name });
});

test('a busybox host has nothing else', async () => {
  const key = keyPair();
  const root = busyboxRoot({ authorizedKey: key.publicKey });
  const server = await sshd({ config: root.config });
  const how = { username: root.user.name, privateKey: key.privateKey };
  const tools = 'id -un; . /etc/os-release; echo "$ID"; command -v bash || echo no bash; df -P / | tail -n 1 | wc -l';
  expect((await login(server, how, tools)).out.split('\n')).toEqual([root.user.name, 'alpine', 'no bash', '1']);
});

test('a network of its own can be cut', async () => {
  const net = createNetns();
  const server = await sshd({ netns: net });
  const user = addUser();
  const how = { username: user.name, password: user.password };
  const inside = await login(server, how, 'echo "$SSH_CONNECTION"');
  expect(inside.out).toMatch(new RegExp(`^${net.gateway} \\d+ ${net.address} 22$`));
  net.run('ip link set eth0 down');
  await expect(login(server, { ...how, readyTimeout: 500 })).rejects.toMatchObject({ level: 'client-timeout' });
  await server.stop();
  net.remove();
});

test('users, addresses and networks of two calls differ', () => {
  expect(addUser().name).not.toBe(addUser().name);
  const [one, two] = [createNetns(), createNetns()];
  expect(one.address).not.toBe(two.address);
  one.remove();
  two.remove();
});
