/**
 * Real servers for system tests. Everything here works only inside `rig.sh`, where tests may freely create users and
 * networks.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { generateSync } from 'otplib';

export type User = { readonly name: string; readonly password: string; readonly uid: number; readonly home: string };

export type UserOptions = {
  /** Only the beginning of the name; a suffix makes it unique. */
  readonly name?: string;
  readonly password?: string;
  readonly shell?: string;
  readonly authorizedKey?: string;
  /** Base32; puts a `.google_authenticator` file into the home. */
  readonly totpSecret?: string;
};

export type KeyType = 'ed25519' | 'rsa' | 'ecdsa';
export type KeyPair = { readonly file: string; readonly privateKey: string; readonly publicKey: string };

export type Netns = {
  readonly name: string;
  /** The rig has no route to it. */
  readonly isHidden?: boolean;
  /** Of the host inside. */
  readonly address: string;
  /** Of the rig's end of the wire. */
  readonly gateway: string;
  /** The rig's end of the wire; inside it is `eth0`. */
  readonly link: string;
  /** Runs a shell script inside and returns what it prints. */
  run(script: string): string;
  remove(): void;
};

export type Server = {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  log(): string;
  /** Signals only the listener; its sessions continue. */
  kill(signal: NodeJS.Signals): void;
  /** Ends the listener and all its sessions. */
  stop(): Promise<void>;
};

export type SshdOptions = {
  readonly host?: string;
  readonly port?: number;
  /** Lines of sshd_config; they override the defaults. May end with `Match` blocks. */
  readonly config?: readonly string[];
  /** The PAM service file of this instance; without it, the system's `sshd` service. */
  readonly pam?: string;
  readonly netns?: Netns;
  readonly env?: Readonly<Record<string, string>>;
  readonly binary?: string;
  /** Private key files; by default, one Ed25519 key of this test file. */
  readonly hostKeys?: readonly string[];
  /** Its sessions see only their own processes, as on a separate machine. */
  readonly isAlone?: boolean;
};

export type DropbearOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly args?: readonly string[];
  readonly netns?: Netns;
};

export type BusyboxRoot = {
  readonly path: string;
  readonly user: User;
  /** Add these lines at the end of the sshd's `config`. */
  readonly config: readonly string[];
};

/** PAM services of sshd with a code: `Password: ` then `Verification code: `; only the code; both in one answer. */
export const pam = {
  passwordThenCode: `auth required pam_unix.so nodelay
auth required pam_google_authenticator.so
account required pam_unix.so
session required pam_permit.so
`,
  code: `auth required pam_google_authenticator.so
account required pam_unix.so
session required pam_permit.so
`,
  passwordWithCode: `auth required pam_google_authenticator.so forward_pass
auth required pam_unix.so use_first_pass nodelay
account required pam_unix.so
session required pam_permit.so
`,
} as const;

const searched = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Throws one line that says what to do, unless this is the rig and it has these programs (names or absolute paths). */
export function requireRig(...programs: readonly string[]): string {
  const state = process.env.SONDE_RIG;
  if (state === undefined) return refuse('this test needs the rig: run `npm test` as root on Linux');
  const missing = programs.filter((name) =>
    name.startsWith('/') ? !existsSync(name) : !searched.some((folder) => existsSync(join(folder, name))),
  );
  if (missing.length > 0) {
    return refuse(`${missing.join(', ')}: not on this machine; run \`node scripts/setup.cjs test\` as root`);
  }
  return state;
}

function refuse(line: string): never {
  const error = new Error(line);
  error.stack = line;
  throw error;
}

const mine = `${process.pid}${threadId === 0 ? '' : `t${threadId}`}`;
let counter = 0;
let folder: string | undefined;

function unique(): string {
  counter += 1;
  return `${mine}-${counter}`;
}

/**
 * A new path in a folder of this test file. Every parent folder belongs to root, as sshd requires for keys and chroots.
 */
export function newPath(name: string): string {
  folder ??= mkdtempSync(join(requireRig(), 'test-'));
  chmodSync(folder, 0o755);
  return join(folder, `${name}-${unique()}`);
}

