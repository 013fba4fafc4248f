import type { HostKeyPolicy } from './connection/host-key.ts';

/** The global settings. Intervals in seconds, 10…3600. */
export type GlobalSettings = {
  readonly statusCheckInterval: number;
  readonly metricsInterval: number;
  /** Also sample hosts that nobody is looking at. */
  readonly collectAlways: boolean;
  readonly hostKeyPolicy: HostKeyPolicy;
  /** Networks that non-admins cannot add hosts in: addresses and networks (`10.0.0.0/8`). */
  readonly deniedNetworks: readonly string[];
  /** `address:port` of at most 5 places that answer while Sonde's network works; empty: the default gateway. */
  readonly canaries: readonly string[];
};

/** Whether history is kept, which samples hosts with nobody watching, how long, days a tier, and in how many bytes (null: by the disk). */
export type HistorySettings = {
  readonly enabled: boolean;
  readonly rawDays: number;
  readonly fiveMinuteDays: number;
  readonly hourlyDays: number;
  readonly maxBytes: number | null;
};

/** Least and most days for which each tier of history is kept, and the least of `maxBytes`. */
export const retentionLimits = {
  rawDays: { min: 1, max: 30 },
  fiveMinuteDays: { min: 7, max: 400 },
  hourlyDays: { min: 30, max: 3_650 },
  maxBytes: { min: 1 << 30 },
} as const;

/** For how long each kind of values is kept, in days. */
export type KeptDays = { readonly raw: number; readonly '5m': number; readonly '1h': number };

/**
 * Days that the oldest file of each kind contains beyond those that are kept, on average: a file goes as a whole, once its last
 * day is too old, and is for a day or a month. Summaries of an hour are in files of a year, which go in the second year at the
 * earliest.
 */
const beyond: KeptDays = { raw: 0.5, '5m': 15, '1h': 0 };

/** What history takes once the oldest values are as old as they may be, bytes; NaN if days are not numbers. */
export function historyBytes(perHostDay: KeptDays, days: KeptDays, hosts: number): number {
  const tiers = ['raw', '5m', '1h'] as const;
  return tiers.reduce((sum, tier) => sum + perHostDay[tier] * (days[tier] + beyond[tier]) * hosts, 0);
}
