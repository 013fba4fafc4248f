import type { KnownHostKey, KnownKeys } from '../model/connection/host-key.ts';
import type { Log, LogEntry } from '../model/connection/log.ts';
import type { ScrapeOutcome } from '../model/export/own.ts';
import type { HostSeries } from '../model/export/series.ts';
import type { Failure } from '../model/failure.ts';
import type { CostTotals, Footprint } from '../model/footprint.ts';
import type { Login, OpenedProxy, WatchTarget } from '../model/host.ts';
import type { Sample } from '../model/observation.ts';
import type { Hold } from './holds.ts';

/** How a start or a code ended. The logs contain what really happened, in order. */
export type StartResult = { readonly logs: readonly LogEntry[] } & (
  | { readonly outcome: 'started' }
  | { readonly outcome: 'needs-code'; readonly sessionId: string; readonly prompt: string }
  | {
      readonly outcome: 'failed';
      readonly failure: Failure;
      /**
       * If the login was held back, so that nothing was offered: when it may be tried, ms since the epoch; null: not by
       * this person.
       */
      readonly retryAt?: number | null;
    }
);

/** How an answered code ended. */
export type CodeResult =
  | { readonly outcome: 'started'; readonly hostId: number; readonly logs: readonly LogEntry[] }
  | { readonly outcome: 'unknown-session' | 'expired' | 'not-yours' | 'too-many-tries' }
  | {
      readonly outcome: 'asks-more';
      readonly sessionId: string;
      readonly prompt: string;
      readonly logs: readonly LogEntry[];
    }
  | { readonly outcome: 'wrong-code'; readonly attemptsRemaining: number }
  | { readonly outcome: 'failed'; readonly failure: Failure; readonly logs: readonly LogEntry[] };

/** A host as it would be monitored, saved or not. */
export type Draft = {
  readonly target: WatchTarget;
  readonly login: Login | null;
  readonly proxies: readonly OpenedProxy[];
  readonly knownKeys: KnownKeys;
};

/** How a connection test ended; `needs-code` if the host asks for one, because nobody is asked for it. */
export type ConnectionTest = {
  readonly outcome: 'ok' | 'needs-code' | 'failed';
  readonly failure: Failure | null;
  readonly hostKey: KnownHostKey | null;
  readonly sample: Sample | null;
  /** See {@link StartResult}. */
  readonly retryAt?: number | null;
};

/** A host's series for an export, or why it has none now. */
export type Sampled =
  | { readonly series: HostSeries; readonly failure: null }
  | { readonly series: null; readonly failure: Failure };

