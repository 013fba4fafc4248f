type Labels = Readonly<Record<string, string>>;

/** What one line of history is: a metric with its labels. `unit` is the metric's, in base units, as collectors name them. */
export type HistorySeries = { readonly metric: string; readonly labels: Labels; readonly unit: string };

/** A process by its name and what it used: CPU as a ratio of one processor, memory in bytes. */
export type TopProcess = { readonly name: string; readonly value: number };

/** The processes that used most, the highest first; at most three of each are kept. */
export type TopProcesses = { readonly cpu: readonly TopProcess[]; readonly memory: readonly TopProcess[] };

/**
 * The numbers of one host at one time (ms since the epoch, our clock). `values[i]` belongs to `series[i]`; NaN or infinite: none.
 * Pass the same array `series` as long as it holds the same: what is known of it is found by its identity. Values are kept
 * to the quantum of their unit (src/model/quantum.ts).
 */
export type HostSample = {
  readonly hostId: number;
  readonly at: number;
  readonly series: readonly HistorySeries[];
  readonly values: Float64Array;
  readonly top: TopProcesses | null;
};

/** About a second of samples, of all hosts. */
export type Batch = { readonly samples: readonly HostSample[] };

/**
 * What is asked for: the series of some hosts in [from, to), ms since the epoch.
 *
 * `metrics`: a series is meant when it has the name and all given labels; an empty list means all series.
 * `points`: how many times at most. `top`: the top processes too. Beyond {@link historyLimits}: RequestError 400.
 */
export type HistoryQuery = {
  readonly hostIds: readonly number[];
  readonly metrics: readonly { readonly metric: string; readonly labels?: Labels }[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly top?: boolean;
};

/** `series` is of each host; `values` is points × series × hosts. What is beyond these two is left out and counted. */
export const historyLimits = { hosts: 50, metrics: 100, series: 100, points: 4_000, values: 200_000 } as const;

/** Samples not in a file of their own yet, samples as they came, and their summaries of 5 minutes and of an hour. */
export type HistoryTier = 'head' | 'raw' | '5m' | '1h';

/**
 * Why there is nothing: Sonde did not run (`away`); the clock of Sonde's machine was set (`clock`); a file cannot be read
 * (`damaged`); Sonde could not keep up or had no space (`dropped`); the store does not know (`unknown`: the host was offline
 * or not sampled).
 */
export type HistoryGap = {
  readonly from: number;
  readonly to: number;
  readonly why: 'away' | 'clock' | 'damaged' | 'dropped' | 'unknown';
};

/** One value a time of the answer; null where there was none. `count`: of how many samples. */
export type HistoryLine = HistorySeries & {
  readonly min: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly count: readonly number[];
};

export type HostHistory = {
  readonly hostId: number;
  readonly series: readonly HistoryLine[];
  /** Where nothing of the host is known, in order. */
  readonly gaps: readonly HistoryGap[];
  /** In order, at most one a time of the answer: of each the one whose first process used most CPU. Empty unless asked for. */
  readonly top: readonly (TopProcesses & { readonly at: number })[];
};

/**
 * What was found. `times` are ms since the epoch, ascending. `resolution` 0: they are the times of the samples themselves
 * (one host, few samples); else they are where buckets of so many ms begin: every bucket of [from, to), the first at `from`,
 * whether it holds something or not.
 */
export type HistoryAnswer = {
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
  readonly times: readonly number[];
  /** Which tier each part of the span is from, in order. */
  readonly parts: readonly { readonly tier: HistoryTier; readonly from: number; readonly to: number }[];
  /** In the order of the query, also those of which nothing is known. */
  readonly hosts: readonly HostHistory[];
  /** How many series were left out because of the limits. */
  readonly truncated: number;
};

/** How long each tier is kept, days, and how much space all may take: bytes, or null for 20 % of the file system. */
export type Retention = {
  readonly rawDays: number;
  readonly fiveMinuteDays: number;
  readonly hourlyDays: number;
  readonly maxBytes: number | null;
};

export const defaultRetention: Retention = { rawDays: 7, fiveMinuteDays: 60, hourlyDays: 400, maxBytes: null };

/** What the store takes and how it is doing. Bytes on disk, times in ms since the epoch. */
export type StorageReport = {
  readonly tiers: readonly {
    readonly tier: 'raw' | '5m' | '1h';
    readonly files: number;
    readonly bytes: number;
    /** First and last day that have a file, as the beginning of the file's first day; null without files. */
    readonly from: number | null;
    readonly to: number | null;
    /** What a day of one host takes in this fleet, on average; null while nothing is known of it. */
    readonly bytesPerHostDay: number | null;
  }[];
  readonly journalBytes: number;
  /** All files together, what it may take, and what is free on the file system. */
  readonly bytes: number;
  readonly maxBytes: number;
  readonly freeBytes: number;
  /** Hosts that have a sample of the last hour or two. */
  readonly hosts: number;
  /** Since the start: samples that were not kept (queue full, no space, late or in the future), and series beyond the limits. */
  readonly dropped: number;
  readonly truncated: number;
  /** How old the oldest sample is that is only in memory and in the journal, in seconds. */
  readonly journalAgeSeconds: number;
  readonly lastError: { readonly at: number; readonly message: string } | null;
  /** Files that were set aside because they cannot be read. */
  readonly damaged: readonly string[];
};

/**
 * Why history is not kept as it should be: no space (`full`); files that may not be written (`read-only`); a disk that fails
 * (`broken`); files of a newer Sonde, which are only read (`newer`); a file was set aside (`damaged`); the thread of the store ended twice within a minute
 * (`ended`); samples come faster than they can be written (`busy`).
 */
export type HistoryTrouble = {
  readonly reason: 'full' | 'read-only' | 'broken' | 'newer' | 'damaged' | 'ended' | 'busy';
  /** One sentence: what happened, what to do. */
  readonly message: string;
};

/** `reading`: what was not in files yet is being read again after a start; queries wait for it. */
export type HistoryState = {
  readonly status: 'off' | 'reading' | 'on' | 'ended';
  readonly trouble: HistoryTrouble | null;
  readonly dropped: number;
};

/**
 * Keeps the numbers of every host for long. Late samples (not newer than the newest of the host) and those more than 5 minutes
 * in the future are dropped and counted.
 */
export type HistoryStore = {
  /** Never waits, never throws: what cannot be kept is counted. */
  readonly append: (batch: Batch) => void;
  /**
   * Also what was appended right before. Rejects with RequestError: 400 beyond the limits, 503 with a time to try again when
   * eight wait already or the store has ended, 409 while history is off; and with the signal's reason.
   */
  readonly query: (query: HistoryQuery, signal?: AbortSignal) => Promise<HistoryAnswer>;
  /** Rejects like `query`. */
  readonly storage: () => Promise<StorageReport>;
  /** Takes effect at once: files beyond it are removed. */
  readonly retain: (policy: Retention) => Promise<void>;
  /** Removes all of a host. Resolves when nothing of it is found any more; its space comes back later. */
  readonly forget: (hostId: number) => Promise<void>;
  /** Resolves when all that was appended before is in a file. */
  readonly flush: () => Promise<void>;
  readonly state: () => HistoryState;
  /** Whether samples are kept from now on; off, there is no thread and no new file. Absent where it is always on. */
  readonly turn?: (isOn: boolean) => Promise<void>;
  /** Writes what is only in memory, and ends. Never rejects. */
  readonly close: () => Promise<void>;
};
