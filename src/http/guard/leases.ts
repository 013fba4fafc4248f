import type { Identity } from '../../identity/identity.ts';
import { RequestError } from '../../lib/errors.ts';

type Lease = { readonly token: string; readonly end: () => void };

/** Long answers, such as streams, that end with the session, API key or user that asked for them. */
export class Leases {
  readonly #identity: Identity;
  readonly #onError: (error: unknown) => void;
  readonly #held = new Set<Lease>();

  constructor(identity: Identity, onError: (error: unknown) => void) {
    this.#identity = identity;
    this.#onError = onError;
    identity.onRevoked(() => {
      for (const lease of this.#held) this.#check(lease);
    });
  }

  /**
   * Calls `end` once as soon as the token is no longer valid; `check` tests whether it has expired, `release` stops
   * watching.
   */
  hold(token: string, end: () => void): { readonly check: () => void; readonly release: () => void } {
    const lease = { token, end };
    this.#held.add(lease);
    return { check: () => this.#check(lease), release: () => void this.#held.delete(lease) };
  }

  #check(lease: Lease): void {
    this.#look(lease).catch(this.#onError);
  }

  async #look(lease: Lease): Promise<void> {
    try {
      await this.#identity.authenticate(lease.token);
    } catch (error) {
      // If the database cannot be read now, that says nothing about the session.
      if (!(error instanceof RequestError) || error.statusCode !== 401) return this.#onError(error);
      if (this.#held.delete(lease)) lease.end();
    }
  }
}
