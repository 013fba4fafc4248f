/** A metric with its labels, and one value per time; null if there was none. Base units. */
export type RecentSeries = {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly values: readonly (number | null)[];
};

/** The last minutes of a host: times in ms since the epoch, ascending. */
export type RecentSamples = { readonly times: readonly number[]; readonly series: readonly RecentSeries[] };
