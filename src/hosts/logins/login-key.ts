import { createHash, createHmac } from 'node:crypto';
import type { StoredLogin } from './sealed.ts';

const maxKept = 50_000;

/**
 * An identifier of a login that reveals nothing about it: equal for the same user name and secrets, as long as `secret`
 * was derived from the same sealing key. Unsealing takes time, so results are remembered by a hash of the sealed text.
 */
export function createLoginKeys(secret: Buffer) {
  const known = new Map<string, string | null>();

  return {
    /** `sealed` names the record's secrets as they are stored; null for a login without a password. */
    keyOf(username: string, sealed: readonly unknown[], open: () => StoredLogin): string | null {
      const name = createHash('sha256')
        .update(JSON.stringify([username, sealed]))
        .digest('base64');
      const before = known.get(name);
      if (before !== undefined) return before;
      // Drops the oldest: its record has changed or is gone, or it is computed again when needed.
      if (known.size >= maxKept) known.delete(known.keys().next().value as string);
      const key = made(username, open);
      known.set(name, key);
      return key;
    },
  };

  function made(username: string, open: () => StoredLogin): string | null {
    let login: StoredLogin;
    try {
      login = open();
    } catch {
      // Sealed with another key; this is reported when the login is used.
      return null;
    }
    // A refused key locks no account.
    if (!('password' in login) || login.password === null) return null;
    return createHmac('sha256', secret)
      .update(JSON.stringify([username, login]))
      .digest('base64');
  }
}

export type LoginKeys = ReturnType<typeof createLoginKeys>;
