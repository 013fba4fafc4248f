import type { Failure } from '../../model/failure.ts';
import type { ConnectionWhy, DayCost, Footprint } from '../../model/footprint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Meter, MeteredSocket } from '../../ssh/meter.ts';

const dayMs = 86_400_000;

/** Why a connection is made, and after which failure where it is a retry. */
export type Why = { readonly why: ConnectionWhy; readonly after: Pick<Failure, 'stage' | 'reason'> | null };

type Counts = { -readonly [Name in keyof DayCost]: DayCost[Name] extends number ? number : DayCost[Name] };
type Day = Omit<Counts, 'day' | 'connectionReasons'> & {
  readonly number: number;
  readonly reasons: Map<string, number>;
};
type Live = { readonly socket: MeteredSocket; read: number; written: number; isIn: boolean; offers: number };

/**
 * Counts what watching costs every host, today and yesterday (UTC), in memory: two days of numbers a host, and what its open
 * connections moved.
 */
export function createFootprints(clock: Clock) {
  const hosts = new Map<number, ReturnType<typeof createFootprint>>();
  return {
    of(hostId: number): HostFootprint {
      const found = hosts.get(hostId) ?? createFootprint(clock);
      hosts.set(hostId, found);
      return found;
    },
    /** What is known of a host; nothing is kept for one that is not watched. */
    read: (hostId: number): Footprint => (hosts.get(hostId) ?? createFootprint(clock)).read(),
    forget: (hostId: number): void => void hosts.delete(hostId),
  };
}

function createFootprint(clock: Clock) {
  let today = emptyDay(clock.now());
  let yesterday: Day | null = null;
  const live = new Set<Live>();

  /** The day of now. Bytes that open connections moved before midnight belong to the day before. */
  function day(): Day {
    const now = clock.now();
    const number = Math.floor(now / dayMs);
    if (number === today.number) return today;
    settle();
    yesterday = number === today.number + 1 ? today : null;
    today = emptyDay(now);
    if (yesterday !== null) today.since = number * dayMs;
    return today;
  }

  function settle(): void {
    for (const one of live) {
      today.receivedBytes += one.socket.bytesRead - one.read;
      today.sentBytes += one.socket.bytesWritten - one.written;
      one.read = one.socket.bytesRead;
      one.written = one.socket.bytesWritten;
    }
  }

  function refused(offers: number): void {
    day().refusedLogins += offers;
    today.logLines += offers;
  }

  function connected(socket: MeteredSocket, { why, after }: Why): Live {
    const one: Live = { socket, read: 0, written: 0, isIn: false, offers: 0 };
    const { reasons } = day();
    const key = after === null ? why : `${why} ${after.stage}/${after.reason}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
    today.connections += 1;
    live.add(one);
    socket.once('close', () => {
      day();
      settle();
      live.delete(one);
      if (!one.isIn) refused(one.offers);
      today.logLines += one.isIn ? endLines : endLinesBeforeLogin;
    });
    return one;
  }

  return {
    /** Counts one try to connect. */
    meter(why: Why): Meter {
      let one: Live | null = null;
      return {
        connected: (socket) => {
          one = connected(socket, why);
        },
        offered: (method) => {
          if (one !== null && method !== 'none') one.offers += 1;
        },
        loggedIn: () => {
          if (one === null) return;
          one.isIn = true;
          refused(Math.max(0, one.offers - 1));
          today.logins += 1;
          today.logLines += loginLines;
        },
      };
    },
    pinged(): void {
      day().pings += 1;
    },
    /** A sample was taken; `cpuSeconds` is what the host's processes used for it, null where it does not say. */
    sampled(cpuSeconds: number | null): void {
      day().samples += 1;
      if (cpuSeconds !== null) today.hostCpuSeconds = (today.hostCpuSeconds ?? 0) + cpuSeconds;
    },
    read(): Footprint {
      day();
      settle();
      return { today: costOf(today), yesterday: yesterday && costOf(yesterday) };
    },
  };
}

export type HostFootprint = ReturnType<typeof createFootprint>;
export type Footprints = ReturnType<typeof createFootprints>;

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

function costOf({ number, reasons, ...counts }: Day): DayCost {
  return {
    day: new Date(number * dayMs).toISOString().slice(0, 10),
    ...counts,
    connectionReasons: [...reasons].map(([key, count]) => {
      const [why, after] = key.split(' ');
      // Safe: the keys are made above, of these very words.
      return { why, after: after ?? null, count } as DayCost['connectionReasons'][number];
    }),
  };
}
