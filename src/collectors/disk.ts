import type { Collector, SectionError } from '../model/collector.ts';
import type { DiskDevice, DiskFacts, Filesystem } from '../model/facts.ts';
import { bounded, leftOut, most } from './bounds.ts';
import { devicesOf } from './disk-devices.ts';
import { clamp, elapsedSeconds, number, parts, pressureOf } from './text.ts';

/** File systems that hold nothing of their own. */
const pseudo = new Set(
  'tmpfs devtmpfs devfs fdescfs kernfs ptyfs procfs linprocfs linsysfs nullfs ramfs squashfs iso9660 udf proc sysfs cgroup cgroup2 devpts mqueue hugetlbfs debugfs tracefs securityfs pstore bpf configfs fusectl autofs binfmt_misc efivarfs nsfs rpc_pipefs overlay fuse.lxcfs fuse.gvfsd-fuse fuse.snapfuse'.split(
    ' ',
  ),
);

/**
 * Space and inodes of every real file system, and what every disk reads and writes.
 * Source: df (POSIX format), /proc/diskstats (kernel iostats.rst), /proc/pressure/io.
 */
export const disk: Collector<DiskFacts> = {
  name: 'disk',
  files: ['/proc/diskstats', '/proc/pressure/io'],
  // df fails when one of many file systems may not be looked at: what it printed stands.
  shell: `l=
o=$($T df -k --output=source,fstype,size,used,avail,pcent,itotal,iused,target) || case $? in 124|137|143) l=l o= ;; esac
if [ "$o" ]; then echo "@$n both"; printf '%s\\n' "$o"
else
[ "$l" ] || o=$($T df -PkT) || case $? in 124|137|143) l=l o= ;; esac
[ "$l" ] && { echo "@$n hung"; o=$($T df -PklT); }
[ "$o" ] || [ "$l" ] || o=$($T df -Pk)
echo "@$n df"
printf '%s\\n' "$o"
[ "$l" ] || { echo "@$n inodes"; $T df -Pi; }
fi`,
  cadenceSeconds: 120,
  parse: ({ files, text, uptimeSeconds }, previous) => {
    const devices = devicesOf(
      files,
      previous?.facts.devices ?? [],
      elapsedSeconds(uptimeSeconds, previous?.uptimeSeconds),
    );
    const pressure = pressureOf(files, 'io');
    const isHung = text !== undefined && parts(text).has('hung');
    const seen = bounded(text === undefined ? [] : filesystemsOf(text), most.filesystems);
    if (text !== undefined && !isHung && seen.kept.length === 0) throw new Error('df printed no file system');
    const isSeen = seen.kept.length > 0;
    const filesystems = isSeen ? seen.kept : (previous?.facts.filesystems ?? []);
    const moreFilesystems = isSeen ? seen.more : (previous?.facts.leftOut?.filesystems ?? 0);
    const source = text === undefined && previous === undefined ? '/proc/diskstats' : 'df';
    const more = leftOut({ filesystems: moreFilesystems, devices: devices.more });
    const facts = { filesystems, devices: devices.kept, pressure, ...more };
    return isHung ? { source, facts, error: hung } : { source, facts };
  },
  metrics: {
    filesystem_size_bytes: perMount('bytes', 'Size of a file system', (one) => one.totalBytes),
    filesystem_used_bytes: perMount('bytes', 'Space used of a file system', (one) => one.usedBytes),
    filesystem_available_bytes: perMount('bytes', 'Space that users may still fill', (one) => one.availableBytes),
    filesystem_used_ratio: perMount('ratio', 'Share of a file system that is used', (one) => one.usedRatio),
    filesystem_inodes_used_ratio: perMount('ratio', 'Share of the inodes of a file system that is used', (one) =>
      one.inodesTotal === null || one.inodesUsed === null ? null : one.inodesUsed / one.inodesTotal,
    ),
    disk_read_bytes_total: perDevice('counter', 'bytes', 'Bytes read since boot', (one) => one.readBytes),
    disk_written_bytes_total: perDevice('counter', 'bytes', 'Bytes written since boot', (one) => one.writtenBytes),
    disk_read_bytes_per_second: perDevice(
      'gauge',
      'bytes_per_second',
      'Bytes read a second',
      (one) => one.readBytesPerSecond,
    ),
    disk_written_bytes_per_second: perDevice(
      'gauge',
      'bytes_per_second',
      'Bytes written a second',
      (one) => one.writtenBytesPerSecond,
    ),
    disk_pressure_ratio: {
      kind: 'gauge',
      unit: 'ratio',
      help: 'Share of 10 s in which a task waited for a disk',
      read: (facts) => facts.pressure?.some10 ?? null,
    },
    disk_busy_ratio: perDevice('gauge', 'ratio', 'Share of time in which a disk was busy', (one) => one.busyRatio),
  },
};

const hung: SectionError = {
  reason: 'timed-out',
  message: 'df did not finish: a network share does not answer; only local file systems are shown',
  hint: 'Look for a dead NFS or FUSE mount on the host.',
};

