import type { Collector, Metric } from '../../model/collector.ts';
import { isBsd } from '../shared/bsd.ts';
import { linesOf, number, pressureOf, requiredLines, words } from '../shared/text.ts';
import { bsdMemory } from './bsd-memory.ts';
import type { MemoryFacts } from './facts.ts';
import { memorySchema, memoryView } from './view.ts';

/**
 * Memory and swap. `used` is what is not available; `cached` has the reclaimable slab in it, as `free` counts it. The cache of ZFS
 * gives way to programs down to its minimum, but Linux knows nothing of that: what is above it is available too.
 * Source: /proc/meminfo (proc_meminfo(5)), /proc/pressure/memory, /proc/spl/kstat/zfs/arcstats; elsewhere bsd-memory.ts.
 */
export const memory: Collector<MemoryFacts, 'memory'> = {
  name: 'memory',
  title: 'Memory',
  files: ['/proc/meminfo', '/proc/pressure/memory', '/proc/spl/kstat/zfs/arcstats'],
  bsdFiles: ['uname', 'sysctl', 'vm_stat', 'swapinfo', 'vmstat'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files }) => {
    if (isBsd(files)) return bsdMemory(files);
    const sizes = sizesOf(requiredLines(files, '/proc/meminfo'));
    const totalBytes = sizes.get('MemTotal');
    const freeBytes = sizes.get('MemFree');
    if (totalBytes === undefined || freeBytes === undefined)
      throw new Error('/proc/meminfo has no MemTotal or MemFree');
    const size = (name: string): number => sizes.get(name) ?? 0;
    const cachedBytes = size('Cached') + size('SReclaimable');
    const told = sizes.get('MemAvailable');
    const estimate = freeBytes + size('Buffers') + Math.max(0, cachedBytes - size('Shmem'));
    const zfs = zfsCache(files);
    const yielding = zfs === null ? 0 : Math.max(0, zfs.sizeBytes - zfs.minimumBytes);
    const availableBytes = Math.min(totalBytes, (told ?? estimate) + yielding);
    return {
      source: '/proc/meminfo',
      facts: {
        totalBytes,
        availableBytes,
        usedBytes: totalBytes - availableBytes,
        freeBytes,
        buffersBytes: size('Buffers'),
        cachedBytes,
        zfsCacheBytes: zfs?.sizeBytes ?? null,
        swapTotalBytes: size('SwapTotal'),
        swapUsedBytes: Math.max(0, size('SwapTotal') - size('SwapFree')),
        availableIsEstimate: told === undefined || yielding > 0,
        pressure: pressureOf(files, 'memory'),
      },
    };
  },
  view: { schema: memorySchema, of: memoryView },
  metrics: {
    memory_total_bytes: bytes('Memory of the machine', (facts) => facts.totalBytes),
    memory_available_bytes: bytes('Memory that programs can have without swapping', (facts) => facts.availableBytes),
    memory_used_bytes: bytes('Memory that is not available', (facts) => facts.usedBytes),
    memory_free_bytes: bytes('Memory that nothing uses', (facts) => facts.freeBytes),
    memory_buffers_bytes: bytes('Memory in block buffers', (facts) => facts.buffersBytes),
    memory_cached_bytes: bytes('Memory in the page cache and reclaimable slab', (facts) => facts.cachedBytes),
    memory_zfs_cache_bytes: bytes('Memory in the cache of ZFS (ARC)', (facts) => facts.zfsCacheBytes),
    memory_used_ratio: ratio('Share of memory that is not available', (facts) =>
      part(facts.usedBytes, facts.totalBytes),
    ),
    swap_total_bytes: bytes('Size of swap', (facts) => facts.swapTotalBytes),
    swap_used_bytes: bytes('Swap in use', (facts) => facts.swapUsedBytes),
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

function ratio(help: string, read: (facts: MemoryFacts) => number | null): Metric<MemoryFacts> {
  return { kind: 'gauge', unit: 'ratio', help, kept: true, read };
}

function part(used: number | null, total: number | null): number | null {
  return used !== null && total !== null && total > 0 ? used / total : null;
}

/** Size and least size of the ARC: lines `name type value`. Null where there is no ZFS. */
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
    const [name = '', value, unit] = words(line);
    if (unit === 'kB') sizes.set(name.replace(':', ''), Math.max(0, number(value)) * 1024);
  }
  return sizes;
}
