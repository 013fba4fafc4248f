import type { Family, HostSeries, Labels } from '../../model/export/series.ts';

/** What is said of a series: a number, or that it has ended. */
export type SeriesValue = number | 'stale';

/** What many series have in common. Each protocol encodes it once, and remembers it by this object. */
export type Target = {
  /** `job` and `instance` among them. A label that a series has itself wins. */
  readonly labels: Labels;
  /** What the machine is called. */
  readonly hostName: string;
  /** When its counters were 0, ms since the epoch; null: not known. */
  startedAt: number | null;
};

/** A request while it grows: what hosts tell, in the words of one protocol. */
export type SeriesBody = {
  /** How many samples are in it. */
  readonly samples: number;
  readonly isEmpty: boolean;
  /** Every series of a host; `stale`: that all of them have ended. `at`: ms since the epoch. */
  readonly addHost: (series: Omit<HostSeries, 'at' | 'cut'>, target: Target, at: number, stale?: boolean) => void;
  /** A single series. */
  readonly add: (family: Family, labels: Labels, target: Target, value: SeriesValue, at: number) => void;
  /** The types and helps of families, where the protocol tells them apart from samples. */
  readonly describe: (families: Iterable<Family>) => void;
  /** The body, not compressed. Nothing can be added afterwards. */
  readonly finish: () => Uint8Array;
  /** Nobody reads any more what `finish` answered: another body may be written there. */
  readonly release: () => void;
};
