import type { NodeExport, NodeFamily, NodeReader } from '../../model/export/node.ts';
import { gauge, untyped } from '../node/families.ts';
import { noLabels } from '../node/labels.ts';
import { eachLine, numeric } from '../node/text.ts';
import type { MemoryFacts } from './facts.ts';
import { bsdMemoryNode } from './node-bsd.ts';

/** What the fields of /proc/meminfo are, in the order of the kernel. Source: proc_meminfo(5), kernel filesystems/proc.rst. */
const fields: Readonly<Record<string, string>> = {
  MemTotal: 'Memory that the kernel can use',
  MemFree: 'Memory that nothing uses',
  MemAvailable: 'Memory that programs can get without swapping, as the kernel estimates',
  Buffers: 'Memory in block buffers',
  Cached: 'Memory in the page cache and shared memory, without swap cache',
  SwapCached: 'Memory that was read back from swap and still has its place there',
  Active: 'Memory that was used recently',
  Inactive: 'Memory that was not used recently and is given away first',
  'Active(anon)': 'Recently used memory of programs',
  'Inactive(anon)': 'Memory of programs that was not used recently',
  'Active(file)': 'Recently used page cache',
  'Inactive(file)': 'Page cache that was not used recently',
  Unevictable: 'Memory that cannot be given away',
  Mlocked: 'Memory that programs locked',
  SwapTotal: 'Size of swap',
  SwapFree: 'Swap that nothing uses',
  Zswap: 'Memory that compressed swap takes',
  Zswapped: 'Memory that is stored in compressed swap, before compression',
  Dirty: 'Memory that waits to be written to disks',
  Writeback: 'Memory that is being written to disks',
  AnonPages: 'Memory of programs that is mapped into page tables',
  Mapped: 'Files that are mapped into memory',
  Shmem: 'Shared memory and tmpfs',
  KReclaimable: 'Memory of the kernel that it can give back',
  Slab: 'Memory in kernel caches',
  SReclaimable: 'Memory in kernel caches that can be given back',
  SUnreclaim: 'Memory in kernel caches that cannot be given back',
  KernelStack: 'Memory of kernel stacks',
  PageTables: 'Memory of page tables',
  SecPageTables: 'Memory of page tables of virtual machines and devices',
  NFS_Unstable: 'Memory that was sent to NFS servers and is not stored there yet; 0 in new kernels',
  Bounce: 'Memory of bounce buffers of block devices',
  WritebackTmp: 'Memory that FUSE uses for writing back',
  CommitLimit: 'Memory that may be promised to programs if overcommit is strict',
  Committed_AS: 'Memory that was promised to programs',
  VmallocTotal: 'Size of the address space for vmalloc',
  VmallocUsed: 'Memory that vmalloc uses',
  VmallocChunk: 'Largest free block for vmalloc; 0 in new kernels',
  Percpu: 'Memory that every core has a copy of',
  HardwareCorrupted: 'Memory that the kernel found to be broken',
  AnonHugePages: 'Memory of programs in huge pages',
  ShmemHugePages: 'Shared memory in huge pages',
  ShmemPmdMapped: 'Shared memory that is mapped as huge pages',
  FileHugePages: 'Page cache in huge pages',
  FilePmdMapped: 'Page cache that is mapped as huge pages',
  CmaTotal: 'Memory set aside for contiguous allocations',
  CmaFree: 'Memory set aside for contiguous allocations that nothing uses',
  Unaccepted: 'Memory that a virtual machine was given and has not accepted yet',
  Balloon: 'Memory that was given back to the host of a virtual machine',
  Hugetlb: 'Memory in huge pages of all sizes',
  HugePages_Total: 'Huge pages in the pool',
  HugePages_Free: 'Huge pages in the pool that nothing uses',
  HugePages_Rsvd: 'Huge pages that are promised and not used yet',
  HugePages_Surp: 'Huge pages beyond the size of the pool',
  Hugepagesize: 'Size of a huge page',
  DirectMap4k: 'Memory that the kernel maps in pages of 4 KiB',
  DirectMap2M: 'Memory that the kernel maps in pages of 2 MiB',
  DirectMap4M: 'Memory that the kernel maps in pages of 4 MiB',
  DirectMap1G: 'Memory that the kernel maps in pages of 1 GiB',
};

const counts = new Set(['HugePages_Total', 'HugePages_Free', 'HugePages_Rsvd', 'HugePages_Surp']);

/** Fields that newer kernels may add, beyond those above. */
const mostOthers = 200;
const families = new Map<string, NodeFamily>(
  Object.entries(fields).map(([name, help]) => [name, memoryFamily(name, !counts.has(name), `${help}.`)]),
);

function memoryFamily(field: string, isBytes: boolean, help: string): NodeFamily {
  const name = field.replace(/\(([a-z]+)\)/, '_$1');
  return gauge(`node_memory_${name}${isBytes ? '_bytes' : ''}`, help);
}

function familyOf(field: string, isBytes: boolean): NodeFamily | undefined {
  const known = families.get(field);
  if (known !== undefined) return known;
  if (families.size >= Object.keys(fields).length + mostOthers || !/^[A-Za-z][A-Za-z0-9_]{0,60}$/.test(field))
    return undefined;
  const made = memoryFamily(field, isBytes, `The field ${field} of /proc/meminfo.`);
  families.set(field, made);
  return made;
}

const meminfo: NodeReader<MemoryFacts> = {
  read({ files }, { put }) {
    eachLine(files, '/proc/meminfo', (line) => {
      const colon = line.indexOf(':');
      if (colon < 0) return;
      const isBytes = line.endsWith(' kB');
      const family = familyOf(line.slice(0, colon), isBytes);
      const value = numeric(line.slice(colon + 1, isBytes ? -3 : undefined).trim());
      if (family !== undefined) put(family, noLabels, isBytes ? value * 1024 : value);
    });
  },
};

const vmstatFields: Readonly<Record<string, NodeFamily>> = Object.fromEntries(
  Object.entries({
    pgpgin: 'KiB read from disks',
    pgpgout: 'KiB written to disks',
    pswpin: 'Pages read from swap',
    pswpout: 'Pages written to swap',
    pgfault: 'Page faults',
    pgmajfault: 'Page faults that had to read from a disk',
    oom_kill: 'Processes that were killed because memory ran out',
  }).map(([name, help]) => [name, untyped(`node_vmstat_${name}`, `${help}.`)]),
);

const vmstat: NodeReader<MemoryFacts> = {
  read({ files }, { put }) {
    const text = files.get('/proc/vmstat') ?? '';
    for (const name in vmstatFields) {
      // Of two hundred lines a few are wanted.
      const mark = `/proc/vmstat:${name} `;
      const at = text.indexOf(mark);
      const family = vmstatFields[name];
      if (at < 0 || family === undefined) continue;
      const end = text.indexOf('\n', at);
      put(family, noLabels, numeric(text.slice(at + mark.length, end < 0 ? undefined : end)));
    }
  },
};

/** What node_exporter's collectors of memory have. Source: /proc/meminfo, /proc/vmstat (proc_vmstat(5)); elsewhere node-bsd.ts. */
export const memoryNode: readonly NodeExport<MemoryFacts>[] = [
  { collector: 'meminfo', families: [...families.values()], open: () => meminfo },
  { collector: 'vmstat', families: Object.values(vmstatFields), open: () => vmstat },
  bsdMemoryNode,
];
