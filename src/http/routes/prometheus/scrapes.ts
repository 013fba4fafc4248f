import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../../ports/clock.ts';
import { userOf } from '../../auth.ts';

/** How long a host counts as scraped, ms: several scrapes may be missed. */
const countedMs = 300_000;
const maxUsers = 10_000;

type OfUser = {
  lastAt: number;
  lastKey: string | null;
  /** Host → when it was last scraped, ms since the epoch; in that order. */
  readonly hosts: Map<number, number>;
};

/** What was scraped lately, by user: whether an export works is seen here. */
export class Scrapes {
  readonly #clock: Clock;
  readonly #users = new Map<string, OfUser>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A host was scraped, whatever the answer; null: Sonde itself was. */
  note(request: FastifyRequest, hostId: number | null): void {
    const now = this.#clock.now();
    const { id } = userOf(request);
    const own = this.#users.get(id) ?? { lastAt: now, lastKey: null, hosts: new Map<number, number>() };
    if (this.#users.size >= maxUsers) this.#users.clear();
    this.#users.set(id, own);
    own.lastAt = now;
    own.lastKey = request.principal?.apiKeyName ?? null;
    if (hostId === null) return;
    own.hosts.delete(hostId);
    own.hosts.set(hostId, now);
  }

  /** When the user's keys scraped last, the name of the key (null: a session), and how many of these hosts they scrape. */
  of(
    userId: string,
    hostIds: Iterable<number>,
  ): { readonly lastAt: number | null; readonly lastKey: string | null; readonly hosts: number } {
    const own = this.#users.get(userId);
    if (!own) return { lastAt: null, lastKey: null, hosts: 0 };
    const since = this.#clock.now() - countedMs;
    for (const [hostId, at] of own.hosts) {
      if (at >= since) break;
      own.hosts.delete(hostId);
    }
    let hosts = 0;
    for (const hostId of hostIds) if (own.hosts.has(hostId)) hosts += 1;
    return { lastAt: own.lastAt, lastKey: own.lastKey, hosts };
  }
}
