/** What alerts know of a host: what selects it, and what is wanted of it. */
export type AlertHost = {
  readonly id: number;
  readonly ownerId: string;
  readonly name: string;
  readonly address: string;
  readonly tags: readonly string[];
  readonly folder: string;
  readonly statusCheckEnabled: boolean;
  readonly statusIntervalSeconds: number;
  readonly metricsEnabled: boolean;
  /** Sampled also while nobody looks. */
  readonly collectAlways: boolean;
  readonly metricsIntervalSeconds: number;
  /** The hosts that it is reached through, and those that it depends on. */
  readonly parents: readonly number[];
};
