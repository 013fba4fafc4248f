import { numberOrNull, untold, variables } from '../shared/bsd.ts';
import { linesOf, words } from '../shared/text.ts';
import type { MemoryFacts } from './facts.ts';
import type { Swapped, WithoutRates } from './swap-traffic.ts';

type Sizes = Pick<MemoryFacts, 'totalBytes' | 'freeBytes' | 'availableBytes' | 'buffersBytes' | 'cachedBytes'> &
  Partial<Pick<MemoryFacts, 'zfsCacheBytes' | 'wiredBytes' | 'compressedBytes'>>;
type Swap = Pick<MemoryFacts, 'swapTotalBytes' | 'swapUsedBytes'> & Swapped;
type Found = { readonly source: string; readonly facts: WithoutRates };

/**
 * Memory of macOS, FreeBSD, OpenBSD and NetBSD. Available memory is always Sonde's estimate there, see
 * docs/supported-servers.md. Source: vm_stat and sysctl (macOS), sysctl and swapinfo (FreeBSD), vmstat -s and sysctl
 * (OpenBSD, NetBSD).
 */
export function bsdMemory(files: string): Found {
  const system = linesOf(files, 'uname')[0];
  if (system === 'Darwin') return found('vm_stat', macSizes(files), macSwap(files));
  if (system === 'FreeBSD') return found('sysctl vm.stats', freeBsdSizes(files), freeBsdSwap(files));
  const pages = pagesOf(linesOf(files, 'vmstat'));
  return found('vmstat -s', uvmSizes(files, pages), uvmSwap(pages));
}

const noSwap: Swap = { swapTotalBytes: null, swapUsedBytes: null, swappedInBytes: null, swappedOutBytes: null };
/** What only Linux reports, or only macOS. */
const untoldSizes = {
  slabBytes: null,
  slabReclaimableBytes: null,
  sharedBytes: null,
  dirtyBytes: null,
  writebackBytes: null,
  wiredBytes: null,
  compressedBytes: null,
  zfsCacheBytes: null,
};

function found(source: string, sizes: Sizes | null, swap: Swap): Found {
  if (sizes === null) throw untold('memory', source);
  const availableBytes = Math.min(sizes.totalBytes, Math.max(0, sizes.availableBytes));
  const usedBytes = sizes.totalBytes - availableBytes;
  const rest = { availableIsEstimate: true, pressure: null };
  return { source, facts: { ...untoldSizes, ...sizes, availableBytes, usedBytes, ...swap, ...rest } };
}

/** The numbers of `vm_stat` by name, and the page size. */
function macPages(files: string): { readonly counts: ReadonlyMap<string, number>; readonly pageBytes: number | null } {
  const lines = linesOf(files, 'vm_stat');
  const counts = lines.flatMap((line) => {
    const match = /^"?([^":]+)"?: +(\d{1,20})\.?$/.exec(line);
    return match ? [[match[1] ?? '', Number(match[2])] as const] : [];
  });
  return {
    counts: new Map(counts),
    pageBytes: numberOrNull(/page size of (\d{1,20}) bytes/.exec(lines[0] ?? '')?.[1]),
  };
}

/** Used as in Activity Monitor: memory of programs, wired, and compressed. */
function macSizes(files: string): Sizes | null {
  const { counts, pageBytes } = macPages(files);
  const totalBytes = numberOrNull(variables(files).get('hw.memsize'));
  const [free, anonymous, wired] = ['Pages free', 'Anonymous pages', 'Pages wired down'].map((name) =>
    counts.get(name),
  );
  if (totalBytes === null || pageBytes === null) return null;
  if (free === undefined || anonymous === undefined || wired === undefined) return null;
  const purgeable = counts.get('Pages purgeable') ?? 0;
  const compressed = counts.get('Pages occupied by compressor');
  const used = anonymous - purgeable + wired + (compressed ?? 0);
  const fileBacked = counts.get('File-backed pages');
  return {
    totalBytes,
    freeBytes: free * pageBytes,
    availableBytes: totalBytes - used * pageBytes,
    buffersBytes: null,
    cachedBytes: fileBacked === undefined ? null : (fileBacked + purgeable) * pageBytes,
    wiredBytes: wired * pageBytes,
    compressedBytes: inBytes(compressed, pageBytes),
  };
}

/** `total = 2048.00M  used = 512.00M  free = …`. */
function macSwap(files: string): Swap {
  const { counts, pageBytes } = macPages(files);
  const swapped = swappedOf(counts.get('Swapins'), counts.get('Swapouts'), pageBytes);
  const value = variables(files).get('vm.swapusage') ?? '';
  const match = /^total = ([\d.]{1,20})M +used = ([\d.]{1,20})M /.exec(value);
  const [total, used] = [numberOrNull(match?.[1]), numberOrNull(match?.[2])];
  if (total === null || used === null) return { ...noSwap, ...swapped };
  return {
    swapTotalBytes: Math.round(total * 1024 ** 2),
    swapUsedBytes: Math.round(used * 1024 ** 2),
    ...swapped,
  };
}

