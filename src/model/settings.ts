import type { HostKeyPolicy } from './connection/host-key.ts';

/** The global settings. Intervals in seconds, 10…3600. */
export type GlobalSettings = {
  readonly statusCheckInterval: number;
  readonly metricsInterval: number;
  /** Sample hosts also when nobody watches them. */
  readonly collectAlways: boolean;
  readonly hostKeyPolicy: HostKeyPolicy;
  /** Where the hosts of users who are no admins may not be: addresses and networks (`10.0.0.0/8`). */
  readonly deniedNetworks: readonly string[];
};
