import { clamp, parts } from '../shared/text.ts';
import type { Filesystem } from './facts.ts';
import { type Row, rowsOf } from './rows.ts';

/** File systems that store nothing of their own. */
const pseudo = new Set(
  'tmpfs devtmpfs devfs fdescfs kernfs ptyfs procfs linprocfs linsysfs nullfs ramfs proc sysfs cgroup cgroup2 devpts mqueue hugetlbfs debugfs tracefs securityfs selinuxfs smackfs pstore bpf configfs fusectl autofs binfmt_misc efivarfs nsfs rpc_pipefs overlay overlayfs aufs fuse.lxcfs fuse.gvfsd-fuse fuse.portal'.split(
    ' ',
  ),
);

/** Images: always exactly as full as they were made. */
const images = new Set(
  'squashfs erofs cramfs romfs composefs iso9660 udf fuse.snapfuse fuse.squashfuse fuse.squashfuse_ll fuse.erofsfuse fuse.archivemount fuse.fuseiso cd9660'.split(
    ' ',
  ),
);

/**
 * The real file systems that df printed, each once. A second mount of the same file system has the same device and
 * size. One with a size of its own (a project quota) is listed too, and so is every mount whose source is not a device.
 */
export function filesystemsOf(text: string): readonly Filesystem[] {
  const found = parts(text);
  const rows = rowsOf(text);
  const readOnly = new Set((found.get('readonly')?.lines ?? []).map(mountOf));
  const real = rows.filter((one) => one.sizes[0] > 0 && isReal(one, readOnly));
  // An appliance that consists of nothing but an image has it as its root.
  const shown = real.length > 0 ? real : rows.filter(({ mount, sizes }) => mount === '/' && sizes[0] > 0);
  const byDevice = new Map<string, Filesystem>();
  for (const one of shown) {
    const key = sameAs(one);
    const known = byDevice.get(key);
    if (known === undefined || known.mount.length > one.mount.length)
      byDevice.set(key, {
        ...filesystemOf(one),
        ...(readOnly.has(one.mount) ? { isReadOnly: true as const } : {}),
      });
  }
  return [...byDevice.values()];
}

function filesystemOf({ filesystem, type, mount, sizes, inodes }: Row): Filesystem {
  const [totalKiB, usedKiB, availableKiB] = sizes;
  const [inodesTotal, inodesUsed] = inodes ?? [0, 0];
  return {
    filesystem,
    type,
    mount,
    totalBytes: totalKiB * 1024,
    usedBytes: usedKiB * 1024,
    availableBytes: availableKiB * 1024,
    usedRatio: usedKiB + availableKiB > 0 ? clamp(usedKiB / (usedKiB + availableKiB)) : 0,
    inodesTotal: inodesTotal > 0 ? inodesTotal : null,
    inodesUsed: inodesTotal > 0 ? inodesUsed : null,
  };
}

/** What mounts of the same file system have in common. /dev/fuse is the source of many that are unrelated. */
function sameAs({ filesystem, sizes, mount }: Row): string {
  const isDevice = filesystem.startsWith('/dev/') && !filesystem.startsWith('/dev/fuse');
  return isDevice ? `${filesystem} ${sizes[0]}` : `${filesystem} ${mount}`;
}

/** A writable root is real whatever it is made of, as in containers and live systems. */
function isReal(one: Row, readOnly: ReadonlySet<string>): boolean {
  const { filesystem, type, mount, sizes } = one;
  const isWritten = !readOnly.has(mount);
  // UDF is used on discs and on USB sticks.
  if (images.has(type ?? '') && !(type === 'udf' && isWritten && sizes[2] > 0)) return false;
  if (/^composefs(:|$)/.test(filesystem)) return false;
  if (/^\/dev\/loop\d/.test(filesystem) && !isWritten) return false;
  if (mount === '/') return isWritten || !pseudo.has(type ?? '');
  return !pseudo.has(type ?? '') && !isPseudoName(filesystem, type);
}

/** The mount point in a line of /proc/mounts, where spaces and the like are written in octal (proc_pid_mounts(5)). */
function mountOf(line: string): string {
  const [, mount = ''] = line.split(' ');
  return mount.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function isPseudoName(filesystem: string, type: string | null): boolean {
  return type === null && (pseudo.has(filesystem) || /^(none|udev|run|dev|shm|cgmfs|rootfs)$/.test(filesystem));
}
