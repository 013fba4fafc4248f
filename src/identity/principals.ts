import type { Principal } from './principal.ts';

const maxCached = 10_000;

export type Found = { readonly principal: Principal; readonly expiresAt: number };

/**
 * Who a token stands for: looked up once and kept in a bounded memory until it expires or is forgotten.
 * `lookUp` throws for a token that is none; `gone` makes the error of one that expired while it was kept.
 */
export function createPrincipals(options: {
  readonly clock: { readonly now: () => number };
  readonly lookUp: (token: string, address: string) => Promise<Found>;
  readonly gone: () => Error;
  /** Is called when something was forgotten. */
  readonly onForget: () => void;
}) {
  const { clock, lookUp, gone, onForget } = options;
  const cache = new Map<string, Found>();
  /** Grows with every revocation: what was read before one is not kept after it. */
  let revision = 0;

  async function find(token: string, address: string): Promise<Principal> {
    const before = revision;
    const found = await lookUp(token, address);
    if (revision !== before) return found.principal;
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value as string);
    cache.set(token, found);
    return found.principal;
  }

  return {
    authenticate: (token: string, address: string): Promise<Principal> | Principal => {
      const known = cache.get(token);
      if (known === undefined) return find(token, address);
      if (known.expiresAt > clock.now()) return known.principal;
      cache.delete(token);
      throw gone();
    },
    forget: (keep: (principal: Principal) => boolean): void => {
      revision += 1;
      for (const [token, { principal }] of cache) if (!keep(principal)) cache.delete(token);
      onForget();
    },
  };
}
