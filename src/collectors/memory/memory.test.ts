import { expect, test } from 'vitest';
import { memory } from './memory.ts';

const gib = 1024 ** 3;
const meminfo = [
  'MemTotal:       131072000 kB',
  'MemFree:        10000000 kB',
  'MemAvailable:   12000000 kB',
  'Buffers:          100000 kB',
  'Cached:         2000000 kB',
  'SReclaimable:    500000 kB',
]
  .map((line) => `/proc/meminfo:${line}\n`)
  .join('');

function arc(sizeBytes: number, minimumBytes: number): string {
  const lines = ['13 1 0x01 147 39984 1 2', 'name type data', '', `c_min 4 ${minimumBytes}`, `size 4 ${sizeBytes}`];
  return lines.map((line) => `/proc/spl/kstat/zfs/arcstats:${line}\n`).join('');
}

const read = (files: string) => memory.parse({ files, text: undefined, uptimeSeconds: 1, at: 0 }, undefined).facts;

test('the cache of ZFS above its minimum is available', () => {
  const facts = read(meminfo + arc(64 * gib, 4 * gib));
  expect(facts.availableBytes).toBe(12_000_000 * 1024 + 60 * gib);
  expect(facts.usedBytes).toBe(131_072_000 * 1024 - facts.availableBytes);
  expect(facts).toMatchObject({ zfsCacheBytes: 64 * gib, availableIsEstimate: true });
});

test.each([
  ['a cache at its minimum', arc(4 * gib, 4 * gib), 12_000_000 * 1024, false, 4 * gib],
  ['a cache below its minimum', arc(1 * gib, 4 * gib), 12_000_000 * 1024, false, 1 * gib],
  ['no ZFS', '', 12_000_000 * 1024, false, null],
  ['a cache that says it is larger than the machine', arc(900 * gib, 0), 131_072_000 * 1024, true, 900 * gib],
])('%s', (_, stats, availableBytes, availableIsEstimate, zfsCacheBytes) => {
  expect(read(meminfo + stats)).toMatchObject({ availableBytes, availableIsEstimate, zfsCacheBytes });
});

test('what a host does not tell is absent, not zero', () => {
  const { facts } = memory.parse(
    { files: '/proc/meminfo:MemTotal: 9 kB\n/proc/meminfo:MemFree: 5 kB\n', text: undefined, uptimeSeconds: 1, at: 0 },
    undefined,
  );
  const { buffersBytes, cachedBytes, slabBytes, dirtyBytes, swapTotalBytes, swapUsedBytes, swappedInBytes } = facts;
  const untold = [buffersBytes, cachedBytes, slabBytes, dirtyBytes, swapTotalBytes, swapUsedBytes, swappedInBytes];
  expect(untold).toEqual(untold.map(() => null));
  expect(memory.metrics.memory_slab_bytes?.read(facts)).toBeNull();
});

test.each([
  ['of 4 KiB', 'pagesize:4096\n', 4_096],
  ['of 16 KiB', 'pagesize:16384\n', 16_384],
  ['of 64 KiB', 'pagesize:65536\n', 65_536],
  ['of a size that the host does not tell', '', null],
  ['of a size that no system has', 'pagesize:5000\n', null],
])('what goes through swap is told in bytes: pages %s', (_, told, pageBytes) => {
  // Free memory in pages is no measure: other pages are counted there than in MemFree.
  const vmstat = (pagesIn: number): string =>
    `/proc/vmstat:nr_free_pages 1250000\n/proc/vmstat:pswpin ${pagesIn}\n/proc/vmstat:pswpout 7\n`;
  const look = (pagesIn: number, uptimeSeconds: number) => ({
    files: told + meminfo + vmstat(pagesIn),
    text: undefined,
    uptimeSeconds,
    at: 0,
  });
  const first = memory.parse(look(100, 10), undefined).facts;
  expect(first.swappedInBytesPerSecond).toBeNull();
  const { facts } = memory.parse(look(150, 20), { facts: first, uptimeSeconds: 10 });
  expect(facts).toMatchObject({
    swappedInBytes: pageBytes && 150 * pageBytes,
    swappedOutBytes: pageBytes && 7 * pageBytes,
    swappedInBytesPerSecond: pageBytes && 5 * pageBytes,
    swappedOutBytesPerSecond: pageBytes && 0,
  });
});