function perMount(unit: string, help: string, read: (one: Filesystem) => number | null) {
  return {
    kind: 'gauge' as const,
    unit,
    help,
    read: (facts: DiskFacts) =>
      facts.filesystems.flatMap((one) => {
        const value = read(one);
        return value === null ? [] : [{ labels: { mount: one.mount, device: one.filesystem }, value }];
      }),
  };
}

function perDevice(kind: 'gauge' | 'counter', unit: string, help: string, read: (one: DiskDevice) => number | null) {
  return {
    kind,
    unit,
    help,
    read: (facts: DiskFacts) =>
      facts.devices.flatMap((one) => {
        const value = read(one);
        return value === null ? [] : [{ labels: { device: one.device }, value }];
      }),
  };
}

type Row = { filesystem: string; type: string | null; sizes: readonly [number, number, number]; mount: string };

function filesystemsOf(text: string): readonly Filesystem[] {
  const found = parts(text);
  const both = (found.get('both')?.lines ?? []).flatMap(rowWithInodes);
  const [header = '', ...lines] = found.get('df')?.lines ?? [];
  const rows = [...both, ...lines.flatMap((line) => row(line, /\bType\b/.test(header)))];
  const inodeRows = (found.get('inodes')?.lines ?? []).flatMap((line) => bsdInodes(line) ?? row(line, false));
  const inodes = new Map(inodeRows.map((one) => [one.mount, one.sizes]));
  for (const { mount, inodes: counts } of both) inodes.set(mount, counts);
  const byDevice = new Map<string, Filesystem>();
  for (const { filesystem, type, sizes, mount } of rows) {
    const isRoot = mount === '/';
    if (!isRoot && (pseudo.has(type ?? '') || isPseudoName(filesystem, type))) continue;
    const [totalKiB, usedKiB, availableKiB] = sizes;
    if (totalKiB <= 0) continue;
    const device = filesystem.startsWith('/dev/') ? filesystem : `${filesystem} ${mount}`;
    const known = byDevice.get(device);
    if (known !== undefined && known.mount.length <= mount.length) continue;
    const [inodesTotal, inodesUsed] = inodes.get(mount) ?? [0, 0];
    byDevice.set(device, {
      filesystem,
      type,
      mount,
      totalBytes: totalKiB * 1024,
      usedBytes: usedKiB * 1024,
      availableBytes: availableKiB * 1024,
      usedRatio: usedKiB + availableKiB > 0 ? clamp(usedKiB / (usedKiB + availableKiB)) : 0,
      inodesTotal: inodesTotal > 0 ? inodesTotal : null,
      inodesUsed: inodesTotal > 0 ? inodesUsed : null,
    });
  }
  return [...byDevice.values()];
}

function size(value: string | undefined): number {
  return value === '-' ? 0 : Math.max(0, number(value));
}

/** A line of GNU df: `source type size used available percent inodes inodesUsed mount`. */
function rowWithInodes(line: string): (Row & { inodes: readonly [number, number, number] })[] {
  const match = / (\d+|-) +(-?\d+|-) +(-?\d+|-) +(?:\d+%|-) +(\d+|-) +(-?\d+|-) +(\/.*)$/.exec(line);
  if (match === null) return [];
  const [, total, used, available, inodesTotal, inodesUsed, mount = ''] = match;
  const sizes = [size(total), size(used), size(available)] as const;
  return [
    { ...source(line.slice(0, match.index), true), sizes, inodes: [size(inodesTotal), size(inodesUsed), 0], mount },
  ];
}

/** A line of another df, from its numbers outwards: names and mounts may hold spaces. */
function row(line: string, typed: boolean): Row[] {
  const match = /[ \t](\d+|-)[ \t]+(-?\d+|-)[ \t]+(-?\d+|-)[ \t]+(?:\d+%|-)[ \t]+(\/.*)$/.exec(line);
  if (match === null) return [];
  const [, total, used, available, mount = ''] = match;
  const sizes = [size(total), size(used), size(available)] as const;
  return [{ ...source(line.slice(0, match.index), typed), sizes, mount }];
}

/** A line of `df -i` of macOS and the BSDs, which has sizes first: `… 53% iused ifree 4% /`. */
function bsdInodes(line: string): Row[] | null {
  const match = / (?:\d+%|-) +(\d+) +(\d+) +(?:\d+%|-) +(\/.*)$/.exec(line);
  if (match === null) return null;
  const [used, free] = [size(match[1]), size(match[2])];
  return [{ filesystem: '', type: null, sizes: [used + free, used, free], mount: match[3] ?? '' }];
}

/** What stands before the numbers: `name type`, or the name alone. */
function source(text: string, typed: boolean): { readonly filesystem: string; readonly type: string | null } {
  const whole = text.trimEnd();
  const cut = typed ? Math.max(whole.lastIndexOf(' '), whole.lastIndexOf('\t')) : -1;
  return cut < 0
    ? { filesystem: whole, type: null }
    : { filesystem: whole.slice(0, cut).trimEnd(), type: whole.slice(cut + 1) };
}

function isPseudoName(filesystem: string, type: string | null): boolean {
  return type === null && (pseudo.has(filesystem) || /^(none|udev|run|dev|shm|cgmfs|rootfs)$/.test(filesystem));
}
