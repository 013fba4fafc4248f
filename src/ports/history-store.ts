type Labels = Readonly<Record<string, string>>;

/** One line of history: a metric with its labels. `unit` is the metric's base unit, as its collector names it. */
export type HistorySeries = { readonly metric: string; readonly labels: Labels; readonly unit: string };

/** A process: its name and what it used, CPU as a ratio of one processor or memory in bytes. */
export type TopProcess = { readonly name: string; readonly value: number };

/** The processes that used most, the highest first. At most three of each are kept. */
export type TopProcesses = { readonly cpu: readonly TopProcess[]; readonly memory: readonly TopProcess[] };

/**
 * The numbers of one host at one time (ms since the epoch, our clock). `values[i]` belongs to `series[i]`; NaN or an
 * infinite value means that there is none. Pass the same array `series` while its contents do not change: the store
 * recognises it by identity. Values are rounded to the quantum of their unit (src/model/quantum.ts).
 */
export type HostSample = {
  readonly hostId: number;
  readonly at: number;
  readonly series: readonly HistorySeries[];
  readonly values: Float64Array;
  readonly top: TopProcesses | null;
};

/** The samples of all hosts from about one second. */
export type Batch = { readonly samples: readonly HostSample[] };

/**
 * A question: the series of some hosts in [from, to), ms since the epoch.
 *
 * `metrics`: a series matches if it has the name and all given labels; an empty list matches every series.
 * `points`: the most times to answer with. `top`: include the top processes. Beyond {@link historyLimits}: RequestError 400.
 */
export type HistoryQuery = {
  readonly hostIds: readonly number[];
  readonly metrics: readonly { readonly metric: string; readonly labels?: Labels }[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly top?: boolean;
};

/** `series` is per host; `values` is points × series × hosts. What exceeds these two is left out and counted. */
export const historyLimits = { hosts: 50, metrics: 100, series: 100, points: 4_000, values: 200_000 } as const;

/** Samples that are only in memory and in the journal, all samples, and summaries of 5 minutes and of an hour. */
export type HistoryTier = 'head' | 'raw' | '5m' | '1h';

/**
 * Why a span has no values: Sonde did not run (`away`); the clock of Sonde's machine was set (`clock`); a file cannot be
 * read (`damaged`); Sonde could not keep up or had no space (`dropped`); the store does not know (`unknown`: the host was
 * offline or not sampled).
 */
export type HistoryGap = {
  readonly from: number;
  readonly to: number;
  readonly why: 'away' | 'clock' | 'damaged' | 'dropped' | 'unknown';
};

/** One value per time of the answer; null where there was none. `count`: how many samples it is made of. */
export type HistoryLine = HistorySeries & {
  readonly min: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly count: readonly number[];
};

export type HostHistory = {
  readonly hostId: number;
  readonly series: readonly HistoryLine[];
  /** Spans without any value of the host, in order. */
  readonly gaps: readonly HistoryGap[];
  /** In order, at most one per time of the answer: the sample whose first process used most CPU. Empty unless asked for. */
  readonly top: readonly (TopProcesses & { readonly at: number })[];
};

/**
 * An answer. `times` are ms since the epoch, ascending. With `resolution` 0 they are the times of the samples themselves
 * (one host, few samples). Otherwise each is the start of a bucket that is `resolution` ms long; every bucket of [from, to)
 * is listed, also the empty ones, and the first starts at `from`.
 */
export type HistoryAnswer = {
  readonly from: number;
  readonly to: number;
  readonly resolution: number;
  readonly times: readonly number[];
  /** The tier that each part of the span was read from, in order. */
  readonly parts: readonly { readonly tier: HistoryTier; readonly from: number; readonly to: number }[];
  /** In the order of the query, also hosts of which nothing is known. */
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

/** How much space the store uses, and how it is doing. Bytes on disk, times in ms since the epoch. */
export type StorageReport = {
  readonly tiers: readonly {
    readonly tier: 'raw' | '5m' | '1h';
    readonly files: number;
    readonly bytes: number;
    /** Start of the first day of the oldest and of the newest file; null without files. */
    readonly from: number | null;
    readonly to: number | null;
    /** What a day of one host takes in this fleet, on average; null while that is not known. */
    readonly bytesPerHostDay: number | null;
  }[];
  readonly journalBytes: number;
  /** What all files take together, what they may take, and what is free on the file system. */
  readonly bytes: number;
  readonly maxBytes: number;
  readonly freeBytes: number;
  /** Hosts that were sampled in the last hour or two. */
  readonly hosts: number;
  /** Since the start: samples that were not stored (queue full, no space, late or in the future), and series beyond the limits. */
  readonly dropped: number;
  readonly truncated: number;
  /** Age of the oldest sample that is only in memory and in the journal, in seconds. */
  readonly journalAgeSeconds: number;
  readonly lastError: { readonly at: number; readonly message: string } | null;
  /** Files that were set aside because they cannot be read. */
  readonly damaged: readonly string[];
};

/**
 * Why history is not kept as it should be: no space (`full`); files that may not be written (`read-only`); a disk that fails
 * (`broken`); files of a newer Sonde, which are only read (`newer`); a file was set aside (`damaged`); files were removed or
 * replaced while they were in use (`gone`); the thread of the store ended twice within a minute (`ended`); samples come faster than they can be written (`busy`).
 */
export type HistoryTrouble = {
  readonly reason: 'full' | 'read-only' | 'broken' | 'newer' | 'damaged' | 'gone' | 'ended' | 'busy';
  /** What happened and what to do, in one sentence. */
  readonly message: string;
};

/** `reading`: after a start, the journal is being read; queries wait for it. */
export type HistoryState = {
  readonly status: 'off' | 'reading' | 'on' | 'ended';
  readonly trouble: HistoryTrouble | null;
  readonly dropped: number;
};

/**
 * Stores the numbers of every host for a long time. A sample that is not newer than the newest of its host, or more than
 * 5 minutes in the future, is dropped and counted.
 */
export type HistoryStore = {
  /** Never waits and never throws: a sample that cannot be stored is counted. */
  readonly append: (batch: Batch) => void;
  /**
   * Includes what was appended right before. Rejects with RequestError: 400 beyond the limits, 503 with a time to try again
   * if eight queries are waiting or the store has ended, 409 while history is off. Rejects with the signal's reason if it is aborted.
   */
  readonly query: (query: HistoryQuery, signal?: AbortSignal) => Promise<HistoryAnswer>;
  /** Rejects like `query`. */
  readonly storage: () => Promise<StorageReport>;
  /** Takes effect at once: files that are too old or too large are removed. */
  readonly retain: (policy: Retention) => Promise<void>;
  /** Removes everything about a host. Resolves when no query finds it any more; its space is freed later. */
  readonly forget: (hostId: number) => Promise<void>;
  /** Resolves when everything appended before is in a file. */
  readonly flush: () => Promise<void>;
  /**
   * When samples were last written before the store was opened, ms since the epoch: Sonde still ran then. Null: it is not known,
   * or none were. Absent where nothing outlives the process.
   */
  readonly seen?: () => Promise<number | null>;
  readonly state: () => HistoryState;
  /** Whether samples are kept from now on; off, there is no thread and no new file. Absent where it is always on. */
  readonly turn?: (isOn: boolean) => Promise<void>;
  /** Writes what is only in memory, then ends the store. Never rejects. */
  readonly close: () => Promise<void>;
};
