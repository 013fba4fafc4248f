/** The kinds of packets that are counted separately. */
export type PacketKind = 'data' | 'answer' | 'unasked' | 'key-exchange' | 'announced-keys' | 'login-round' | 'refusal';

type Limit = { readonly burst: number; readonly perSecond: number; readonly isPerChannel?: true };

/**
 * How many packets of each kind a server may send at once, and how many per second after that. `isPerChannel`: the rate
 * applies once for the connection and once more for each open channel, because a jump host carries the packets of all
 * hosts behind it.
 */
const packetLimits: Readonly<Record<PacketKind, Limit>> = {
  // Twice an answer of 8 MB in packets of 1 KB.
  data: { burst: 20_000, perSecond: 1_000, isPerChannel: true },
  answer: { burst: 2_000, perSecond: 200, isPerChannel: true },
  // A server sends keep-alives once a second at most.
  unasked: { burst: 1_000, perSecond: 50 },
  // Each costs both sides milliseconds. Servers exchange keys once an hour or once per gigabyte.
  'key-exchange': { burst: 20, perSecond: 0.1 },
  // OpenSSH announces its keys once, after the login.
  'announced-keys': { burst: 5, perSecond: 0.01 },
  'login-round': { burst: 10, perSecond: 0 },
  refusal: { burst: 20, perSecond: 0 },
};

const byteLimits = {
  asked: { burst: 64 * 1024 ** 2, perSecond: 4 * 1024 ** 2, isPerChannel: true },
  unasked: { burst: 2 * 1024 ** 2, perSecond: 64 * 1024 },
} as const satisfies Readonly<Record<string, Limit>>;

/** A bucket that packets drain and time refills. */
class Bucket {
  private readonly limit: Limit;
  private left: number;
  private at: number;

  constructor(limit: Limit, nowMs: number) {
    this.limit = limit;
    this.left = limit.burst;
    this.at = nowMs;
  }

  /** Returns whether it held enough. */
  take(amount: number, nowMs: number, channels: number): boolean {
    const { burst, perSecond, isPerChannel } = this.limit;
    const rate = isPerChannel ? perSecond * (1 + channels) : perSecond;
    this.left = Math.min(burst, this.left + ((nowMs - this.at) / 1000) * rate) - amount;
    this.at = nowMs;
    return this.left >= 0;
  }

  fill(): void {
    this.left = this.limit.burst;
  }
}

/** What one server may still send. Times are monotonic ms. */
export class FloodBudget {
  private readonly packets: Readonly<Record<PacketKind, Bucket>>;
  private readonly bytes: Readonly<Record<keyof typeof byteLimits, Bucket>>;

  constructor(nowMs: number) {
    const bucket = (limit: Limit): Bucket => new Bucket(limit, nowMs);
    this.packets = {
      data: bucket(packetLimits.data),
      answer: bucket(packetLimits.answer),
      unasked: bucket(packetLimits.unasked),
      'key-exchange': bucket(packetLimits['key-exchange']),
      'announced-keys': bucket(packetLimits['announced-keys']),
      'login-round': bucket(packetLimits['login-round']),
      refusal: bucket(packetLimits.refusal),
    };
    this.bytes = { asked: bucket(byteLimits.asked), unasked: bucket(byteLimits.unasked) };
  }

  /** Takes one packet; false if there were too many of its kind, or too many bytes. */
  take(kind: PacketKind, size: number, nowMs: number, channels: number): boolean {
    if (kind === 'refusal') this.packets['login-round'].fill();
    const isEnough = this.packets[kind].take(1, nowMs, channels);
    return this.bytes[kind === 'data' ? 'asked' : 'unasked'].take(size, nowMs, channels) && isEnough;
  }
}
