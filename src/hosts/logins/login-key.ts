import { createHmac, randomBytes } from 'node:crypto';
import type { StoredLogin } from './sealed.ts';

const maxKept = 50_000;

/**
 * Tells logins apart without saying anything of them: the same text for the same user name and secrets, in this process
 * only. Opening what is sealed costs, so it is remembered by what is sealed.
 */
export function createLoginKeys() {
  const secret = randomBytes(32);
  const known = new Map<string, string | null>();

  return {
    /** `sealed` names the record's secrets as they are stored; null for a login without a password. */
    keyOf(username: string, sealed: readonly unknown[], open: () => StoredLogin): string | null {
      const name = JSON.stringify([username, sealed]);
      const before = known.get(name);
      if (before !== undefined) return before;
      if (known.size >= maxKept) known.clear();
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
      // Sealed under another key: said when it is used.
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
