import type { Pressure } from '../../model/facts.ts';

export type MemoryFacts = {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** This and those below: null where the system does not tell. */
  readonly buffersBytes: number | null;
  readonly cachedBytes: number | null;
  /** Kernel caches that are no page cache; the reclaimable part of it is in `cachedBytes` too. */
  readonly slabBytes: number | null;
  readonly slabReclaimableBytes: number | null;
  /** Shared memory and tmpfs; in `cachedBytes` too, but not given back. */
  readonly sharedBytes: number | null;
  /** Waits to be written to disks; is being written. */
  readonly dirtyBytes: number | null;
  readonly writebackBytes: number | null;
  /** Cannot be paged out; what the compressor occupies (macOS). */
  readonly wiredBytes: number | null;
  readonly compressedBytes: number | null;
  /** The cache of ZFS (ARC), which Linux and FreeBSD do not count as cached. */
  readonly zfsCacheBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapUsedBytes: number | null;
  /** Read from and written to swap since boot; the rates are of the last interval. */
  readonly swappedInBytes: number | null;
  readonly swappedOutBytes: number | null;
  readonly swappedInBytesPerSecond: number | null;
  readonly swappedOutBytesPerSecond: number | null;
  /** True: not the kernel's MemAvailable alone, but estimated: before Linux 3.14, beside ZFS, and on other systems. */
  readonly availableIsEstimate: boolean;
  readonly pressure: Pressure | null;
};
