/**
 * Every failure that Sonde can give, by a real cause. A failure that is added needs an entry here: its cause, or the name
 * of the test file that has one.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostError } from '../../src/model/failure.ts';
import { dial } from '../../src/ssh/dial.ts';
import { sentences } from '../../src/ssh/failures.ts';
import { readEvents } from '../support/events.ts';
import {
  addUser,
  busyboxRoot,
  createNetns,
  freePort,
  keyPair,
  type Netns,
  newPath,
  occupy,
  openssh10,
  ownAddress,
  pam,
  requireRig,
  type Server,
  sh,
  startSshd,
  stopServers,
  type User,
  waitFor,
} from '../support/rig.ts';
import { byKey, byPassword, type Json, type Person, type Service, startService } from '../support/service.ts';

type Failed = { readonly stage: string; readonly reason: string; readonly message: string; readonly hint: string };
/** Brings it about and answers with what Sonde said; or says where that is done. */
type Cause = (() => Promise<Failed>) | { readonly in: string };

const networks: Netns[] = [];
const children: ChildProcess[] = [];
let sonde: Service;
let shared: Server;

/** A host in a network of its own, whose packets iptables treats so. */
async function behind(rule: string): Promise<object> {
  const net = createNetns();
  networks.push(net);
  const server = await startSshd({ netns: net });
  net.run(`iptables -A INPUT -p tcp --dport 22 -j ${rule}`);
  return byPassword(server, addUser());
}

let people = 0;

/** What a connection test of this host says. Few may run at once for one person, so everybody gets their own. */
async function tested(host: object): Promise<Failed> {
  people += 1;
  const person = await sonde.user(`tester-${people}`);
  const body = JSON.stringify(host);
  const events = await readEvents(`${sonde.url}/connection-tests`, person.token, { method: 'POST', body });
  await events.over;
  return events.events.find(({ event }) => event === 'result')?.data.failure;
}

/** What the status of a host that is watched day and night comes to say. */
async function watched(host: object, fits: (failure: Failed) => boolean): Promise<Failed> {
  const id = await addAlways(sonde.admin, host);
  return waitFor(async () => {
    const failure: Failed | null = (await sonde.admin.get(`/status/${id}`)).body.failure ?? null;
    return failure !== null && fits(failure) ? failure : null;
  }, 90_000);
}

function addAlways(person: Person, host: object): Promise<number> {
  const often = { useGlobalMetricsInterval: false, metricsInterval: 10 };
  return person.add({ ...host, statsConfig: { collectAlways: true, ...often } });
}

/** A user in whose session a program is another one. */
function userWith(program: string, script: string): User {
  const bin = newPath('bin');
  mkdirSync(bin);
  writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const user = addUser();
  writeFileSync(`${user.home}/.bashrc`, `PATH=${bin}:$PATH\n`);
  return user;
}

/** Ends every `sh` of whoever runs it. */
const endShell = 'pkill -KILL -u "$(id -u)" -x sh';

