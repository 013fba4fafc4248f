import type { Labels } from '../collector.ts';

/** A metric family as Prometheus knows it: `node_load1`, its type and one sentence of help. */
export type Family = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'untyped';
  readonly help: string;
};

/**
 * Which series a host has, without their values. Hosts of the same shape share one layout, and so do the samples of a host
 * until a disk or an interface comes or goes: whatever is made from names and labels alone can be kept by layout.
 *
 * Families are sorted by name, and the series of a family stand together.
 */
export type SeriesLayout = {
  readonly series: readonly { readonly family: Family; readonly labels: Labels }[];
};

/**
 * The exported values of one host at one time.
 *
 * `at`: when the host was read, ms since the epoch. `values` are in the order of the layout's series, in the base units of
 * Prometheus (seconds, bytes, ratios); counters are the kernel's own.
 */
export type HostSeries = {
  readonly at: number;
  readonly layout: SeriesLayout;
  readonly values: Float64Array;
};
