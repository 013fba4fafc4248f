import { type Failure, HostError, isLoginRefused } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Hold } from '../../ports/holds.ts';
import { waitAfter } from '../plan.ts';
import { type Holds, numberIn } from './holds.ts';
import type { Before } from './login-guard.ts';

/** How long before a person may offer a refused login again, ms. */
export const personAgainMs = 60_000;

/** The last failed attempt. It is not repeated before `until` (monotonic ms); null: not until a person wants it. */
export type Block = {
  readonly failure: Failure;
  readonly at: number;
  readonly failures: number;
  readonly until: number | null;
};

/** The outcome of the host's login before a restart. */
export function lastLoginOf(hold: Hold | undefined): Before {
  return hold?.failure && isLoginRefused(hold.failure) ? 'refused' : 'new';
}

/** The refused logins of hosts, and of the proxies that their records name; kept across restarts. */
export class Refusals {
  private readonly holds: Holds;
  private readonly kind: 'login' | 'proxy';

  constructor(holds: Holds, kind: 'login' | 'proxy') {
    this.holds = holds;
    this.kind = kind;
  }

  get(hostId: number): Block | undefined {
    const hold = this.holds.get(hostId, this.kind);
    if (!hold?.failure) return undefined;
    return {
      failure: hold.failure,
      at: this.holds.monotonic(numberIn(hold.state, 'at', hold.since)),
      failures: numberIn(hold.state, 'failures', 1),
      until: hold.until === null ? null : this.holds.monotonic(hold.until),
    };
  }

  set(hostId: number, block: Block | undefined): void {
    if (block === undefined) {
      this.holds.delete(hostId, this.kind);
      return;
    }
    const at = this.holds.wall(block.at);
    const before = this.holds.get(hostId, this.kind);
    this.holds.set({
      hostId,
      kind: this.kind,
      failure: block.failure,
      since: before?.failure?.reason === block.failure.reason ? before.since : at,
      until: block.until === null ? null : this.holds.wall(block.until),
      state: { at, failures: block.failures },
    });
  }
}

/** Connections through proxies: a login that a proxy refused waits before it is offered again, as with hosts. */
export class ProxyLogins {
  private readonly clock: Clock;
  private readonly refusals: Refusals;

  constructor(clock: Clock, refusals: Refusals) {
    this.clock = clock;
    this.refusals = refusals;
  }

  /**
   * `hostId`: the host whose record names the proxies. Throws what `work` throws, and a HostError with `retryAt` if the
   * login is held back.
   */
  async through<T>(hostId: number, isPerson: boolean, work: () => Promise<T>): Promise<T> {
    const refused = this.refusals.get(hostId);
    if (refused) {
      const until = isPerson ? refused.at + personAgainMs : refused.until;
      if (until === null || until > this.clock.monotonic()) throw new HostError(refused.failure, { retryAt: until });
    }
    try {
      const done = await work();
      this.refusals.set(hostId, undefined);
      return done;
    } catch (error) {
      if (!(error instanceof HostError) || error.failure.stage !== 'proxy' || error.failure.reason !== 'rejected')
        throw error;
      const [at, failures] = [this.clock.monotonic(), (refused?.failures ?? 0) + 1];
      const until = at + (waitAfter(error.failure, failures) ?? 0);
      this.refusals.set(hostId, { failure: error.failure, at, failures, until });
      throw new HostError(error.failure, { retryAt: until });
    }
  }
}
