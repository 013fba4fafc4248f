import type { Collector, Metric } from '../../model/collector.ts';
import { isBsd } from '../shared/bsd.ts';
import { linesOf, number, pressureOf, requiredLines, words } from '../shared/text.ts';
import { bsdMemory } from './bsd-memory.ts';
import type { MemoryFacts } from './facts.ts';
import { memoryNode } from './node.ts';
import { linuxSwapped, withSwapRates } from './swap-traffic.ts';
import { memorySchema, memoryView } from './view.ts';

/**
 * Memory and swap. `used` is what is not available; `cached` includes the reclaimable slab, as in `free`. ZFS shrinks
 * its cache to its minimum when programs need memory, but Linux does not know that, so what is above the minimum counts
 * as available too. Source: /proc/meminfo (proc_meminfo(5)), /proc/vmstat, /proc/pressure/memory,
 * /proc/spl/kstat/zfs/arcstats; elsewhere bsd-memory.ts.
 */
export const memory: Collector<MemoryFacts, 'memory'> = {
  name: 'memory',
  title: 'Memory',
  files: ['/proc/meminfo', '/proc/vmstat', '/proc/pressure/memory', '/proc/spl/kstat/zfs/arcstats'],
  bsdFiles: ['pagesize', 'uname', 'sysctl', 'vm_stat', 'swapinfo', 'vmstat'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files, uptimeSeconds }, previous) => {
    if (isBsd(files)) return withSwapRates(bsdMemory(files), uptimeSeconds, previous);
    const sizes = sizesOf(requiredLines(files, '/proc/meminfo'));
    const totalBytes = sizes.get('MemTotal');
    const freeBytes = sizes.get('MemFree');
    if (totalBytes === undefined || freeBytes === undefined)
      throw new Error('/proc/meminfo has no MemTotal or MemFree');
    const size = (name: string): number => sizes.get(name) ?? 0;
    const told = sizes.get('MemAvailable');
    const estimate = freeBytes + size('Buffers') + Math.max(0, size('Cached') + size('SReclaimable') - size('Shmem'));
    const zfs = zfsCache(files);
    const yielding = zfs === null ? 0 : Math.max(0, zfs.sizeBytes - zfs.minimumBytes);
    const availableBytes = Math.min(totalBytes, (told ?? estimate) + yielding);
    const facts = {
      totalBytes,
      availableBytes,
      usedBytes: totalBytes - availableBytes,
      freeBytes,
      buffersBytes: sizes.get('Buffers') ?? null,
      cachedBytes: sizes.has('Cached') ? size('Cached') + size('SReclaimable') : null,
      slabBytes: sizes.get('Slab') ?? null,
      slabReclaimableBytes: sizes.get('SReclaimable') ?? null,
      sharedBytes: sizes.get('Shmem') ?? null,
      dirtyBytes: sizes.get('Dirty') ?? null,
      writebackBytes: sizes.get('Writeback') ?? null,
      wiredBytes: null,
      compressedBytes: null,
      zfsCacheBytes: zfs?.sizeBytes ?? null,
      ...swapOf(sizes),
      ...linuxSwapped(files),
      availableIsEstimate: told === undefined || yielding > 0,
      pressure: pressureOf(files, 'memory'),
    };
    return withSwapRates({ source: '/proc/meminfo', facts }, uptimeSeconds, previous);
  },
  node: memoryNode,
  view: { schema: memorySchema, of: memoryView },
  metrics: {
    memory_total_bytes: bytes('Memory of the machine', (facts) => facts.totalBytes),
    memory_available_bytes: keptBytes('Memory that programs can get without swapping', (facts) => facts.availableBytes),
    memory_used_bytes: bytes('Memory that is not available', (facts) => facts.usedBytes),
    memory_free_bytes: keptBytes('Memory that nothing uses', (facts) => facts.freeBytes),
    memory_buffers_bytes: keptBytes('Memory in block buffers', (facts) => facts.buffersBytes),
    memory_cached_bytes: keptBytes('Memory in the page cache and reclaimable slab', (facts) => facts.cachedBytes),
    memory_slab_bytes: bytes('Memory in kernel caches (slab)', (facts) => facts.slabBytes),
    memory_slab_reclaimable_bytes: bytes(
      'Memory in kernel caches that can be reclaimed',
      (facts) => facts.slabReclaimableBytes,
    ),
    memory_shared_bytes: bytes('Shared memory and tmpfs', (facts) => facts.sharedBytes),
    memory_dirty_bytes: bytes('Memory waiting to be written to disks', (facts) => facts.dirtyBytes),
    memory_writeback_bytes: bytes('Memory being written to disks', (facts) => facts.writebackBytes),
    memory_wired_bytes: bytes('Memory that cannot be paged out', (facts) => facts.wiredBytes),
    memory_compressed_bytes: bytes('Memory occupied by the compressor', (facts) => facts.compressedBytes),
    memory_zfs_cache_bytes: bytes('Memory in the ZFS cache (ARC)', (facts) => facts.zfsCacheBytes),
    memory_used_ratio: ratio('Share of memory that is not available', (facts) =>
      part(facts.usedBytes, facts.totalBytes),
    ),
    swap_total_bytes: bytes('Size of swap', (facts) => facts.swapTotalBytes),
    swap_used_bytes: bytes('Swap in use', (facts) => facts.swapUsedBytes),
    swap_in_bytes_total: {
      ...bytes('Bytes read from swap since boot', (facts) => facts.swappedInBytes),
      kind: 'counter',
    },
    swap_out_bytes_total: {
      ...bytes('Bytes written to swap since boot', (facts) => facts.swappedOutBytes),
      kind: 'counter',
    },
    swap_in_bytes_per_second: rate('Bytes read from swap per second', (facts) => facts.swappedInBytesPerSecond),
    swap_out_bytes_per_second: rate('Bytes written to swap per second', (facts) => facts.swappedOutBytesPerSecond),
    swap_used_ratio: ratio('Share of swap in use', (facts) => part(facts.swapUsedBytes, facts.swapTotalBytes)),
    memory_pressure_ratio: ratio(
      'Share of the last 10 s in which a task waited for memory',
      (facts) => facts.pressure?.some10 ?? null,
    ),
  },
};

