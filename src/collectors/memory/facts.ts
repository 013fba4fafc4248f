import type { Pressure } from '../../model/facts.ts';

export type MemoryFacts = {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** This and those below: null if the system does not report them. */
  readonly buffersBytes: number | null;
  readonly cachedBytes: number | null;
  /** Kernel caches other than the page cache; their reclaimable part is included in `cachedBytes`. */
  readonly slabBytes: number | null;
  readonly slabReclaimableBytes: number | null;
  /** Shared memory and tmpfs; included in `cachedBytes`, but cannot be reclaimed. */
  readonly sharedBytes: number | null;
  /** Waiting to be written to disks; being written. */
  readonly dirtyBytes: number | null;
  readonly writebackBytes: number | null;
  /** Cannot be paged out; occupied by the compressor (macOS). */
  readonly wiredBytes: number | null;
  readonly compressedBytes: number | null;
  /** The cache of ZFS (ARC), which Linux and FreeBSD do not count as cached. */
  readonly zfsCacheBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapUsedBytes: number | null;
  /** Read from and written to swap since boot; rates over the last interval. */
  readonly swappedInBytes: number | null;
  readonly swappedOutBytes: number | null;
  readonly swappedInBytesPerSecond: number | null;
  readonly swappedOutBytesPerSecond: number | null;
  /** True: estimated rather than just the kernel's MemAvailable: before Linux 3.14, with ZFS, and on other systems. */
  readonly availableIsEstimate: boolean;
  readonly pressure: Pressure | null;
};