/** What HTTP asks of the part that watches hosts. Callers have checked that the user may see or manage the host. */
export type Control = {
  /**
   * Connects now, for a person. Answers after the second sample, which has shares and rates, or otherwise after the
   * first (bounded, about 10 s). A user who may not manage the host cannot override what is held back; one who may can
   * have a refused login offered once a minute.
   */
  readonly start: (hostId: number, userId: string, mayOverride: boolean) => Promise<StartResult>;
  /** Connects once with settings that need not be saved; remembers nothing. Never rejects for a failure of the host. */
  readonly test: (draft: Draft, log: Log, signal: AbortSignal) => Promise<ConnectionTest>;
  /** The host of this user's login that is waiting for a code; null if there is none or it is another user's. */
  readonly hostOfCode: (sessionId: string, userId: string) => number | null;
  readonly answerCode: (sessionId: string, userId: string, code: string) => Promise<CodeResult>;
  /**
   * What happened at the last attempt to connect to the host, by a person or in the background; empty before the first.
   */
  readonly connectionLog: (hostId: number) => readonly LogEntry[];
  /** What is held back for the host, and why. */
  readonly holds: (hostId: number) => readonly Hold[];
  /** A person says that the host's login may do more now: what the host did not permit is asked again at once. */
  readonly askRightsAgain: (hostId: number) => void;
  /** What monitoring the host cost it, today and yesterday. */
  readonly footprint: (hostId: number) => Footprint;
  /** The same since Sonde started; null if it cost the host nothing yet. */
  readonly costTotals: (hostId: number) => CostTotals | null;
  /** How late hosts were polled within the last minutes, by quantile. */
  readonly lateness: () => readonly { readonly quantile: number; readonly seconds: number }[];
  /** Whether Sonde holds a connection to the host now. */
  readonly isConnected: (hostId: number) => boolean;
  /** Ends this user's viewers of the host (or the given one); the connection ends when nobody else is looking. */
  readonly stop: (hostId: number, userId: string, viewerId: string | null) => void;
  /**
   * Registers a viewer under the given id or a new unguessable one, and starts sampling, at the given interval if that
   * is shorter than the policy's. Null if there are too many viewers.
   */
  readonly registerViewer: (
    hostId: number,
    userId: string,
    viewerId: string | null,
    intervalSeconds?: number,
  ) => string | null;
  readonly unregisterViewer: (hostId: number, userId: string, viewerId: string) => void;
  /**
   * A user read the host's snapshot. That counts as looking at it for two minutes, except shortly after they stopped
   * it. Never overrides what is held back, and starts no login that needs a person.
   */
  readonly read: (hostId: number, userId: string) => void;
  /**
   * The host's series, at most `maxAgeMs` old, or else from a sample that is taken now over the connection that is held; any
   * number of callers share one sample. The host counts as wanted, as with `wantedByExport` for five minutes. Answers
   * within `withinMs`, with a failure if there is no sample by then, or at once if it is known that there will be none.
   * A host is not asked twice within 0.9 s, so a sample younger than that is always young enough. Where Sonde itself is too
   * late for a new sample, the newest is the answer if it is at most a minute old and nothing failed since.
   */
  readonly sampleNow: (
    hostId: number,
    options: { readonly maxAgeMs: number; readonly withinMs: number },
  ) => Promise<Sampled>;
  /**
   * An export wants the host until then (ms since the epoch; at most 15 minutes from now): it is connected to and sampled, without
   * a viewer. Never overrides what is held back, and starts no login that needs a person. The samples that exports
   * ask for count: the host is sampled by itself only when there was none for an interval.
   */
  readonly wantedByExport: (hostId: number, untilMs: number) => void;
  /** The host's newest series, from memory; null while no export wants it, before its first sample and after a failure. */
  readonly exported: (hostId: number) => HostSeries | null;
  /** How scrapes were answered since Sonde started. */
  readonly scrapes: () => Readonly<Record<ScrapeOutcome, number>>;
  /** How old a snapshot of the host may be while it is being sampled. */
  readonly freshForSeconds: (hostId: number) => number;
  /** False if the viewer is unknown, expired or another user's. */
  readonly heartbeat: (viewerId: string, userId: string) => boolean;
  /** Drops the hosts' connections and polls them again. */
  readonly refresh: (hostIds: readonly number[]) => void;
  /** Polls the hosts now, over their existing connections. */
  readonly poll: (hostIds: readonly number[]) => void;
  /** Drops the hosts' connections; timers stay as they are. */
  readonly clearConnections: (hostIds: readonly number[] | 'all') => void;
  /** The host is new, or its settings changed: drops its connection and starts again with the new settings. */
  readonly hostUpdated: (hostId: number) => Promise<void>;
  /** The hosts' keys changed: hosts that wait because of a key are tried at once. */
  readonly hostKeysChanged: (hostIds: readonly number[] | 'all') => void;
  /** Stops polling and forgets status and snapshot; hosts that list it as a jump host are read again. */
  readonly hostDeleted: (hostId: number) => Promise<void>;
  /**
   * Something outside the hosts' records changed that affects how they are reached or logged in to (a credential, their
   * owner's rights).
   */
  readonly hostsChanged: (hostIds: readonly number[]) => Promise<void>;
  /**
   * A host was shared, or a share ended: whether it is lent to the hosts that list it as a jump host may have changed.
   */
  readonly sharesChanged: (hostId: number) => Promise<void>;
  /** Global settings that every host uses changed; every running poll applies them at once. */
  readonly settingsChanged: () => Promise<void>;
};
