/**
 * A machine of our own making with many devices, as files of /proc and /sys and as programs: what the exported families are made
 * of, with numbers that no two fields share.
 */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cores } from './node-tree/devices.ts';
import { procFiles } from './node-tree/proc.ts';
import { programs } from './node-tree/programs.ts';
import { sysFiles } from './node-tree/sys.ts';

export type NodeTree = {
  readonly proc: string;
  readonly sys: string;
  /** What makes a `sh` believe that it runs there, in a mount namespace. */
  readonly enter: string;
  /** Makes all that is started afterwards in a mount namespace believe so, and run the machine's programs. */
  readonly mounts: string;
  /** Changes a file of the machine, by its path. */
  readonly write: (path: `/proc/${string}` | `/sys/${string}`, text: string) => void;
  /** Changes what a program of the machine does. */
  readonly program: (name: string, script: string) => void;
};

/** Makes the machine in a folder. */
export function makeTree(root: string): NodeTree {
  const place = { proc: join(root, 'proc'), sys: join(root, 'sys'), bin: join(root, 'bin') };
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [file, text] of Object.entries(procFiles())) write(join(place.proc, file), text);
  for (const [file, text] of Object.entries(sysFiles()))
    write(join(place.sys, file), text.endsWith('\n') ? text : `${text}\n`);
  for (const member of ['eth0', 'eth1'])
    symlinkSync(`../${member}`, join(place.sys, `class/net/bond0/lower_${member}`));
  symlinkSync('../../../devices/platform/coretemp.0', join(place.sys, 'class/hwmon/hwmon0/device'));
  symlinkSync('../../../devices/platform/nct6775.656', join(place.sys, 'class/hwmon/hwmon1/device'));
  symlinkSync('../../../devices/pci0000:00/nvme/nvme0', join(place.sys, 'class/hwmon/hwmon2/device'));
  write(
    join(root, 'os-release'),
    'PRETTY_NAME="Tree 7.1 (oak)"\nNAME="Tree"\nID=tree\nID_LIKE=debian\nVERSION_ID="7.1"\nVERSION="7.1 (oak)"\n',
  );
  for (const core of cores) {
    mkdirSync(join(place.sys, `bus/cpu/devices`), { recursive: true });
    symlinkSync(`../../../devices/system/cpu/cpu${core}`, join(place.sys, `bus/cpu/devices/cpu${core}`));
  }
  const program = (name: string, script: string): void => {
    write(join(place.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(place.bin, name), 0o755);
  };
  for (const [name, script] of Object.entries(programs)) program(name, script);
  const mounts = [
    'mkdir -p /run/systemd',
    'mount -t tmpfs tree /run/systemd',
    'mkdir /run/systemd/system',
    `mount --bind ${root}/os-release /etc/os-release`,
    `mount --bind ${place.sys} /sys`,
    `mount --bind ${place.proc} /proc`,
  ];
  // Mounting needs /proc as it is.
  const over = Object.keys(programs).map((name) => `mount --bind ${place.bin}/${name} $(command -v ${name})`);
  return {
    proc: place.proc,
    sys: place.sys,
    enter: `${mounts.join(' && ')} && PATH=${place.bin}:$PATH exec sh`,
    mounts: [...over, ...mounts].join(' && '),
    write: (path, text) => write(join(root, path), text),
    program,
  };
}
