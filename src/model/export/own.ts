import type { ExportedHost } from './host.ts';
import type { Family, Labels } from './series.ts';

/** A family with its series, which are made while they are read. A family without any is not shown. */
export type FamilySeries = {
  readonly family: Family;
  readonly series: Iterable<{ readonly labels: Labels; readonly value: number }>;
};

/** What Sonde tells about itself, and about its watching of hosts (`sonde_host_*`, with the host's labels). */
export type OwnMetrics = {
  /**
   * The families sorted by name, about the given hosts only. Whoever reads them may pause between two series, so that ten
   * thousand hosts do not hold up others; nothing is asked of a host.
   */
  readonly read: (hosts: readonly ExportedHost[]) => Iterable<FamilySeries>;
};

/**
 * How a scrape of a host was answered: with a sample that was taken for it; with one that was young enough; with the newest one,
 * because Sonde was late (kept). Or without: the host cannot be read (failed), it did not answer in time (late), or Sonde did not
 * get to it in time and had no other sample (busy).
 */
export type ScrapeOutcome = 'sampled' | 'recent' | 'kept' | 'failed' | 'late' | 'busy';
