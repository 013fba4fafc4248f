import type { Clock } from '../ports/clock.ts';

const lifeMs = 120_000;
/** A client that stops its sampling may read once more; that read does not start sampling again. */
const afterStopMs = 30_000;
const maxPerUser = 500;
const maxReadings = 10_000;

/**
 * Programs that only read snapshots: each read counts as looking at the host for two minutes. Bounded per user and in
 * total; readers over the bound get what is there already.
 */
export class Readings {
  readonly #clock: Clock;
  /** Host → user → when their reading expires, monotonic ms. */
  readonly #hosts = new Map<number, Map<string, number>>();
  readonly #perUser = new Map<string, number>();
  /** User and host → until when their reads do not count. */
  readonly #stopped = new Map<string, number>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A user reads a host; true if they were not reading it before. */
  note(hostId: number, userId: string): boolean {
    const now = this.#clock.monotonic();
    if ((this.#stopped.get(`${userId} ${hostId}`) ?? 0) > now) return false;
    const users = this.#hosts.get(hostId) ?? new Map<string, number>();
    const isNew = !users.has(userId);
    if (isNew) {
      const own = this.#perUser.get(userId) ?? 0;
      if (own >= maxPerUser || this.#count >= maxReadings) return false;
      this.#perUser.set(userId, own + 1);
      this.#count += 1;
    }
    this.#hosts.set(hostId, users.set(userId, now + lifeMs));
    return isNew;
  }

  isRead(hostId: number): boolean {
    return this.#hosts.has(hostId);
  }

  /** A user stopped their sampling of a host: their reads do not count for a while. */
  stop(hostId: number, userId: string): void {
    this.end(hostId, userId);
    if (this.#stopped.size < maxReadings)
      this.#stopped.set(`${userId} ${hostId}`, this.#clock.monotonic() + afterStopMs);
  }

  end(hostId: number, userId: string): void {
    const users = this.#hosts.get(hostId);
    if (!users?.delete(userId)) return;
    if (users.size === 0) this.#hosts.delete(hostId);
    this.#count -= 1;
    const own = (this.#perUser.get(userId) ?? 1) - 1;
    if (own > 0) this.#perUser.set(userId, own);
    else this.#perUser.delete(userId);
  }

  removeHost(hostId: number): void {
    for (const userId of this.#hosts.get(hostId)?.keys() ?? []) this.end(hostId, userId);
  }

  /** Removes expired readings and returns the hosts that lost one. */
  expire(): readonly number[] {
    const now = this.#clock.monotonic();
    for (const [key, until] of this.#stopped) if (until <= now) this.#stopped.delete(key);
    const lost: number[] = [];
    for (const [hostId, users] of this.#hosts) {
      for (const [userId, at] of users) {
        if (at > now) continue;
        this.end(hostId, userId);
        lost.push(hostId);
      }
    }
    return lost;
  }
}
