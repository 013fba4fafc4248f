import type { Principal } from './principal.ts';

const maxCached = 10_000;

export type Found = { readonly principal: Principal; readonly expiresAt: number };

type Options = {
  readonly clock: { readonly now: () => number };
  /** Throws for an invalid token. */
  readonly lookUp: (token: string, address: string) => Promise<Found>;
  /** Makes the error for a token that expired while it was remembered. */
  readonly gone: () => Error;
  /** Called when something was forgotten. */
  readonly onForget: () => void;
};

/**
 * The principal that a token stands for: looked up once, and remembered in bounded memory until it expires or is
 * forgotten.
 */
export class Principals {
  readonly #options: Options;
  readonly #cache = new Map<string, Found>();
  /** Counts revocations; what was read before one is not kept after it. */
  #revision = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  authenticate(token: string, address: string): Promise<Principal> | Principal {
    const known = this.#cache.get(token);
    if (known === undefined) return this.#find(token, address);
    if (known.expiresAt > this.#options.clock.now()) return known.principal;
    this.#cache.delete(token);
    throw this.#options.gone();
  }

  forget(keep: (principal: Principal) => boolean): void {
    this.#revision += 1;
    for (const [token, { principal }] of this.#cache) if (!keep(principal)) this.#cache.delete(token);
    this.#options.onForget();
  }

  async #find(token: string, address: string): Promise<Principal> {
    const before = this.#revision;
    const found = await this.#options.lookUp(token, address);
    if (this.#revision !== before) return found.principal;
    if (this.#cache.size >= maxCached) this.#cache.delete(this.#cache.keys().next().value as string);
    this.#cache.set(token, found);
    return found.principal;
  }
}
