/** A Debian as a host whose first process is systemd, with units that fail, are restarted, or accept connections. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DebianHost, startDebian } from './debian.ts';
import { keyPair, newPath, requireRig, sh, type User, waitFor } from './rig.ts';

export type SystemdHost = DebianHost & {
  /** Runs a shell script in it as root and returns what it prints. */
  readonly run: (script: string) => string;
  /** What a command begins with that is to run in it. */
  readonly enter: readonly [string, ...string[]];
  /** A private key with which root can log in. */
  readonly rootKey: () => string;
  /** Starts Debian's node_exporter in it; returns where its metrics are. */
  readonly startExporter: (...options: readonly string[]) => Promise<string>;
};

/** Its administrator. */
export const root: User = { name: 'root', password: '', uid: 0, home: '/root' };

const exporter = '/usr/bin/prometheus-node-exporter';
const exporterPort = 9100;

/** Nothing of Debian's own is started but what these want. `sonde-echo@` waits until its caller goes. */
const units: Readonly<Record<string, string>> = {
  'host.target': '[Unit]\nWants=host-sshd.service host-echo.socket',
  'host-sshd.service':
    '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/usr/sbin/sshd -D -o UseDNS=no\nRestart=always',
  'host-breaks.service': '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/false',
  'host-crashes.service':
    '[Unit]\nDefaultDependencies=no\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=1ms',
  'host-echo.socket': '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=127.0.0.1:7\nAccept=yes',
  'host-echo@.service': '[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/cat\nStandardInput=socket',
};

/** Boots it, which takes a second. Its groups of processes are below one of its own, which `stop` removes. */
export async function startSystemdHost(): Promise<SystemdHost> {
  requireRig(exporter, 'nsenter');
  const group = `sonde-${process.pid}-${process.hrtime.bigint()}`;
  const groups = newPath('groups');
  sh(`mkdir '${groups}'; mount -t cgroup2 groups '${groups}'; mkdir '${groups}/${group}'`);
  const files = Object.entries(units).map(
    ([name, text]) => `cat >/etc/systemd/system/${name} <<'UNIT'\n${text}\nUNIT\n`,
  );
  const host = await startDebian(
    13,
    `${files.join('')}mkdir /cgroups
mount -t cgroup2 groups /cgroups
echo $$ >/cgroups/${group}/cgroup.procs
umount /cgroups
export container=sonde
exec unshare -C sh -c 'mount -t cgroup2 groups /sys/fs/cgroup; exec /lib/systemd/systemd --unit=host.target </dev/null'`,
  );
  const { pid } = host.server;
  const first = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const enter = ['nsenter', '-t', first, '-m', '-p', '-n', '-u', '-i', '-C'] as const;
  const children: ChildProcess[] = [];
  copyFileSync(exporter, join(host.root, exporter));
  return {
    ...host,
    enter: [...enter],
    run: (script) =>
      execFileSync('nsenter', [...enter.slice(1), 'sh', '-ec', script], { encoding: 'utf8', timeout: 60_000 }),
    rootKey: () => {
      const { privateKey, publicKey } = keyPair();
      const folder = join(host.root, 'root/.ssh');
      mkdirSync(folder, { mode: 0o700, recursive: true });
      writeFileSync(join(folder, 'authorized_keys'), `${publicKey}\n`, { mode: 0o600 });
      return privateKey;
    },
    startExporter: async (...options) => {
      const address = `http://${host.net.address}:${exporterPort}/metrics`;
      const args = [...enter.slice(1), exporter, `--web.listen-address=:${exporterPort}`, ...options];
      const child = spawn('nsenter', args, { stdio: ['ignore', 'ignore', 'pipe'] });
      children.push(child);
      let said = '';
      child.stderr.on('data', (text: Buffer) => {
        said = text.toString();
      });
      await waitFor(() => {
        if (child.exitCode !== null) throw new Error(`node_exporter ended: ${said}`);
        return fetch(address).then(
          ({ ok }) => ok,
          () => false,
        );
      });
      return address;
    },
    stop: async () => {
      for (const child of children) child.kill('SIGKILL');
      await host.stop();
      await waitFor(() => removeGroups(join(groups, group)));
      sh(`umount '${groups}'`);
    },
  };
}

/** Removes a group of processes and those in it, once their processes have ended. */
function removeGroups(path: string): boolean {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory() && !removeGroups(join(path, entry.name))) return false;
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
