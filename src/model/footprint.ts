import type { Reason, Stage } from './failure.ts';

/** What led to a connection. `retry`: an earlier try failed, see `after`; `watched`: somebody looks at the host again. */
export type ConnectionWhy = 'first' | 'settings' | 'person' | 'watched' | 'lost' | 'retry';

/** What one day of watching cost a host. Times are ms since the epoch. */
export type DayCost = {
  /** The UTC day, `2026-11-25`. */
  readonly day: string;
  /** Since when this is counted: midnight, or when Sonde started. */
  readonly since: number;
  /** TCP connections to its SSH port that were more than a ping. */
  readonly connections: number;
  readonly connectionReasons: readonly {
    readonly why: ConnectionWhy;
    /** The failure that a retry came after. */
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
  /** What the sampler and its commands used by the host's own count; null where it does not say. */
  readonly hostCpuSeconds: number | null;
  /** Lines in sshd's log, computed from the above by the rule of docs/rate-limits.md. */
  readonly logLines: number;
};

/** Today, and the day before where it was counted. */
export type Footprint = { readonly today: DayCost; readonly yesterday: DayCost | null };
