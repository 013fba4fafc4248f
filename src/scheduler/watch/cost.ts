import type { Failure } from '../../model/failure.ts';
import type { ConnectionWhy, CostTotals, DayCost, Footprint } from '../../model/footprint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Meter, MeteredSocket } from '../../ssh/meter.ts';

const dayMs = 86_400_000;

/** Why a connection is made, and for a retry, after which failure. */
export type Why = { readonly why: ConnectionWhy; readonly after: Pick<Failure, 'stage' | 'reason'> | null };

type Counts = { -readonly [Name in keyof DayCost]: DayCost[Name] extends number ? number : DayCost[Name] };
type Day = Omit<Counts, 'day' | 'connectionReasons'> & {
  readonly number: number;
  readonly reasons: Map<string, number>;
};
type Live = { readonly socket: MeteredSocket; read: number; written: number; isIn: boolean; offers: number };

/**
 * Counts what monitoring costs every host, today and yesterday (UTC). In memory: two days of numbers per host, and the
 * bytes of its open connections.
 */
export function createCosts(clock: Clock) {
  const hosts = new Map<number, HostCost>();
  return {
    of(hostId: number): HostCost {
      const found = hosts.get(hostId) ?? new HostCost(clock);
      hosts.set(hostId, found);
      return found;
    },
    /** The cost of one host so far; nothing is kept for a host that is not watched. */
    read: (hostId: number): Footprint => (hosts.get(hostId) ?? new HostCost(clock)).read(),
    /** Null for a host that cost nothing yet. */
    totals: (hostId: number): CostTotals | null => hosts.get(hostId)?.totals() ?? null,
    forget: (hostId: number): void => void hosts.delete(hostId),
  };
}

export type Costs = ReturnType<typeof createCosts>;

/** What monitoring one host costs it. */
export class HostCost {
  private readonly clock: Clock;
  private readonly live = new Set<Live>();
  private today: Day;
  private yesterday: Day | null = null;
  /** What the days before today cost. */
  private earlier: CostTotals = nothing;

  constructor(clock: Clock) {
    this.clock = clock;
    this.today = emptyDay(clock.now());
  }

  /** Counts one attempt to connect. */
  meter(why: Why): Meter {
    let one: Live | null = null;
    return {
      connected: (socket) => {
        one = this.connected(socket, why);
      },
      offered: (method) => {
        if (one !== null && method !== 'none') one.offers += 1;
      },
      loggedIn: () => {
        if (one === null) return;
        one.isIn = true;
        this.refused(Math.max(0, one.offers - 1));
        this.today.logins += 1;
        this.today.logLines += loginLines;
      },
    };
  }

  pinged(): void {
    this.day().pings += 1;
  }

  /**
   * A sample was taken; `cpuSeconds` is the CPU time that the host's processes used for it, null if the host does not
   * report it.
   */
  sampled(cpuSeconds: number | null): void {
    const day = this.day();
    day.samples += 1;
    if (cpuSeconds !== null) day.hostCpuSeconds = (day.hostCpuSeconds ?? 0) + cpuSeconds;
  }

  read(): Footprint {
    this.day();
    this.settle();
    return { today: costOf(this.today), yesterday: this.yesterday && costOf(this.yesterday) };
  }

  /** Never smaller than before. */
  totals(): CostTotals {
    this.day();
    this.settle();
    return sumOf(this.earlier, this.today);
  }

  private connected(socket: MeteredSocket, { why, after }: Why): Live {
    const one: Live = { socket, read: 0, written: 0, isIn: false, offers: 0 };
    const day = this.day();
    const key = after === null ? why : `${why} ${after.stage}/${after.reason}`;
    day.reasons.set(key, (day.reasons.get(key) ?? 0) + 1);
    day.connections += 1;
    this.live.add(one);
    socket.once('close', () => {
      this.day();
      this.settle();
      this.live.delete(one);
      if (!one.isIn) this.refused(one.offers);
      this.today.logLines += one.isIn ? endLines : endLinesBeforeLogin;
    });
    return one;
  }

  private refused(offers: number): void {
    const day = this.day();
    day.refusedLogins += offers;
    day.logLines += offers;
  }

  /** The current day. Bytes that open connections carried before midnight count for the day before. */
  private day(): Day {
    const now = this.clock.now();
    const number = Math.floor(now / dayMs);
    if (number === this.today.number) return this.today;
    this.settle();
    this.earlier = sumOf(this.earlier, this.today);
    this.yesterday = number === this.today.number + 1 ? this.today : null;
    this.today = emptyDay(now);
    if (this.yesterday !== null) this.today.since = number * dayMs;
    return this.today;
  }

  private settle(): void {
    for (const one of this.live) {
      this.today.receivedBytes += one.socket.bytesRead - one.read;
      this.today.sentBytes += one.socket.bytesWritten - one.written;
      one.read = one.socket.bytesRead;
      one.written = one.socket.bytesWritten;
    }
  }
}

/** Lines of OpenSSH at LogLevel INFO: `Accepted …`; `Received disconnect`, `Disconnected from`; `Connection closed by … [preauth]`. */
const loginLines = 1;
const endLines = 2;
const endLinesBeforeLogin = 1;

function emptyDay(now: number): Day {
  return {
    number: Math.floor(now / dayMs),
    since: now,
    reasons: new Map(),
    connections: 0,
    logins: 0,
    refusedLogins: 0,
    pings: 0,
    samples: 0,
    receivedBytes: 0,
    sentBytes: 0,
    hostCpuSeconds: null,
    logLines: 0,
  };
}

const nothing: CostTotals = {
  samples: 0,
  hostCpuSeconds: null,
  receivedBytes: 0,
  sentBytes: 0,
  logins: 0,
  refusedLogins: 0,
  logLines: 0,
};

function sumOf(one: CostTotals, other: CostTotals): CostTotals {
  return {
    samples: one.samples + other.samples,
    hostCpuSeconds:
      one.hostCpuSeconds === null && other.hostCpuSeconds === null
        ? null
        : (one.hostCpuSeconds ?? 0) + (other.hostCpuSeconds ?? 0),
    receivedBytes: one.receivedBytes + other.receivedBytes,
    sentBytes: one.sentBytes + other.sentBytes,
    logins: one.logins + other.logins,
    refusedLogins: one.refusedLogins + other.refusedLogins,
    logLines: one.logLines + other.logLines,
  };
}

function costOf({ number, reasons, ...counts }: Day): DayCost {
  return {
    day: new Date(number * dayMs).toISOString().slice(0, 10),
    ...counts,
    connectionReasons: [...reasons].map(([key, count]) => {
      const [why, after] = key.split(' ');
      // Safe: the keys are built above from these very words.
      return { why, after: after ?? null, count } as DayCost['connectionReasons'][number];
    }),
  };
}
