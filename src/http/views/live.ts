import type { OpenIncidents } from '../../model/alerts/incident.ts';
import type { HopStatus } from '../../model/connection/hop.ts';
import type { ListedHost } from '../../model/host.ts';
import type { snapshotView, statusView } from '../views.ts';
import type { footprintView } from './footprint.ts';
import type { headlineView } from './headline.ts';

/**
 * What `GET /live` sends. Every event contains the whole latest state of its subject, so a skipped one is made good by
 * the next. Only `point` adds to what came before, and it says to what.
 */
export type LiveEvents = {
  /** Every 15 s, so that silence is recognised as a dead connection. `now`: our clock, ISO 8601 UTC. */
  readonly ping: { readonly now: string };
  readonly hello: LiveHello;
  readonly hosts: readonly LiveHost[];
  readonly gone: readonly number[];
  readonly statuses: readonly LiveStatus[];
  readonly vitals: readonly LiveVitals[];
  readonly snapshot: LiveSnapshot;
  readonly recent: LiveRecent;
  readonly point: LivePoint;
  /** At connect, and when it has changed: which incidents are open. `GET /incidents` has them. */
  readonly incidents: LiveIncidents;
};

export type LiveIncidents = OpenIncidents;

/** The first event of every connection. */
export type LiveHello = {
  readonly version: string;
  /** Our clock, ISO 8601 UTC. */
  readonly now: string;
  /** True: what follows is what has changed since the given id. False: everything follows; discard what you have. */
  readonly resumed: boolean;
  /** All hosts that the user may see; any others are gone. */
  readonly ids: readonly number[];
};

/** What lists show of a host's record. */
export type LiveHost = ListedHost;

/**
 * A host's status; `status` null: never checked. The failure is the newest one, including that of an online host that
 * cannot be sampled.
 */
export type LiveStatus = Omit<ReturnType<typeof statusView>, 'status' | 'lastChecked' | 'since'> & {
  readonly id: number;
  readonly status: 'online' | 'offline' | null;
  readonly lastChecked: string | null;
  readonly since: string | null;
  /** How long the host has had this status for this cause: since when, ISO 8601 UTC. */
  readonly stateSince: string | null;
  /** The hops of the route to the host, from Sonde outwards. */
  readonly hops: readonly HopStatus[];
};

/** A host's headline numbers with their lines of the last minutes, oldest first; null if unknown. */
export type LiveVitals = Readonly<ReturnType<typeof headlineView>> & {
  readonly id: number;
  /** When the sample was taken, ISO 8601 UTC. */
  readonly at: string;
  readonly load1: number | null;
  readonly cores: number | null;
  readonly os: string | null;
  /** How many sections have an error other than missing software. */
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

/** The snapshot of a host in view, as in `GET /metrics/:id`, and what monitoring costs it. */
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
  /** One value per time, null if the sample had none. */
  readonly values: readonly (number | null)[];
};

/** The samples of a host in view that are kept in memory, oldest first. */
export type LiveRecent = {
  readonly id: number;
  /** ms since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
};

/** One more sample. If `after` is not the last time that the client has, a `recent` follows by itself. */
export type LivePoint = {
  readonly id: number;
  readonly after: number | null;
  readonly time: number;
  readonly series: readonly (Omit<Series, 'values'> & { readonly value: number })[];
};
