/** What a host was for a while: sampled; up, but not sampled; down; or not known, for the route to it or Sonde's own network was down. */
export const spanStates = ['sampled', 'up', 'down', 'unknown'] as const;
export type SpanState = (typeof spanStates)[number];

/** Times are ms since the epoch; `until` null: it still is so. `cause`: stage and reason of a failure, parted by a space; or empty. */
export type HostSpan = {
  readonly hostId: number;
  readonly since: number;
  readonly until: number | null;
  readonly state: SpanState;
  readonly cause: string;
};

/**
 * A time in which Sonde ran and its clock went on steadily. `why` it is another one than the one before: Sonde was started, it
 * stood still (`stalled`), or the clock was set, or stood still as the machine slept.
 */
export const runReasons = ['start', 'stalled', 'clock'] as const;
export type Run = { readonly since: number; readonly until: number; readonly why: (typeof runReasons)[number] };

/** Keeps them for a year, and a bounded number of them; implemented by `hosts`. */
export type SpanStore = {
  /** The spans that are not over, of all hosts, and the newest run. */
  readonly open: () => Promise<{ readonly spans: readonly HostSpan[]; readonly run: Run | null }>;
  /** Those with the same host and begin, or the same begin, are replaced. All or nothing; of hosts that are gone nothing is kept. */
  readonly save: (spans: readonly HostSpan[], run: Run) => Promise<void>;
  /** What a host was in [from, to), right before and right after, in order. */
  readonly spans: (hostId: number, from: number, to: number) => Promise<readonly HostSpan[]>;
  /** The same of when Sonde ran. */
  readonly runs: (from: number, to: number) => Promise<readonly Run[]>;
  /** Removes what ended before a time, and the oldest of what is too much. */
  readonly prune: (before: number) => Promise<void>;
};
