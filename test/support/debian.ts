/** A complete Debian as a host, with its own files, processes, network and sshd. scripts/setup.cjs builds its tree. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createNetns, launch, type Netns, newPath, requireRig, type Server, sh } from './rig.ts';

const cache = resolve(import.meta.dirname, '../../.cache');

export type DebianHost = {
  readonly net: Netns;
  readonly server: Server;
  readonly root: string;
  readonly stop: () => Promise<void>;
};

/** Its first process, which runs before sshd: `ann` logs in with `password`; `more` is what the test adds. */
const init = (more: string): string => `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
# What is mounted, umount reads in /proc.
umount -l /.old
mount -t sysfs -o ro sys /sys
mount -t tmpfs -o mode=755 dev /dev
for name in null zero full random urandom tty; do : >/dev/$name; mount --bind /.dev/$name /dev/$name; done
mkdir -p /dev/pts /dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 pts /dev/pts
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
umount -l /.dev
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/sshd
hostname debian
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
useradd -m -s /bin/bash ann
echo ann:password | chpasswd
${more}
exec /usr/sbin/sshd -D -e -o UseDNS=no
`;

export async function startDebian(release: number, more = ''): Promise<DebianHost> {
  const tree = `${cache}/debian-${release}`;
  requireRig(`${tree}/usr/sbin/sshd`, 'unshare', 'pivot_root');
  const place = newPath('debian');
  const root = `${place}/root`;
  for (const folder of ['', '/up', '/work', '/root']) mkdirSync(`${place}${folder}`);
  sh(`mount -t overlay debian -o lowerdir='${tree}',upperdir='${place}/up',workdir='${place}/work' '${root}'
    mkdir -p '${root}/.old' '${root}/.dev'; rm -f '${root}'/etc/ssh/ssh_host_*`);
  writeFileSync(`${root}/init`, init(more), { mode: 0o755 });
  const net = createNetns();
  const enter = `mount --make-rprivate /; mount --rbind /dev '${root}/.dev'; cd '${root}'; pivot_root . .old; exec /init`;
  const command = ['unshare', '-m', '-p', '-u', '-i', '--fork', '--kill-child', 'sh', '-ec', enter];
  const server = await launch(command, {
    host: net.address,
    port: 22,
    log: `${place}/log`,
    netns: net,
    env: undefined,
    waitMs: 60_000,
  });
  const stop = async (): Promise<void> => {
    // unshare only ends with SIGKILL, and everything that it started ends with it.
    server.kill('SIGKILL');
    await server.stop();
    net.remove();
  };
  return { net, server, root, stop };
}
