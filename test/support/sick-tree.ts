/** The machine of files, well and sick, as a host with an sshd and as what node_exporter reads. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTree, type NodeTree } from './node-tree.ts';
import { addUser, freePort, keyPair, newPath, type Server, startSshd, type User, waitFor } from './rig.ts';

export type SickTree = {
  readonly server: Server;
  readonly user: User;
  readonly key: string;
  /** Where node_exporter answers, `HOST:PORT`. */
  readonly theirs: string;
  readonly fallSick: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** What the kernel answers to adjtimex(2): what the call returns, and the fields that matter. */
type ClockState = {
  readonly state: number;
  readonly offsetUs: number;
  readonly maxErrorUs: number;
  readonly status: number;
};

const inStep: ClockState = { state: 0, offsetUs: 1_500, maxErrorUs: 250_000, status: 1 };
const outOfStep: ClockState = { state: 5, offsetUs: 60_000, maxErrorUs: 16_000_000, status: 0x40 };

/** What begins a command that is to get this answer from the kernel. The offsets are those of `struct timex` where long has 8 bytes. */
function answering({ state, offsetUs, maxErrorUs, status }: ClockState): readonly [string, ...string[]] {
  const timex = Buffer.alloc(208);
  timex.writeBigInt64LE(BigInt(offsetUs), 8);
  timex.writeBigInt64LE(BigInt(maxErrorUs), 24);
  timex.writeBigInt64LE(5_000n, 32);
  timex.writeInt32LE(status, 40);
  timex.writeBigInt64LE(10_000n, 88);
  const inject = `inject=adjtimex:retval=${state}:poke_exit=@arg1=${timex.toString('hex')}`;
  return ['strace', '-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=adjtimex', '-e', inject];
}

const wholeArrays = `Personalities : [raid1]
md0 : active raid1 sda2[0] sdb2[1]
      1048512 blocks super 1.2 [2/2] [UU]

unused devices: <none>
`;
const brokenArrays = `Personalities : [raid1]
md0 : active raid1 sda2[0] sdb2[1](F)
      1048512 blocks super 1.2 [2/1] [U_]

unused devices: <none>
`;

const cpuLines = (seconds: number): string =>
  ['cpu', 'cpu0', 'cpu1', 'cpu2', 'cpu3']
    .map((name) => `${name} ${1_000 + seconds * 100} 20 30 40000 50 0 0 0 0 0\n`)
    .join('');
const statOf = (seconds: number): string =>
  `${cpuLines(seconds)}intr 98765 1 2 3\nctxt 123456789\nbtime 1790000000\nprocesses 54321\nprocs_running 3\nprocs_blocked 2\n`;
const diskOf = (weightedMs: number): string => ` 8 0 sda 100 1 200 3 400 5 600 7 0 9 ${weightedMs} 0 0 0 0 0 0\n`;

/** The files that differ. Counters only go up by falling sick. */
function files(isSick: boolean): Readonly<Record<`/proc/${string}` | `/sys/${string}`, string>> {
  return {
    '/proc/mdstat': isSick ? brokenArrays : wholeArrays,
    '/proc/loadavg': `${isSick ? '9.25' : '1.25'} 2.50 3.75 3/456 7890\n`,
    '/proc/meminfo': `MemTotal: 32456789 kB\nMemFree: 1234567 kB\nMemAvailable: ${isSick ? 1_456_781 : 20_456_781} kB\n`,
    '/proc/vmstat': `pgfault 5021\npgmajfault ${isSick ? 90_000_000 : 5_023}\n`,
    '/proc/stat': statOf(isSick ? 100_000 : 0),
    '/proc/diskstats': diskOf(isSick ? 900_000_000 : 11),
    '/proc/sys/fs/file-nr': `${isSick ? 1_600_000 : 1_024}\t0\t1631329\n`,
    '/proc/sys/net/netfilter/nf_conntrack_count': `${isSick ? 60_000 : 123}\n`,
    '/sys/class/net/eth1/bonding_slave/mii_status': `${isSick ? 'down' : 'up'}\n`,
  };
}

/** An sshd whose sessions see the machine's files and run its programs. */
async function startServer(tree: NodeTree): Promise<Pick<SickTree, 'server' | 'user' | 'key'>> {
  const { privateKey, publicKey } = keyPair();
  const user = addUser({ authorizedKey: publicKey });
  const binary = newPath('sshd-in-tree');
  const inside = `${tree.mounts} && exec /usr/sbin/sshd "$@"`;
  writeFileSync(binary, `#!/bin/sh\nexec unshare --mount --propagation private sh -c '${inside}' sh "$@"\n`, {
    mode: 0o755,
  });
  const server = await startSshd({ binary, config: ['UsePAM no'] });
  return { server, user, key: privateKey };
}

export async function startSickTree(): Promise<SickTree> {
  const place = newPath('tree');
  const tree = makeTree(place);
  // The machine's own perl, which asks the kernel.
  copyFileSync('/usr/bin/perl', join(place, 'bin/perl-itself'));
  const theirs = `127.0.0.1:${await freePort('127.0.0.1')}`;
  let child: ChildProcess | undefined;
  const become = async (isSick: boolean): Promise<void> => {
    for (const [path, text] of Object.entries(files(isSick))) tree.write(path as `/proc/${string}`, text);
    const ask = answering(isSick ? outOfStep : inStep);
    tree.program('perl', `exec ${ask.map((word) => `'${word}'`).join(' ')} ${place}/bin/perl-itself "$@"`);
    // What it is answered is settled when it starts.
    await end(child);
    const paths = [`--path.procfs=${tree.proc}`, `--path.sysfs=${tree.sys}`, '--no-collector.netdev.netlink'];
    const [program, ...args] = ask;
    const exporter = ['prometheus-node-exporter', `--web.listen-address=${theirs}`, ...paths];
    child = spawn(program, [...args, ...exporter], { stdio: 'ignore', detached: true });
    await waitFor(() =>
      fetch(`http://${theirs}/metrics`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  };
  await become(false);
  const { server, user, key } = await startServer(tree);
  return {
    server,
    user,
    key,
    theirs,
    fallSick: () => become(true),
    stop: async () => {
      await end(child);
      await server.stop();
    },
  };
}

/** Ends a command and what it started: they are a group of processes. */
async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
