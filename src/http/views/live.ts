import type { HopStatus } from '../../model/connection/hop.ts';
import type { snapshotView, statusView } from '../views.ts';
import type { footprintView } from './footprint.ts';

/**
 * What `GET /live` sends. Every event is the whole latest state of what it names, so one that was skipped is made good by
 * the next; `point` alone adds to what came before, and says what that was.
 */
export type LiveEvents = {
  /** Every 15 s, so that silence can be told from death. `now`: our clock, ISO 8601 UTC. */
  readonly ping: { readonly now: string };
  readonly hello: LiveHello;
  readonly hosts: readonly LiveHost[];
  readonly gone: readonly number[];
  readonly statuses: readonly LiveStatus[];
  readonly vitals: readonly LiveVitals[];
  readonly snapshot: LiveSnapshot;
  readonly recent: LiveRecent;
  readonly point: LivePoint;
};

/** The first event of every connection. */
export type LiveHello = {
  readonly version: string;
  /** Our clock, ISO 8601 UTC. */
  readonly now: string;
  /** True: what follows is what changed since the id that was given. False: it is everything, forget the rest. */
  readonly resumed: boolean;
  /** All hosts that the user may see; any other is gone. */
  readonly ids: readonly number[];
};

/** What lists show of a host's record. */
export type LiveHost = {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly connectionType: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly pin: boolean;
  readonly mine: boolean;
  readonly owner: string;
  readonly statusCheckEnabled: boolean;
  readonly metricsEnabled: boolean;
  readonly collectAlways: boolean;
  /** Seconds between two samples while metrics are wanted. */
  readonly metricsInterval: number;
};

/** A host's status; `status` null: never checked. The failure is the newest one, also of an online host that cannot be sampled. */
export type LiveStatus = Omit<ReturnType<typeof statusView>, 'status' | 'lastChecked' | 'since'> & {
  readonly id: number;
  readonly status: 'online' | 'offline' | null;
  readonly lastChecked: string | null;
  readonly since: string | null;
  /** Since when the host is this for this cause, ISO 8601 UTC. */
  readonly stateSince: string | null;
  /** The way to the host, from Sonde outwards. */
  readonly hops: readonly HopStatus[];
};

/** A host's headline numbers with their lines of the last minutes, oldest first; null where nothing is known. */
export type LiveVitals = {
  readonly id: number;
  /** When the sample was taken, ISO 8601 UTC. */
  readonly at: string;
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly load1: number | null;
  readonly cores: number | null;
  readonly uptimeSeconds: number | null;
  /** The fullest file system that is shown. */
  readonly disk: { readonly mount: string; readonly percent: number } | null;
  /** Bytes a second over the physical interfaces. */
  readonly receivedBps: number | null;
  readonly sentBps: number | null;
  readonly os: string | null;
  /** How many sections have an error other than not being there to have. */
  readonly sectionErrors: number;
  readonly lines: {
    readonly cpuPercent: readonly (number | null)[];
    readonly memoryPercent: readonly (number | null)[];
    readonly load1: readonly (number | null)[];
    readonly diskPercent: readonly (number | null)[];
    /** Received and sent together. */
    readonly networkBps: readonly (number | null)[];
  };
};

/** The snapshot of a host in view, as `GET /metrics/:id` answers it, and what watching costs it. */
export type LiveSnapshot = {
  readonly id: number;
  readonly snapshot: ReturnType<typeof snapshotView>;
  readonly footprint: ReturnType<typeof footprintView>;
};

/** One line of numbers: a metric with its labels. Base units: ratios 0…1, bytes, seconds, degrees Celsius. */
export type Series = {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string;
  /** One a time, null where the sample had none. */
  readonly values: readonly (number | null)[];
};

/** The samples of a host in view that are kept in memory, oldest first. */
export type LiveRecent = {
  readonly id: number;
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
};

/** One more sample. Where `after` is not the last time that the client has, a `recent` follows by itself. */
export type LivePoint = {
  readonly id: number;
  readonly after: number | null;
  readonly time: number;
  readonly series: readonly (Omit<Series, 'values'> & { readonly value: number })[];
};
