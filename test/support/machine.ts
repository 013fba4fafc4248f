/**
 * A complete Debian that packages are installed in, with its own files in memory, processes and network; all of it vanishes with
 * the process that started it. Needs root, and no rig.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { waitFor } from './rig.ts';

export type Ended = { readonly code: number; readonly out: string };

export type Machine = AsyncDisposable & {
  /** Runs a shell command as root, for two minutes at most. Its output is both of its streams. */
  readonly run: (command: string) => Promise<Ended>;
  /** What a command prints, without the last line break. Throws if it fails. */
  readonly print: (command: string) => Promise<string>;
};

/** Runs as the first process of the machine: from its tree and a folder to what `exec` becomes. */
const begin = (tree: string, packages: string, place: string, group: string, init: string): string => `set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 machine '${place}'
root='${place}/root'
mkdir '${place}/up' '${place}/work' "$root"
mount -t overlay -o lowerdir='${tree}',upperdir='${place}/up',workdir='${place}/work' machine "$root"
mkdir -p "$root/.old"
mount --bind '${packages}' "$root/mnt"
mkdir '${place}/groups'
mount -t cgroup2 groups '${place}/groups'
mkdir '${place}/groups/${group}'
echo $$ >'${place}/groups/${group}/cgroup.procs'
umount '${place}/groups'
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sys "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
for name in null zero full random urandom tty; do : >"$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 pts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
ip link set lo up
hostname machine
cd "$root"
pivot_root . .old
umount -l /.old
# As on a real machine: the credentials of a service are mounts that come from another namespace.
mount --make-rshared /
exec unshare --cgroup sh -ec 'mount -t cgroup2 groups /sys/fs/cgroup
exec env -i container=machine PATH=/usr/sbin:/usr/bin:/sbin:/bin ${init}'
`;

/** Starts a machine from a tree of files; with `systemd` if the tree has it, which then is its first process. */
export async function startMachine(
  tree: string,
  packages: string,
  { systemd }: { readonly systemd: boolean },
): Promise<Machine> {
  const place = mkdtempSync(join(tmpdir(), 'sonde-machine-'));
  mkdirSync(join(place, 'inside'));
  const script = join(place, 'begin.sh');
  const init = systemd
    ? '/usr/lib/systemd/systemd --system --log-target=null --unit=multi-user.target'
    : 'sleep infinity';
  // The groups of processes that systemd makes are below this one. They outlive their processes, so stop removes them.
  const group = basename(place);
  writeFileSync(script, begin(tree, packages, join(place, 'inside'), group, init));
  const flags = ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', '--kill-child'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...flags, 'sh', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  const stop = async (): Promise<void> => {
    // unshare only ends with SIGKILL, and everything that it started ends with it.
    child.kill('SIGKILL');
    await ended;
    await waitFor(() => removeGroups(join(place, 'inside'), group));
    rmSync(place, { recursive: true, force: true });
  };
  const run = async (command: string): Promise<Ended> => runIn(await firstProcess(child, () => said), command);
  try {
    await waitFor(async () => {
      const { out } = await run(systemd ? 'systemctl is-active multi-user.target' : 'test -e /.old && echo active');
      return out.trim() === 'active';
    }, 60_000);
  } catch (error) {
    await stop();
    throw new Error(`The machine did not start: ${said}`, { cause: error });
  }
  const print = async (command: string): Promise<string> => {
    const { code, out } = await run(command);
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${out}`);
    return out.trimEnd();
  };
  return { run, print, [Symbol.asyncDispose]: stop };
}

/** Whether no process was left in them. They are seen where they are mounted, which is only here. */
function removeGroups(at: string, group: string): boolean {
  const remove = `mount -t cgroup2 groups '${at}'; cd '${at}'; test ! -e '${group}' || find '${group}' -depth -type d -exec rmdir {} +`;
  return spawnSync('unshare', ['--mount', 'sh', '-ec', remove], { stdio: 'ignore' }).status === 0;
}

/** What unshare has started, once it has. */
function firstProcess({ pid, exitCode }: ChildProcess, said: () => string): Promise<number> {
  return waitFor(() => {
    if (exitCode !== null) throw new Error(`unshare ended with ${exitCode}: ${said()}`);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  });
}

function runIn(pid: number, command: string): Promise<Ended> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LANG: 'C.UTF-8' };
  const args = ['-t', String(pid), '-a', 'sh', '-c', `exec 2>&1 </dev/null; cd /; ${command}`];
  return new Promise((done) => {
    execFile('/usr/bin/nsenter', args, { env, timeout: 120_000, killSignal: 'SIGKILL' }, (error, out) =>
      done({ code: error === null ? 0 : Number(error.code ?? -1), out }),
    );
  });
}
