import type { Family, Labels } from './series.ts';

/** A family of node_exporter's, and in what the one that Sonde exports differs from it, in one sentence; absent: in nothing. */
export type NodeFamily = Family & { readonly differs?: string };

/**
 * Families that node_exporter has, made of what a collector reads. Names, labels and types are node_exporter's; what a host does
 * not report is absent, never 0.
 */
export type NodeExport<Facts> = {
  /** What node_exporter calls the collector that has these families; null: it has them without one. */
  readonly collector: string | null;
  readonly families: readonly NodeFamily[];
  /** Files (or globs) that are read with every sample too, but only while an export wants the host. */
  readonly files?: readonly string[];
  /**
   * For one host, from when an export wants it until none does: what the reader remembers is about that host. Absent: the reader
   * of another entry of the same collector puts these families, too.
   */
  readonly open?: () => NodeReader<Facts>;
};

/** Reads the series of one host. */
export type NodeReader<Facts> = {
  /** The collector's shell had its turn and printed this; empty: nothing, so that what it said before is not known any more. */
  readonly heard?: (text: string) => void;
  /** Called with every sample. */
  readonly read: (from: NodeSource<Facts>, sink: SeriesSink) => void;
};

/**
 * What one sample has for a reader: all files by path, as `grep` prints them (each line after its path and a colon), and the
 * newest facts of its collector; null if there are none.
 */
export type NodeSource<Facts> = {
  readonly files: ReadonlyMap<string, string>;
  readonly facts: Facts | null;
  /** The host's own clock, seconds since it booted. */
  readonly uptimeSeconds: number;
  /** Our clock when the host was read, ms since the epoch. */
  readonly at: number;
};

/** Takes a host's series, in any order. Values that are no finite number are left out. */
export type SeriesSink = {
  /** The same labels should be the same object every time: they are compared with those of the sample before. */
  readonly put: (family: Family, labels: Labels, value: number) => void;
  /** For labels that no other host has. */
  readonly own: (family: Family, labels: Labels, value: number) => void;
  /** Notes that so many series of a family were left out. */
  readonly cut: (family: Family, count: number) => void;
};
