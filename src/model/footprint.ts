import type { Reason, Stage } from './failure.ts';

/**
 * What led to a connection. `retry`: an earlier attempt failed, see `after`; `watched`: somebody looks at the host
 * again.
 */
export type ConnectionWhy = 'first' | 'settings' | 'person' | 'watched' | 'lost' | 'retry';

/** What one day of monitoring cost a host. Times are ms since the epoch. */
export type DayCost = {
  /** The UTC day, `2026-11-25`. */
  readonly day: string;
  /** When counting began: at midnight, or when Sonde started. */
  readonly since: number;
  /** TCP connections to its SSH port that were more than a ping. */
  readonly connections: number;
  readonly connectionReasons: readonly {
    readonly why: ConnectionWhy;
    /** For a retry, the failure before it. */
    readonly after: `${Stage}/${Reason}` | null;
    readonly count: number;
  }[];
  readonly logins: number;
  /** Passwords, keys and answers that the host refused. */
  readonly refusedLogins: number;
  readonly pings: number;
  readonly samples: number;
  /** On the sockets of its connections, encrypted. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** CPU time of the sampler and its commands as the host counts it; null if it does not report it. */
  readonly hostCpuSeconds: number | null;
  /** Lines in sshd's log, computed from the above by the rule in docs/rate-limits.md. */
  readonly logLines: number;
};

/** Today, and the day before if it was counted. */
export type Footprint = { readonly today: DayCost; readonly yesterday: DayCost | null };

/** What monitoring a host cost it since Sonde started, or since the host was added: these only grow. */
export type CostTotals = Pick<
  DayCost,
  'samples' | 'hostCpuSeconds' | 'receivedBytes' | 'sentBytes' | 'logins' | 'refusedLogins' | 'logLines'
>;
