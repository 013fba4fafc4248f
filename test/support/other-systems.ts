/** Hosts that look like macOS, FreeBSD, OpenBSD or NetBSD: BusyBox in a chroot without /proc, with dash for a shell. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BusyboxRoot, busyboxRoot, sh } from './rig.ts';

const fixtures = join(import.meta.dirname, '../../src/collectors/fixtures');

/**
 * The output of a tool, by the name of a file in /told; some names are tools, others one tool's output for certain
 * options.
 */
export type Told = Map<string, string>;

export type OtherHost = BusyboxRoot & {
  readonly told: Told;
  /** Makes the host's tools print the current contents of `told`. */
  readonly tell: () => void;
};

/** A host whose tools print the fixtures of a system, such as `freebsd-14`, and which has no other tools. */
export function otherHost(system: string, options: { readonly authorizedKey: string }): OtherHost {
  const root = busyboxRoot(options);
  const told = toldBy(system);
  const folder = join(root.path, 'told');
  mkdirSync(folder);
  const tell = (): void => {
    for (const [name, text] of told) writeFileSync(join(folder, name), `${text}\n`);
  };
  tell();
  sh(`umount '${root.path}/proc'
    cd '${root.path}'
    for f in $(ldd /bin/dash | grep -o '/[^ ]*'); do cp --parents -L "$f" .; done
    rm -f bin/sh bin/ash etc/os-release
    cp /bin/dash bin/sh; cp /bin/dash bin/ash`);
  for (const name of [...Object.keys(tools), 'ip', 'timeout', 'ss']) {
    for (const bin of ['bin', 'sbin', 'usr/bin', 'usr/sbin']) rmSync(join(root.path, bin, name), { force: true });
  }
  for (const [name, { needs, program }] of Object.entries(tools)) {
    if (!needs.some((one) => told.has(one))) continue;
    const path = join(root.path, 'usr/bin', name);
    writeFileSync(path, `#!/bin/sh\ncd /told\n${program}\n`);
    chmodSync(path, 0o755);
  }
  const release = told.get('os');
  if (release) writeFileSync(join(root.path, 'etc/os-release'), `${release}\n`);
  for (const log of ['auth.log', 'authlog']) {
    const lines = told.get(log);
    if (lines !== undefined) writeFileSync(join(root.path, 'var/log', log), `${lines}\n`);
  }
  return { ...root, told, tell };
}

/** As far as the sampler uses them; options that the real tool does not have are refused. */
const tools: Readonly<Record<string, { readonly needs: readonly string[]; readonly program: string }>> = {
  uname: {
    needs: ['uname'],
    program: 'case $* in -s) cat uname ;; -snrm) cat uname-snrm ;; *) exit 1 ;; esac',
  },
  date: {
    needs: ['date'],
    program: `printf '%s\\n' "$1" | sed -e 's/^+//' -e "s/%s/$(cat date)/" -e 's/%z/+0000/'`,
  },
  sysctl: {
    needs: ['sysctl'],
    program: `[ "$1" != -i ] || shift
for v in "$@"; do grep "^$v[ :=]" sysctl || echo "sysctl: unknown oid '$v'" >&2; done`,
  },
  netstat: {
    needs: ['netstat'],
    program: `case $* in
-in) sed '2,$ { /^Name/,$ d; }' netstat ;;
-ibn|-ibnW) sed -n '/Ibytes/,$ p' netstat; echo 'en0 1500 192.0.2.0/24 192.0.2.100 9 - 9 9 - 9 -' ;;
-an) cat bsd; echo 'tcp4 0 0 192.0.2.1.22 192.0.2.2.50000 ESTABLISHED' ;;
*) exit 1 ;; esac`,
  },
  df: {
    needs: ['df'],
    program: `case $* in
-PkT) grep -q 'Type' df || exit 1; cat df ;;
-Pk) cat df ;;
-Pi) cat inodes ;;
*) exit 1 ;; esac`,
  },
  ps: { needs: ['ps'], program: 'cat ps' },
  ifconfig: { needs: ['ifconfig'], program: 'cat ifconfig' },
  sockstat: { needs: ['sockstat'], program: 'cat sockstat' },
  last: { needs: ['last-busybox'], program: '[ $# = 0 ] || exit 1; cat last-busybox' },
  sw_vers: { needs: ['sw_vers'], program: 'cat sw_vers' },
  vm_stat: { needs: ['vm_stat'], program: 'cat vm_stat' },
  iostat: { needs: ['iostat'], program: '[ "$*" = "-n 0 -c 2 -w 1" ] && cat iostat' },
  vmstat: { needs: ['vmstat'], program: '[ "$*" = -s ] && cat vmstat' },
  swapinfo: { needs: ['swapinfo'], program: '[ "$*" = -k ] && cat swapinfo' },
};

/** The fixtures of all collectors: from their files what each tool prints, from their texts each part. */
function toldBy(system: string): Told {
  const told: Told = new Map();
  const add = (name: string, line: string): void => {
    const before = told.get(name);
    if (line !== '' && !before?.split('\n').includes(line)) told.set(name, before ? `${before}\n${line}` : line);
  };
  for (const collector of readdirSync(fixtures)) {
    const raw = readFileSync(join(fixtures, collector, `${system}.published.txt`), 'utf8');
    const [, files = raw, text = ''] = /^(.*?)^---\n(.*)$/ms.exec(raw) ?? [];
    for (const line of files.split('\n')) add(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1));
    let part = '';
    for (const line of text.split('\n')) {
      const heading = /^@(\S+) ?(.*)$/.exec(line);
      part = heading?.[1] ?? part;
      if (part === 'uname') add('uname-snrm', heading?.[2] ?? '');
      else if (part === 'failed') part = (heading?.[2] ?? '').replace('/var/log/', '');
      else if (heading === null) add(part, line);
    }
  }
  return told;
}