const causes: Readonly<Record<string, Cause>> = {
  'sonde/no-network': { in: 'test/system/own-network.test.ts' },
  'sonde/no-name-server': { in: 'test/system/limits.test.ts' },
  'sonde/not-allowed': { in: 'test/system/networks.test.ts' },
  'sonde/no-files': { in: 'src/ssh/local.test.ts' },
  'sonde/no-memory': { in: 'src/ssh/socket-failure.test.ts' },
  'sonde/no-ports': { in: 'src/ssh/socket-failure.test.ts' },
  'sonde/no-processes': { in: 'src/ssh/local.test.ts' },
  'dns/not-found': () => tested({ ...byPassword(shared, addUser()), ip: 'no-such-host.invalid' }),
  'tcp/refused': async () => tested({ ...byPassword(shared, addUser()), port: await freePort() }),
  'tcp/unreachable': async () => tested(await behind('REJECT --reject-with icmp-host-unreachable')),
  'tcp/timed-out': async () => tested(await behind('DROP')),
  'tcp/reset': resetAtOnce,
  'tcp/penalised': { in: 'test/system/back-off.test.ts' },
  'proxy/not-found': { in: 'test/system/proxy.test.ts' },
  'proxy/refused': { in: 'test/system/proxy.test.ts' },
  'proxy/unreachable': async () => {
    const { ip } = (await behind('REJECT --reject-with icmp-host-unreachable')) as { readonly ip: string };
    const proxy = { useSocks5: true, socks5Host: ip, socks5Port: 22 };
    return tested({ ...byPassword(shared, addUser()), ...proxy });
  },
  'proxy/timed-out': { in: 'test/system/proxy.test.ts' },
  'proxy/reset': { in: 'test/system/proxy.test.ts' },
  'proxy/rejected': { in: 'test/system/proxy.test.ts' },
  'proxy/no-forwarding': { in: 'test/system/proxy.test.ts' },
  'jump/no-forwarding': { in: 'test/system/jump.test.ts' },
  'jump/too-many-sessions': { in: 'src/ssh/forward.test.ts' },
  'jump/timed-out': { in: 'test/system/jump.test.ts' },
  'jump/reset': { in: 'src/ssh/forward.test.ts' },
  'jump/not-found': { in: 'src/scheduler/connections/route.test.ts' },
  'jump/unsupported': { in: 'src/scheduler/connections/route.test.ts' },
  'handshake/timed-out': async () => {
    const server = await startSshd();
    server.kill('SIGSTOP');
    return tested(byPassword(server, addUser()));
  },
  'handshake/reset': async () => {
    const server = await startSshd({ host: ownAddress().replace(/1$/, '77') });
    // A wrapped sshd says nothing to those who are denied.
    sh(`echo 'sshd@${server.host}: ALL' >>/etc/hosts.deny`);
    return tested(byPassword(server, addUser()));
  },
  'handshake/not-ssh': async () => {
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const port = await freePort();
    await new Promise<void>((done) => web.listen(port, ownAddress(), done));
    return tested({ ...byPassword(shared, addUser()), ip: ownAddress(), port }).finally(() => web.close());
  },
  'handshake/too-many-sessions': async () => {
    const server = await startSshd({ config: ['MaxStartups 1'] });
    const giveBack = await occupy(server);
    return tested(byPassword(server, addUser())).finally(giveBack);
  },
  'handshake/penalised': async () => {
    const { binary, config } = openssh10();
    const server = await startSshd({ binary, config: [...config, 'PerSourcePenalties authfail:60 min:1'] });
    const host = byPassword(server, addUser());
    expect(await tested({ ...host, password: 'wrong' })).toMatchObject({ reason: 'rejected' });
    return tested(host);
  },
  'handshake/no-algorithm': async () => {
    const server = await startSshd({ config: ['Ciphers 3des-cbc'] });
    return tested(byPassword(server, addUser()));
  },
  'handshake/bad-group': { in: 'src/ssh/host-keys/group-exchange.test.ts' },
  'host-key/weak-key': async () => {
    const file = newPath('short');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', file]);
    const host = byPassword(await startSshd({ hostKeys: [file] }), addUser());
    const failed = await tested(host);
    // A host whose old algorithms are turned on is logged in to.
    const id = await sonde.admin.add({ ...host, statsConfig: { legacyAlgorithms: true } });
    expect((await sonde.admin.watch(id)).uptime.seconds).toBeGreaterThan(0);
    return failed;
  },
  'host-key/changed': async () => {
    const [first, user] = [await startSshd(), addUser()];
    const id = await sonde.admin.add(byPassword(first, user));
    await sonde.admin.watch(id);
    await first.stop();
    await startSshd({ port: first.port, hostKeys: [keyPair().file] });
    return (await sonde.admin.post(`/metrics/start/${id}`)).body.failure;
  },
  'host-key/unknown-key': { in: 'test/system/host-keys.test.ts' },
  'host-key/revoked': { in: 'test/system/host-certificates.test.ts' },
  'sonde/not-saved': { in: 'test/system/storage.test.ts' },
  'host-key/bad-certificate': { in: 'test/system/host-certificates.test.ts' },
  'auth/rejected': () => tested({ ...byPassword(shared, addUser()), password: 'wrong' }),
  'auth/needs-code': async () => {
    const config = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
    return tested(byPassword(await startSshd({ pam: pam.passwordThenCode, config }), addUser()));
  },
  'auth/no-credential': async () => {
    return tested(byPassword(await startSshd({ config: ['PasswordAuthentication no'] }), addUser()));
  },
  'auth/no-agent': { in: 'test/system/agent.test.ts' },
  'auth/unusable-key': { in: 'test/system/keys.test.ts' },
  'auth/expired': { in: 'test/system/certificates.test.ts' },
  'auth/password-expired': () => {
    const user = addUser();
    sh(`chage -d 0 ${user.name}`);
    return tested(byPassword(shared, user));
  },
  'auth/account-closed': () => {
    const user = addUser();
    sh(`chage -E 1 ${user.name}`);
    return tested(byPassword(shared, user));
  },
  'auth/paused': { in: 'src/scheduler/shared-login-day.test.ts' },
  'auth/timed-out': async () => {
    const hangs = 'auth required pam_exec.so /bin/sleep 60\naccount required pam_permit.so\n';
    return tested(byPassword(await startSshd({ pam: hangs }), addUser()));
  },
  'auth/reset': async () => {
    return tested({ ...byPassword(await startSshd({ config: ['MaxAuthTries 1'] }), addUser()), password: 'wrong' });
  },
  'auth/cancelled': async () => {
    const config = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
    const user = addUser({ totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' });
    const id = await sonde.admin.add(byPassword(await startSshd({ pam: pam.code, config }), user));
    const { sessionId } = (await sonde.admin.post(`/metrics/start/${id}`)).body;
    for (let tries = 0; tries < 3; tries += 1)
      await sonde.admin.post('/metrics/connect-totp', { sessionId, totpCode: '000000' });
    return waitFor(async () => (await sonde.admin.get(`/status/${id}`)).body.failure);
  },
  'shell/no-shell': () => tested(byPassword(shared, addUser({ shell: '/usr/sbin/nologin' }))),
  'shell/flooded': { in: 'test/system/flooding.test.ts' },
  'shell/timed-out': async () => {
    const user = addUser();
    writeFileSync(`${user.home}/.bashrc`, 'exec sleep 300\n');
    return watched(byPassword(shared, user), ({ stage }) => stage === 'shell');
  },
  'shell/too-many-sessions': async () => tested(byPassword(await startSshd({ config: ['MaxSessions 0'] }), addUser())),
  'shell/unsupported': async () => {
    const id = await sonde.admin.add({ name: 'desktop', ip: '192.0.2.1', username: 'a', connectionType: 'rdp' });
    return (await sonde.admin.post(`/metrics/start/${id}`)).body.failure;
  },
  'sample/timed-out': async () => {
    const user = addUser();
    const id = await addAlways(sonde.admin, byPassword(shared, user));
    await sonde.admin.watch(id);
    sh(`pkill -STOP -u ${user.uid} -x sh`);
    return waitFor(async () => (await sonde.admin.get(`/status/${id}`)).body.failure, 110_000).finally(() =>
      sh(`pkill -KILL -u ${user.uid} || true`),
    );
  },
  'sample/cut': () => tested(byPassword(shared, userWith('df', endShell))),
  'sample/unparsable': async () => {
    const key = keyPair();
    const root = busyboxRoot({ authorizedKey: key.publicKey });
    const broken = newPath('uptime');
    writeFileSync(broken, 'not a number\n');
    sh(`mount --bind '${broken}' '${root.path}/proc/uptime'`);
    return tested(byKey(await startSshd({ config: root.config }), root.user, key.privateKey));
  },
  'sample/reset': async () => {
    const key = keyPair();
    const root = busyboxRoot({ authorizedKey: key.publicKey });
    const pipe = newPath('uptime');
    sh(`mkfifo -m 666 '${pipe}'; mount --bind '${pipe}' '${root.path}/proc/uptime'`);
    const failed = tested(byKey(await startSshd({ config: root.config }), root.user, key.privateKey));
    // It opens once the shell reads it: that is after the request came, and before its answer begins.
    const opened = await open(pipe, 'w');
    sh(`pkill -KILL -u ${root.user.uid} 'sh$'`);
    await opened.close();
    return failed;
  },
};

/** The reset comes before we look: Sonde is busy, or whoever resets is quick. */
async function resetAtOnce(): Promise<Failed> {
  const port = await freePort();
  const program = `const server = require('node:net').createServer((socket) => {
    socket.on('close', () => process.exit()).resetAndDestroy();
  });
  server.listen(${port}, '${ownAddress()}', () => console.log('listening'));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise<void>((done) => child.stdout.once('data', () => done()));
  const dialled = dial(
    { address: ownAddress(), port, deniedNetworks: [], timeoutMs: 120_000 },
    () => {},
    new AbortController().signal,
  );
  await new Promise<void>((done) => process.nextTick(done));
  // Nothing of ours runs until it has accepted, reset and ended.
  const ended = 'for i in $(seq 1200); do grep -q ") Z" "/proc/$1/stat" && exit; sleep 0.05; done; exit 1';
  execFileSync('sh', ['-c', ended, 'sh', String(child.pid)]);
  return dialled.then(
    (socket) => {
      socket.destroy();
      throw new Error('the connection stood');
    },
    (error: unknown) => {
      if (error instanceof HostError) return error.failure;
      throw error;
    },
  );
}

beforeAll(async () => {
  requireRig('sshd', 'iptables', 'pkill');
  sonde = await startService();
  shared = await startSshd();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await sonde?.close();
  await stopServers();
  for (const net of networks) net.remove();
});

test('every failure has a cause here, or a test file that names it', () => {
  expect(Object.keys(causes).sort()).toEqual(Object.keys(sentences).sort());
  for (const [key, cause] of Object.entries(causes)) {
    if (typeof cause === 'function') continue;
    const [stage, reason] = key.split('/');
    const text = readFileSync(resolve(import.meta.dirname, '../..', cause.in), 'utf8');
    const names = (word: string | undefined): boolean => text.includes(`'${word}'`) || text.includes(key);
    expect([key, names(stage), names(reason)]).toEqual([key, true, true]);
  }
});

describe('a real cause of', () => {
  const here = Object.entries<Cause>(causes).filter((entry): entry is [string, () => Promise<Failed>] => {
    return typeof entry[1] === 'function';
  });
  const check = async (key: string, cause: () => Promise<Failed>): Promise<void> => {
    const [stage, reason] = key.split('/');
    const seen: Json = await cause();
    expect(seen).toMatchObject({ stage, reason, hint: sentences[key as keyof typeof sentences]?.hint });
    expect(seen.message).toMatch(/^[A-Z].{10,}/);
  };
  // One stops this process until another has ended, which those beside it would take for servers that do not answer.
  const stops = ([key]: readonly [string, unknown]): boolean => key === 'tcp/reset';
  test.concurrent.each(here.filter((one) => !stops(one)))('%s', check);
  test.each(here.filter(stops))('%s', check);
});
