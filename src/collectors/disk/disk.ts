import type { Collector, SectionError } from '../../model/collector.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { elapsedSeconds, parts, pressureOf } from '../shared/text.ts';
import { devicesOf } from './devices.ts';
import type { DiskDevice, DiskFacts, Filesystem } from './facts.ts';
import { filesystemsOf } from './filesystems.ts';
import { diskNode } from './node.ts';
import { diskSchema, diskView } from './view.ts';

/**
 * Space and inodes of every real file system, and what every disk reads and writes. Source: df (POSIX format),
 * /proc/mounts, /proc/diskstats (kernel iostats.rst), /proc/pressure/io.
 */
export const disk: Collector<DiskFacts, 'disk'> = {
  name: 'disk',
  title: 'Disks',
  files: ['/proc/diskstats', '/proc/pressure/io'],
  // df fails if it may not access one of many file systems; what it printed is still valid.
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
fi
echo "@$n readonly"
grep -s '^[^ ]* [^ ]* [^ ]* ro[, ]' /proc/mounts
[ "$E" ] && { echo "@$n mounts"; grep -s '' /proc/mounts; }`,
  cadenceSeconds: 120,
  parts: { files: 'devices', shell: 'filesystems', main: 'shell' },
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
  node: diskNode,
  view: { schema: diskSchema, of: (facts, { mounts }) => diskView(facts, mounts) },
  metrics: {
    filesystem_size_bytes: perMount('bytes', 'Size of a file system', (one) => one.totalBytes),
    filesystem_used_bytes: perMount('bytes', 'Used space of a file system', (one) => one.usedBytes),
    filesystem_available_bytes: perMount('bytes', 'Space still available to users', (one) => one.availableBytes),
    filesystem_used_ratio: perMount('ratio', 'Share of a file system that is used', (one) => one.usedRatio),
    filesystem_inodes_used_ratio: perMount('ratio', 'Share of the inodes of a file system that are used', (one) =>
      one.inodesTotal === null || one.inodesUsed === null ? null : one.inodesUsed / one.inodesTotal,
    ),
    disk_read_bytes_total: perDevice('counter', 'bytes', 'Bytes read since boot', (one) => one.readBytes),
    disk_written_bytes_total: perDevice('counter', 'bytes', 'Bytes written since boot', (one) => one.writtenBytes),
    disk_read_bytes_per_second: perDevice(
      'gauge',
      'bytes_per_second',
      'Bytes read per second',
      (one) => one.readBytesPerSecond,
    ),
    disk_written_bytes_per_second: perDevice(
      'gauge',
      'bytes_per_second',
      'Bytes written per second',
      (one) => one.writtenBytesPerSecond,
    ),
    disk_pressure_ratio: {
      kind: 'gauge',
      unit: 'ratio',
      help: 'Share of the last 10 s in which a task waited for a disk',
      kept: true,
      part: 'files',
      read: (facts) => facts.pressure?.some10 ?? null,
    },
    disk_busy_ratio: perDevice('gauge', 'ratio', 'Share of time in which a disk was busy', (one) => one.busyRatio),
  },
};

const hung: SectionError = {
  reason: 'timed-out',
  message: 'df did not finish because a network share does not answer, so only local file systems are shown',
  hint: 'Look for a dead NFS or FUSE mount on the host.',
};

function perMount(unit: string, help: string, read: (one: Filesystem) => number | null) {
  return {
    kind: 'gauge' as const,
    unit,
    help,
    ...(unit === 'ratio' ? { kept: true as const } : {}),
    read: (facts: DiskFacts) =>
      facts.filesystems.flatMap((one) => {
        const value = read(one);
        return value === null
          ? []
          : [{ labels: { mount: one.mount, device: one.filesystem }, value, weight: weightOfMount(one) }];
      }),
  };
}

function perDevice(kind: 'gauge' | 'counter', unit: string, help: string, read: (one: DiskDevice) => number | null) {
  return {
    kind,
    unit,
    help,
    ...(kind === 'gauge' ? { kept: true as const } : {}),
    part: 'files' as const,
    read: (facts: DiskFacts) =>
      facts.devices.flatMap((one) => {
        const value = read(one);
        return value === null ? [] : [{ labels: { device: one.device }, value, weight: weightOfDevice(one) }];
      }),
  };
}

/** The root first, then the fullest, of space or inodes. */
function weightOfMount({ mount, usedRatio, inodesTotal, inodesUsed }: Filesystem): number {
  const inodesRatio = inodesTotal === null || inodesUsed === null ? 0 : inodesUsed / inodesTotal;
  return (mount === '/' ? 1 : 0) + Math.max(usedRatio, inodesRatio);
}

/** Disks before those that are made of them and carry the same once more; among these, those that carried most. */
function weightOfDevice({ device, readBytes, writtenBytes }: DiskDevice): number {
  return (/^(dm-|md|drbd|bcache|nbd)\d/.test(device) ? 0 : 1) + Math.log2(1 + readBytes + writtenBytes) / 64;
}
