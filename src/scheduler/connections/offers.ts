import { HostError, isLoginRefused } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ask } from '../../ssh/login/authentication.ts';
import { type Block, personAgainMs } from './refusals.ts';

const maxOffers = 20_000;

/**
 * Recently refused logins, by login and by where they were offered: people press a button again and again, and a host
 * would lock the account for it.
 */
export class Offers {
  private readonly clock: Clock;
  private readonly refusedAt = new Map<string, number>();
  private readonly trying = new Set<string>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** When a person may offer it again (monotonic ms); null: now. */
  until(login: string): number | null {
    const now = this.clock.monotonic();
    if (this.trying.has(login)) return now + personAgainMs;
    const until = (this.refusedAt.get(login) ?? Number.NEGATIVE_INFINITY) + personAgainMs;
    return until > now ? until : null;
  }

  /** Runs an attempt; no other attempt with the same login may run at the same time. */
  async alone<T>(login: string, work: () => Promise<T>): Promise<T> {
    this.trying.add(login);
    try {
      return await work();
    } finally {
      this.trying.delete(login);
    }
  }

  /** Restores what was refused before a restart. */
  recall(login: string, block: Pick<Block, 'failure' | 'at'> | undefined): void {
    if (block && isLoginRefused(block.failure)) this.refused(login, block.at);
  }

  private refused(login: string, at: number = this.clock.monotonic()): void {
    if (this.refusedAt.size >= maxOffers) this.forgetOld();
    this.refusedAt.delete(login);
    this.refusedAt.set(login, at);
  }

  /** Records the outcome of a login, unless a person supplied part of it: that part may have been wrong. */
  async noting<T>(login: string, ask: Ask | null, connect: (ask: Ask | null) => Promise<T>): Promise<T> {
    let wasAsked = false;
    const asking: Ask | null =
      ask &&
      ((...question) => {
        wasAsked = true;
        return ask(...question);
      });
    try {
      const made = await connect(asking);
      this.refusedAt.delete(login);
      return made;
    } catch (error) {
      const reason = error instanceof HostError && !error.failure.hop ? error.failure : null;
      if (reason?.stage === 'auth' && isLoginRefused(reason) && !wasAsked) this.refused(login);
      throw error;
    }
  }

  /** Drops the oldest first. */
  private forgetOld(): void {
    const old = this.clock.monotonic() - personAgainMs;
    for (const [login, at] of this.refusedAt) {
      if (at > old && this.refusedAt.size < maxOffers) return;
      this.refusedAt.delete(login);
    }
  }
}
