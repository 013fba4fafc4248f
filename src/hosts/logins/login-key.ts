import { createHash, createHmac } from 'node:crypto';
import type { StoredLogin } from './sealed.ts';

const maxKept = 50_000;

/**
 * Tells logins apart without saying anything of them: the same text for the same user name and secrets, as long as the
 * sealing key is the same that `secret` was derived from. Opening what is sealed costs, so it is remembered, by a hash of
 * what is sealed.
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
      // The oldest goes: it is of a record that changed or is gone, or is made again when it is asked for.
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
