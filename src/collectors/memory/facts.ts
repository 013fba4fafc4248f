import type { Pressure } from '../../model/facts.ts';

export type MemoryFacts = {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** This and those below: null where the system does not tell. */
  readonly buffersBytes: number | null;
  readonly cachedBytes: number | null;
  /** The cache of ZFS (ARC), which Linux and FreeBSD do not count as cached. */
  readonly zfsCacheBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly swapUsedBytes: number | null;
  /** True: not the kernel's MemAvailable alone, but estimated: before Linux 3.14, beside ZFS, and on other systems. */
  readonly availableIsEstimate: boolean;
  readonly pressure: Pressure | null;
};