/** Runs a shell script in the rig as root and returns what it prints; throws if it fails. */
export function sh(script: string, input = ''): string {
  requireRig();
  return execFileSync('/bin/sh', ['-ec', script], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** How long anything is waited for at least: only what never comes takes so long, also on a machine that is busy. */
const patienceMs = 60_000;

/**
 * Polls until the condition is truthy and returns its value. `timeoutMs` is for what takes longer than a minute; where it
 * matters how soon something comes, compare the times that were recorded.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  timeoutMs = patienceMs,
  what = condition.toString(),
): Promise<NonNullable<T>> {
  const patience = Math.max(timeoutMs, patienceMs);
  const end = performance.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    await sleep(20);
  }
}

export function addUser(options: UserOptions = {}): User {
  const state = requireRig(options.shell ?? '/bin/bash');
  const name = `${options.name ?? 'u'}-${unique()}`;
  return makeUser(state, name, options);
}

function makeUser(state: string, name: string, options: UserOptions): User {
  const { password = `pw ${name}`, shell = '/bin/bash' } = options;
  const home = `/home/${name}`;
  // Workers add users at the same time, and the tools' own lock waits in whole seconds.
  const add = 'useradd --create-home --shell "$2" "$1"; chpasswd; id -u "$1"';
  const printed = execFileSync('flock', [join(state, 'users.lock'), '/bin/sh', '-ec', add, 'sh', name, shell], {
    input: `${name}:${password}\n`,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const uid = Number(printed);
  const own = (path: string, mode: number) => {
    chownSync(path, uid, uid);
    chmodSync(path, mode);
  };
  if (options.authorizedKey !== undefined) {
    mkdirSync(`${home}/.ssh`);
    own(`${home}/.ssh`, 0o700);
    writeFileSync(`${home}/.ssh/authorized_keys`, `${options.authorizedKey.trim()}\n`);
    own(`${home}/.ssh/authorized_keys`, 0o600);
  }
  if (options.totpSecret !== undefined) {
    writeFileSync(`${home}/.google_authenticator`, `${options.totpSecret}\n" WINDOW_SIZE 3\n" TOTP_AUTH\n`);
    own(`${home}/.google_authenticator`, 0o600);
  }
  return { name, password, uid, home };
}

/** The code that a user with this secret would read now, or this many seconds from now. */
export function totp(secret: string, offsetSeconds = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + offsetSeconds });
}

