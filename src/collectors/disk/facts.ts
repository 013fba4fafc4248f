import type { LeftOut, Pressure } from '../../model/facts.ts';

export type Filesystem = {
  readonly filesystem: string;
  readonly type: string | null;
  readonly mount: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
  /** used / (used + available), as df rounds it up; 0…1. */
  readonly usedRatio: number;
  readonly inodesTotal: number | null;
  readonly inodesUsed: number | null;
  /** Present if the host may not write to it. Not shown. */
  readonly isReadOnly?: true;
};

export type DiskDevice = {
  readonly device: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
  readonly ioMs: number;
  readonly readBytesPerSecond: number | null;
  readonly writtenBytesPerSecond: number | null;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  /** Share of the last interval in which the device was busy, 0…1. */
  readonly busyRatio: number | null;
};

export type DiskFacts = {
  readonly filesystems: readonly Filesystem[];
  readonly devices: readonly DiskDevice[];
  readonly pressure: Pressure | null;
} & LeftOut<'filesystems' | 'devices'>;
