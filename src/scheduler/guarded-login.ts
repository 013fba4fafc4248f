import { HostError } from '../model/failure.ts';
import type { WatchTarget } from '../model/host.ts';
import type { Log } from '../model/log.ts';
import type { Ask } from '../ssh/authentication.ts';
import type { Meter } from '../ssh/meter.ts';
import type { Held } from './hold.ts';
import type { WatchContext } from './host-watch.ts';
import type { Before, Refused } from './login-guard.ts';

/** No try was made: the guard of logins says when to ask again. */
export class HeldBack extends Error {
  override readonly name = 'HeldBack';
  readonly verdict: Refused;

  constructor(verdict: Refused) {
    super('the login is held back');
    this.verdict = verdict;
  }
}

/**
 * Connects to a host and holds it; what becomes of its login is remembered for all hosts that share it. Without a person one
 * that is held back is not tried: throws {@link HeldBack}. Throws HostError.
 */
export async function logIn(
  context: WatchContext,
  target: WatchTarget,
  { lastLogin, wake }: { readonly lastLogin: Before; readonly wake: () => boolean },
  ask: Ask | null,
  log: Log,
  signal: AbortSignal,
  meter?: Meter,
): Promise<Held> {
  if (ask !== null) return connect();
  return context.handshakes.run(async () => {
    const verdict = context.logins.enter(target.loginKey, lastLogin, wake);
    if (!verdict.ok) throw new HeldBack(verdict);
    try {
      return await connect();
    } finally {
      context.logins.leave(target.loginKey);
    }
  });

  async function connect(): Promise<Held> {
    try {
      const held = await context.reach.connect(target, context.inventory, ask, log, signal, meter);
      context.logins.learn(target.loginKey, lastLogin, null);
      return held;
    } catch (error) {
      if (error instanceof HostError) context.logins.learn(target.loginKey, lastLogin, error.failure);
      throw error;
    }
  }
}
