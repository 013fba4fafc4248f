import type { FamilySeries, ScrapeOutcome } from '../../model/export/own.ts';

/** How scrapes of hosts were answered. */
export function scrapeFamily(outcomes: Readonly<Record<ScrapeOutcome, number>>): FamilySeries {
  return {
    family: {
      name: 'sonde_scrapes_total',
      type: 'counter',
      help:
        'Scrapes of hosts by how they were answered: with a new sample (sampled), one of the last seconds (recent), or an older one ' +
        'because Sonde was too busy (kept); or not: the host cannot be read (failed), was slow (late), or Sonde was (busy)',
    },
    series: Object.entries(outcomes)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([outcome, value]) => ({ labels: { outcome }, value })),
  };
}
