/** Label names and values. */
export type Labels = Readonly<Record<string, string>>;

/** A metric family as Prometheus knows it: `node_load1`, its type and one sentence of help. */
export type Family = {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'untyped';
  readonly help: string;
};

/** One series without its value. */
export type Series = { readonly family: Family; readonly labels: Labels };

/**
 * Which series a host has, without their values. Hosts of the same shape share one layout, and so do the samples of a host
 * until a disk or an interface comes or goes: whatever is made from names and labels alone can be kept by layout.
 *
 * Families are sorted by name, and the series of a family stand together. No two series are the same.
 */
export type SeriesLayout = { readonly series: readonly Series[] };

/**
 * The exported values of one host at one time.
 *
 * `at`: when the host was read, ms since the epoch. `values` are in the order of the layout's series, in the base units of
 * Prometheus (seconds, bytes, ratios); counters are the kernel's own. `own`: series whose labels are this host's alone, as
 * its name; they are kept out of the layout, and none of their families is in it. Sorted by family, too.
 * `cut`: how many series of a family were left out because a host may have no more; empty for nearly all.
 */
export type HostSeries = {
  readonly at: number;
  readonly layout: SeriesLayout;
  readonly values: Float64Array;
  readonly own: readonly OwnSeries[];
  readonly cut: ReadonlyMap<string, number>;
};

/** A series that no other host has. */
export type OwnSeries = Series & { readonly value: number };