function bytes(help: string, read: (facts: MemoryFacts) => number | null): Metric<MemoryFacts> {
  return { kind: 'gauge', unit: 'bytes', help, read };
}

function keptBytes(help: string, read: (facts: MemoryFacts) => number | null): Metric<MemoryFacts> {
  return { ...bytes(help, read), kept: true };
}

function rate(help: string, read: (facts: MemoryFacts) => number | null): Metric<MemoryFacts> {
  return { kind: 'gauge', unit: 'bytes_per_second', help, kept: true, read };
}

function ratio(help: string, read: (facts: MemoryFacts) => number | null): Metric<MemoryFacts> {
  return { kind: 'gauge', unit: 'ratio', help, kept: true, read };
}

function part(used: number | null, total: number | null): number | null {
  return used !== null && total !== null && total > 0 ? used / total : null;
}

function swapOf(sizes: ReadonlyMap<string, number>): Pick<MemoryFacts, 'swapTotalBytes' | 'swapUsedBytes'> {
  const [total, free] = [sizes.get('SwapTotal'), sizes.get('SwapFree')];
  if (total === undefined || free === undefined) return { swapTotalBytes: null, swapUsedBytes: null };
  return { swapTotalBytes: total, swapUsedBytes: Math.max(0, total - free) };
}

/** Size and minimum size of the ARC, from lines `name type value`. Null without ZFS. */
function zfsCache(files: string): { readonly sizeBytes: number; readonly minimumBytes: number } | null {
  const told = new Map(
    linesOf(files, '/proc/spl/kstat/zfs/arcstats').map((line) => {
      const [name = '', , value] = words(line);
      return [name, value] as const;
    }),
  );
  const sizeBytes = told.get('size');
  if (sizeBytes === undefined) return null;
  return { sizeBytes: number(sizeBytes), minimumBytes: number(told.get('c_min') ?? '0') };
}

/** Bytes by name; lines without `kB` are counts of huge pages, not sizes. */
function sizesOf(lines: readonly string[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const line of lines) {
    const [, name = '', value] = /^[ \t]*([^ \t]+)[ \t]+([^ \t]+)[ \t]+kB(?![^ \t])/.exec(line) ?? [];
    if (value !== undefined) sizes.set(name.replace(':', ''), Math.max(0, number(value)) * 1024);
  }
  return sizes;
}
