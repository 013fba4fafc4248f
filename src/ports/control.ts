import type { KnownHostKey, KnownKeys } from '../model/connection/host-key.ts';
import type { Log, LogEntry } from '../model/connection/log.ts';
import type { Failure } from '../model/failure.ts';
import type { Footprint } from '../model/footprint.ts';
import type { Login, OpenedProxy, WatchTarget } from '../model/host.ts';
import type { Sample } from '../model/observation.ts';
import type { Hold } from './holds.ts';

/** How a start or a code ended. The logs are what really happened, in order. */
export type StartResult = { readonly logs: readonly LogEntry[] } & (
  | { readonly outcome: 'started' }
  | { readonly outcome: 'needs-code'; readonly sessionId: string; readonly prompt: string }
  | {
      readonly outcome: 'failed';
      readonly failure: Failure;
      /** Where it was held back, so that nothing was offered: when it may be tried, ms since the epoch; null: not by this person. */
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

/** A host as it would be watched, saved or not. */
export type Draft = {
  readonly target: WatchTarget;
  readonly login: Login | null;
  readonly proxies: readonly OpenedProxy[];
  readonly knownKeys: KnownKeys;
};

/** How a connection test ended: `needs-code` where the host asks for one, which nobody is asked for. */
export type ConnectionTest = {
  readonly outcome: 'ok' | 'needs-code' | 'failed';
  readonly failure: Failure | null;
  readonly hostKey: KnownHostKey | null;
  readonly sample: Sample | null;
  /** As of {@link StartResult}. */
  readonly retryAt?: number | null;
};

/** What HTTP asks of whoever watches a host. Callers have checked that the user may see or manage it. */
export type Control = {
  /**
   * Connects now, as a person would; answers after the second sample, which has shares and rates, or else the first (bounded, about
   * 10 s). Who may not manage the host does not
   * override what is held back; who does has a refused login offered once a minute.
   */
  readonly start: (hostId: number, userId: string, mayOverride: boolean) => Promise<StartResult>;
  /** Connects once with settings that need not be saved; remembers nothing. Never rejects for what a host does. */
  readonly test: (draft: Draft, log: Log, signal: AbortSignal) => Promise<ConnectionTest>;
  /** The host of a login of this user's that waits for a code; null for another user's and for none. */
  readonly hostOfCode: (sessionId: string, userId: string) => number | null;
  readonly answerCode: (sessionId: string, userId: string, code: string) => Promise<CodeResult>;
  /** What happened at the last try to connect to the host, by a person or in the background; empty before the first. */
  readonly connectionLog: (hostId: number) => readonly LogEntry[];
  /** What is held back at the host, and why. */
  readonly holds: (hostId: number) => readonly Hold[];
  /** What watching the host cost it today and yesterday. */
  readonly footprint: (hostId: number) => Footprint;
  /** Ends this user's viewers of the host (or the one named); the connection ends when nobody else watches. */
  readonly stop: (hostId: number, userId: string, viewerId: string | null) => void;
  /**
   * Registers a viewer under the given id or a new unguessable one; starts sampling, every so many seconds where that is
   * more often than the host's policy has it. Null when the bound is reached.
   */
  readonly registerViewer: (
    hostId: number,
    userId: string,
    viewerId: string | null,
    intervalSeconds?: number,
  ) => string | null;
  readonly unregisterViewer: (hostId: number, userId: string, viewerId: string) => void;
  /**
   * A user read the host's snapshot: that counts as looking at it for two minutes, except shortly after they stopped it. Never
   * overrides what is held back, and starts no login that waits for a person.
   */
  readonly read: (hostId: number, userId: string) => void;
  /** How old a snapshot of the host may be while it is being sampled. */
  readonly freshForSeconds: (hostId: number) => number;
  /** False when the viewer is unknown, expired or another user's. */
  readonly heartbeat: (viewerId: string, userId: string) => boolean;
  /** Drops the hosts' connections and polls them afresh. */
  readonly refresh: (hostIds: readonly number[]) => void;
  /** Polls the hosts now, over the connections that they have. */
  readonly poll: (hostIds: readonly number[]) => void;
  /** Drops the hosts' connections; timers stay as they are. */
  readonly clearConnections: (hostIds: readonly number[] | 'all') => void;
  /** The host's settings changed (or it is new): drops its connection, starts afresh with the new ones. */
  readonly hostUpdated: (hostId: number) => Promise<void>;
  /** What is known of the hosts' keys changed: those that wait because of a key are tried at once. */
  readonly hostKeysChanged: (hostIds: readonly number[] | 'all') => void;
  /** Stops polling and forgets status and snapshot; those that list it as a jump host are read anew. */
  readonly hostDeleted: (hostId: number) => Promise<void>;
  /** What hosts are reached or logged in with changed outside of their records (a credential, rights of their owner). */
  readonly hostsChanged: (hostIds: readonly number[]) => Promise<void>;
  /** A host was shared or taken again: whether it is lent to those that list it as a jump host may have changed. */
  readonly sharesChanged: (hostId: number) => Promise<void>;
  /** Global settings that every host follows changed: every running poll follows at once. */
  readonly settingsChanged: () => Promise<void>;
};