type Told = number | null | undefined;

function swappedOf(pagesIn: Told, pagesOut: Told, pageBytes: Told): Swapped {
  return { swappedInBytes: inBytes(pagesIn, pageBytes), swappedOutBytes: inBytes(pagesOut, pageBytes) };
}

function inBytes(pages: Told, pageBytes: Told): number | null {
  return typeof pages === 'number' && typeof pageBytes === 'number' ? pages * pageBytes : null;
}

/** Available: free, inactive and laundry, and what ZFS's ARC holds above its minimum. */
function freeBsdSizes(files: string): Sizes | null {
  const told = variables(files);
  const count = (name: string): number | null => numberOrNull(told.get(`vm.stats.vm.v_${name}`));
  const size = (name: string): number | null => numberOrNull(told.get(name));
  const [totalBytes, pageBytes, free, inactive] = [
    size('hw.physmem'),
    count('page_size'),
    count('free_count'),
    count('inactive_count'),
  ];
  if (totalBytes === null || pageBytes === null || free === null || inactive === null) return null;
  const arc = size('kstat.zfs.misc.arcstats.size');
  const least = size('kstat.zfs.misc.arcstats.c_min');
  const pages = free + inactive + (count('laundry_count') ?? 0) + (count('cache_count') ?? 0);
  return {
    totalBytes,
    freeBytes: free * pageBytes,
    availableBytes: pages * pageBytes + (arc === null || least === null ? 0 : Math.max(0, arc - least)),
    buffersBytes: size('vfs.bufspace'),
    cachedBytes: arc,
    wiredBytes: inBytes(count('wire_count'), pageBytes),
    zfsCacheBytes: arc,
  };
}

/** One line per device, `name blocks used avail capacity`, and for several a total. No line: no swap. */
function freeBsdSwap(files: string): Swap {
  const told = variables(files);
  const count = (name: string): number | null => numberOrNull(told.get(`vm.stats.vm.v_${name}`));
  const swapped = swappedOf(count('swappgsin'), count('swappgsout'), count('page_size'));
  const [header, ...lines] = linesOf(files, 'swapinfo');
  if (header === undefined || !header.includes('1K-blocks')) return { ...noSwap, ...swapped };
  const devices = lines.filter((line) => !line.startsWith('Total ')).map((line) => words(line).slice(-4));
  const sum = (index: number): number | null =>
    devices.reduce<number | null>((total, device) => {
      const blocks = numberOrNull(device[index]);
      return total === null || blocks === null ? null : total + blocks;
    }, 0);
  const [total, used] = [sum(0), sum(1)];
  if (total === null || used === null) return { ...noSwap, ...swapped };
  return { swapTotalBytes: total * 1024, swapUsedBytes: used * 1024, ...swapped };
}

/** `4096 bytes per page`, `241757 pages managed`, …: number by name. */
function pagesOf(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    lines.flatMap((line) => {
      const match = /^ *(\d{1,20}) (.+)$/.exec(line);
      return match ? [[match[2] ?? '', Number(match[1])] as const] : [];
    }),
  );
}

/** Available: free pages plus cached file pages if they are reported (NetBSD), otherwise inactive ones (OpenBSD). */
function uvmSizes(files: string, pages: ReadonlyMap<string, number>): Sizes | null {
  const told = variables(files);
  const totalBytes = numberOrNull(told.get('hw.physmem64')) ?? numberOrNull(told.get('hw.physmem'));
  const [pageBytes, free, inactive] = ['bytes per page', 'pages free', 'pages inactive'].map((name) => pages.get(name));
  if (totalBytes === null || pageBytes === undefined || free === undefined || inactive === undefined) return null;
  const cachedFiles = pages.get('cached file pages');
  const cached = cachedFiles === undefined ? null : cachedFiles + (pages.get('cached executable pages') ?? 0);
  return {
    totalBytes,
    freeBytes: free * pageBytes,
    availableBytes: (free + (cached ?? inactive)) * pageBytes,
    buffersBytes: null,
    cachedBytes: inBytes(cached, pageBytes),
    wiredBytes: inBytes(pages.get('pages wired'), pageBytes),
  };
}

function uvmSwap(pages: ReadonlyMap<string, number>): Swap {
  const [pageBytes, total, used] = ['bytes per page', 'swap pages', 'swap pages in use'].map((name) => pages.get(name));
  // NetBSD names them after what was swapped, OpenBSD after what was paged.
  const through = (way: string): number | undefined =>
    pages.get(`pages swapped ${way}`) ?? pages.get(`pages paged ${way}`);
  const swapped = swappedOf(through('in'), through('out'), pageBytes);
  if (pageBytes === undefined || total === undefined || used === undefined) return { ...noSwap, ...swapped };
  return { swapTotalBytes: total * pageBytes, swapUsedBytes: used * pageBytes, ...swapped };
}