export function keyPair(type: KeyType = 'ed25519', passphrase = ''): KeyPair {
  requireRig('ssh-keygen');
  const file = newPath('key');
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', file]);
  return { file, privateKey: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

let loopback: string | undefined;

/** A loopback address of this process, so that what it starts never meets what others that run at the same time start. */
export function ownAddress(): string {
  if (loopback === undefined) {
    const slot = takeIndex(join(requireRig(), 'addresses'));
    loopback = `127.${64 + Math.floor(slot / 250)}.${1 + (slot % 250)}.1`;
  }
  return loopback;
}

/** What the system gives to connections, and to servers that leave the choice to it, begins at 32,768. */
const firstPort = 10_000;

/**
 * A port that nobody listens on, and that stays so until the caller does: each is given away once, and the system gives none
 * of them to a connection.
 */
export async function freePort(host = ownAddress()): Promise<number> {
  const ports = join(requireRig(), 'ports');
  for (;;) {
    const port = firstPort + takeIndex(ports);
    const server = createServer();
    const isFree = await new Promise<boolean>((done) => {
      server.once('error', () => done(false)).listen(port, host, () => done(true));
    });
    if (!isFree) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

/** Reset at once, so that sshd logs nothing of it. */
function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.resetAndDestroy();
      done(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

function listens(netns: Netns, port: number): boolean {
  return netns.run(`ss -Htln 'sport = :${port}'`) !== '';
}

let hostKey: string | undefined;

function ownHostKey(): string {
  hostKey ??= keyPair().file;
  return hostKey;
}

/** For `startSshd({ ...openssh10() })`; add other lines after `config`. */
export function openssh10(): { readonly binary: string; readonly config: readonly string[] } {
  const tree = resolve(import.meta.dirname, '../../.cache/openssh10/usr');
  const binary = join(tree, 'sbin/sshd');
  requireRig(binary);
  return {
    binary,
    config: [
      `SshdSessionPath ${join(tree, 'lib/openssh/sshd-session')}`,
      `SshdAuthPath ${join(tree, 'lib/openssh/sshd-auth')}`,
    ],
  };
}

/** From 9.8 on the PAM service is a setting; before, it is the name of the program. */
function hasPamServiceName(binary: string): boolean {
  const printed = execFileSync('/bin/sh', ['-c', '"$1" -V 2>&1 || true', 'sh', binary], { encoding: 'utf8' });
  const [, major = '0', minor = '0'] = /OpenSSH_(\d+)\.(\d+)/.exec(printed) ?? [];
  return Number(major) * 100 + Number(minor) >= 908;
}

export async function startSshd(options: SshdOptions = {}): Promise<Server> {
  let binary = options.binary ?? '/usr/sbin/sshd';
  requireRig(binary);
  const host = options.host ?? options.netns?.address ?? ownAddress();
  const port = options.port ?? (options.netns === undefined ? await freePort(host) : 22);
  const place = newPath('sshd');
  mkdirSync(place);

  const given = options.config ?? [];
  const firstMatch = given.findIndex((line) => /^\s*match\b/i.test(line));
  const split = firstMatch === -1 ? given.length : firstMatch;
  const lines = given.slice(0, split);
  if (options.pam !== undefined) {
    const service = `sshd-${unique()}`;
    writeFileSync(`/etc/pam.d/${service}`, options.pam);
    if (hasPamServiceName(binary)) {
      lines.push(`PAMServiceName ${service}`);
    } else {
      symlinkSync(binary, join(place, service));
      binary = join(place, service);
    }
  }
  for (const file of options.hostKeys ?? [ownHostKey()]) lines.push(`HostKey ${file}`);
  lines.push(
    `Port ${port}`,
    `ListenAddress ${host}`,
    'PidFile none',
    'UsePAM yes',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'UseDNS no',
    'LogLevel INFO',
    'Subsystem sftp internal-sftp',
    ...given.slice(split),
  );
  writeFileSync(join(place, 'config'), `${lines.join('\n')}\n`);
  const command = [binary, '-D', '-e', '-f', join(place, 'config')];
  if (options.isAlone) command.unshift('unshare', '--pid', '--mount-proc', '--fork', '--kill-child');
  const endsBy = options.isAlone ? 'SIGKILL' : 'SIGTERM';
  return launch(command, { host, port, log: join(place, 'log'), netns: options.netns, env: options.env, endsBy });
}

export async function startDropbear(options: DropbearOptions = {}): Promise<Server> {
  requireRig('dropbear', 'dropbearkey');
  const host = options.host ?? options.netns?.address ?? ownAddress();
  const port = options.port ?? (options.netns === undefined ? await freePort(host) : 22);
  const place = newPath('dropbear');
  mkdirSync(place);
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', join(place, 'hostkey')], { stdio: 'ignore' });
  const command = ['dropbear', '-F', '-E', '-r', join(place, 'hostkey'), '-P', join(place, 'pid')];
  command.push('-p', `${host}:${port}`, ...(options.args ?? []));
  return launch(command, { host, port, log: join(place, 'log'), netns: options.netns, env: undefined });
}

/** How a server is started. */
export type Launch = {
  readonly host: string;
  readonly port: number;
  readonly log: string;
  readonly netns: Netns | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  /** For servers that take longer than usual to listen. */
  readonly waitMs?: number;
  readonly endsBy?: NodeJS.Signals;
};

/** Starts a server and waits until it listens. */
export async function launch(
  command: readonly string[],
  { host, port, log, netns, env, waitMs, endsBy = 'SIGTERM' }: Launch,
): Promise<Server> {
  const [program = '', ...args] = netns === undefined ? command : ['ip', 'netns', 'exec', netns.name, ...command];
  const output = openSync(log, 'a');
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  closeSync(output);
  let ended: string | undefined;
  const exited = new Promise<void>((done) => {
    child.once('exit', (code, signal) => {
      ended = `${code ?? signal}`;
      done();
    });
    child.once('error', (error) => {
      ended = error.message;
      done();
    });
  });
  const read = () => readFileSync(log, 'utf8');
  const reached = () => (netns?.isHidden ? listens(netns, port) : accepts(host, port));
  await waitFor(() => ended !== undefined || reached(), waitMs, `${program} to listen on ${host}:${port}`);
  const { pid } = child;
  if (ended !== undefined || pid === undefined) throw new Error(`${program} ended (${ended}): ${read().trim()}`);
  const server: Server = {
    host,
    port,
    pid,
    log: read,
    kill: (signal) => void process.kill(pid, signal),
    stop: async () => {
      if (ended !== undefined) return;
      const sessions = descendants(pid);
      child.kill('SIGCONT');
      child.kill(endsBy);
      await exited;
      for (const session of sessions) endProcess(session);
      // A login that was in progress went on in a process that is younger than the list.
      for (let left = servingAt(host, port, netns); left.length > 0; left = servingAt(host, port, netns))
        for (const session of left) endProcess(session);
    },
  };
  servers.add(server);
  return server;
}

const servers = new Set<Server>();

/** Ends all servers of this test file that are still running; for `afterAll`. */
export async function stopServers(): Promise<void> {
  await Promise.all([...servers].map((server) => server.stop()));
}

/** Occupies a slot for unauthenticated connections until it is released. */
export async function occupy(server: Pick<Server, 'host' | 'port'>): Promise<() => void> {
  const place = await waitFor(
    () =>
      new Promise<Socket | null>((done) => {
        const socket = connect(server.port, server.host);
        socket.once('error', () => done(null));
        socket.once('data', (line: Buffer) => done(line.toString().startsWith('SSH-') ? socket : null));
      }),
  );
  return () => void place.destroy();
}

/** The processes that hold the server's end of a connection to it. */
function servingAt(host: string, port: number, netns: Netns | undefined): readonly number[] {
  const from = /^(0\.0\.0\.0|::)$/.test(host) ? '' : ` and src ${host.includes(':') ? `[${host}]` : host}`;
  const list = `ss -Htnp 'sport = :${port}${from}'`;
  const printed = netns === undefined ? sh(list) : netns.run(list);
  return [...printed.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid));
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function descendants(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended during the check.
    }
  }
  const found: number[] = [];
  const todo = [root];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const below = children.get(next) ?? [];
    found.push(...below);
    todo.push(...below);
  }
  return found;
}

/** A host that has only busybox, like Alpine or a router, with one user who logs in with this key. */
export function busyboxRoot(options: { readonly authorizedKey: string }): BusyboxRoot {
  const state = requireRig('/bin/busybox', 'chroot');
  const path = newPath('busybox');
  mkdirSync(path);
  sh(`mount --bind '${path}' '${path}'`);
  for (const name of ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'root', 'run']) {
    mkdirSync(join(path, name), { recursive: true });
  }
  mkdirSync(join(path, 'var/log'), { recursive: true });
  copyFileSync('/bin/busybox', join(path, 'bin/busybox'));
  // sshd looks for the shell inside the chroot; useradd only warns that it does not exist outside.
  const user = makeUser(state, `bb-${unique()}`, { authorizedKey: options.authorizedKey, shell: '/bin/ash' });
  mkdirSync(join(path, user.home), { recursive: true });
  chownSync(join(path, user.home), user.uid, user.uid);
  writeFileSync(
    join(path, 'etc/passwd'),
    `root:x:0:0:root:/root:/bin/sh\n${user.name}:x:${user.uid}:${user.uid}::${user.home}:/bin/ash\n`,
  );
  writeFileSync(join(path, 'etc/group'), `root:x:0:\n${user.name}:x:${user.uid}:\n`);
  writeFileSync(
    join(path, 'etc/os-release'),
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\n',
  );
  sh(`cd '${path}'
    chmod 1777 tmp
    chroot . /bin/busybox --install -s
    mount -t proc proc proc
    mount -t sysfs -o ro sys sys
    mount --bind /dev dev`);
  return { path, user, config: [`Match User ${user.name}`, `ChrootDirectory ${path}`] };
}

/** A separate network, joined to the rig by one wire. */
export function createNetns(): Netns {
  const state = requireRig('ip');
  const index = takeIndex(join(state, 'networks'));
  const third = index >> 6;
  const base = (index & 63) * 4;
  const gateway = `10.77.${third}.${base + 1}`;
  const address = `10.77.${third}.${base + 2}`;
  const name = `net${index}`;
  const link = `wire${index}`;
  const made = `ip netns add ${name}
    ip link add ${link} type veth peer name eth0 netns ${name}
    ip address add ${gateway}/30 dev ${link}
    ip link set ${link} up
    ip -n ${name} address add ${address}/30 dev eth0
    ip -n ${name} link set eth0 up
    ip -n ${name} link set lo up
    ip -n ${name} route add default via ${gateway}`;
  sh(`exec 9>'${state}/networks.lock'; flock 9; ${made}`);
  return {
    name,
    address,
    gateway,
    link,
    run: (script) => execFileSync('ip', ['netns', 'exec', name, '/bin/sh', '-ec', script], { encoding: 'utf8' }),
    // A network exists as long as a process is in it; its wire need not.
    remove: () => void sh(`ip link del ${link} 2>/dev/null || true; ip netns del ${name}`),
  };
}

/**
 * A network with a wire to another network only: the rig has no route to it. Inside it is `eth0` as usual, in the
 * network before it `link`.
 */
export function createNetnsBehind(before: Netns): Netns {
  const { name, address, gateway, link } = createNetns();
  sh(`ip link set ${link} netns ${before.name}
    ip -n ${before.name} address add ${gateway}/30 dev ${link}
    ip -n ${before.name} link set ${link} up`);
  return {
    name,
    address,
    gateway,
    link,
    isHidden: true,
    run: (script) => execFileSync('ip', ['netns', 'exec', name, '/bin/sh', '-ec', script], { encoding: 'utf8' }),
    remove: () => void sh(`ip -n ${before.name} link del ${link} 2>/dev/null || true; ip netns del ${name}`),
  };
}

/** By folder, the numbers below which all are taken. */
const begun = new Map<string, number>();

/** The first number that no other test file has taken; only one process can create the folder. */
function takeIndex(taken: string): number {
  mkdirSync(taken, { recursive: true });
  for (let index = begun.get(taken) ?? 0; index < 16_384; index += 1) {
    begun.set(taken, index + 1);
    try {
      mkdirSync(join(taken, String(index)));
      return index;
    } catch {
      // Taken.
    }
  }
  throw new Error(`no number left in ${taken}`);
}
