import { type Bounded, bounded, most } from '../shared/bounds.ts';
import { clamp, growth, linesOf, number, perSecond, words } from '../shared/text.ts';
import type { DiskDevice } from './facts.ts';

const sectorBytes = 512;

/**
 * What every disk reads and writes, with rates for disks that were there `elapsed` seconds ago. Source: /proc/diskstats
 * (kernel iostats.rst).
 */
export function devicesOf(files: string, before: readonly DiskDevice[], elapsed: number | null): Bounded<DiskDevice> {
  const known = new Map(before.map((one) => [one.device, one]));
  const lines = linesOf(files, '/proc/diskstats').map((line) => ({ line, device: nameIn(line) }));
  const names = new Set(lines.map(({ device }) => device));
  const devices = lines.flatMap(({ line, device }) => {
    if (isNoDisk(device) || isPartition(device, names)) return [];
    const fields = words(line).slice(3, 14);
    if (fields.length < 11) return [];
    const values = fields.map(number);
    const [reads = 0, , readSectors = 0, , writes = 0, , writtenSectors = 0, , , ioMs = 0] = values;
    if (reads + writes === 0) return [];
    const now = [readSectors * sectorBytes, writtenSectors * sectorBytes, reads, writes, ioMs];
    const old = known.get(device);
    const grown = old
      ? growth(now, [old.readBytes, old.writtenBytes, old.reads, old.writes, old.ioMs], [sectorBytes, sectorBytes])
      : [];
    const busy = perSecond(grown[4], elapsed);
    return [
      {
        device,
        readBytes: now[0] ?? 0,
        writtenBytes: now[1] ?? 0,
        reads,
        writes,
        ioMs,
        readBytesPerSecond: perSecond(grown[0], elapsed),
        writtenBytesPerSecond: perSecond(grown[1], elapsed),
        readsPerSecond: perSecond(grown[2], elapsed),
        writesPerSecond: perSecond(grown[3], elapsed),
        busyRatio: busy === null ? null : clamp(busy / 1000),
      },
    ];
  });
  return bounded(devices, most.devices);
}

/** The third word of a line of /proc/diskstats. */
function nameIn(line: string): string {
  return /^[ \t]*[^ \t]+[ \t]+[^ \t]+[ \t]+([^ \t]+)/.exec(line)?.[1] ?? '';
}

/**
 * Images, memory, floppies and optical drives; and single paths of a multipath NVMe disk, which has a line of its own.
 */
function isNoDisk(device: string): boolean {
  return /^((loop|ram|zram|fd|sr)\d+(p\d+)?|nvme\d+c\d+n\d+(p\d+)?)$/.test(device);
}

/**
 * Whether another disk's numbers already include this one's. The kernel names a partition after its disk plus a number,
 * with a `p` in between if the disk's name ends with a digit (`sda1`, `dasda1`, `nvme0n1p1`, `cciss/c0d0p1`,
 * `md127p1`). Source: block/partitions/core.c of Linux, add_partition.
 */
function isPartition(device: string, names: ReadonlySet<string>): boolean {
  const match = /^(.*\d)p\d+$/.exec(device) ?? /^(.*\D)\d+$/.exec(device);
  return match?.[1] !== undefined && names.has(match[1]);
}
