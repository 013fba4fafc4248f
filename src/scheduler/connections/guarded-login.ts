import type { Places } from '../../lib/bounds/places.ts';
import { HostError } from '../../model/failure.ts';
import type { WatchTarget } from '../../model/host.ts';
import type { Held } from './hold.ts';
import type { Before, LoginGuard, Refused } from './login-guard.ts';

/** The login was not offered; the login guard says when to ask again. */
export class HeldBack extends Error {
  override readonly name = 'HeldBack';
  readonly verdict: Refused;

  constructor(verdict: Refused) {
    super('the login is held back');
    this.verdict = verdict;
  }
}

/** What decides when a login may be tried. */
export type LoginGates = {
  readonly handshakes: Pick<Places, 'run'>;
  readonly logins: Pick<LoginGuard, 'enter' | 'learn'>;
};

/** Rejects with {@link HeldBack} if the login may no longer be offered. */
export type MayOffer = () => Promise<void>;

/**
 * Makes a connection and records the outcome of its login for all hosts that share it. Without a person, a login that
 * is held back is not tried: throws {@link HeldBack}. Otherwise throws whatever `connect` throws.
 */
export function logIn(
  { handshakes, logins }: LoginGates,
  { id, loginKey }: WatchTarget,
  { lastLogin, wake }: { readonly lastLogin: Before; readonly wake: () => boolean },
  isPerson: boolean,
  connect: (mayOffer?: MayOffer) => Promise<Held>,
): Promise<Held> {
  if (isPerson) return learned();
  return handshakes.run(id, async () => {
    const entered = logins.enter(loginKey, lastLogin, wake);
    if (!entered.ok) throw new HeldBack(entered);
    try {
      return await learned(async () => {
        const verdict = await entered.mayOffer();
        if (!verdict.ok) throw new HeldBack(verdict);
      });
    } finally {
      entered.leave();
    }
  });

  async function learned(mayOffer?: MayOffer): Promise<Held> {
    try {
      const held = await connect(mayOffer);
      logins.learn(loginKey, id, lastLogin, null);
      return held;
    } catch (error) {
      if (error instanceof HostError) logins.learn(loginKey, id, lastLogin, error.failure);
      throw error;
    }
  }
}
