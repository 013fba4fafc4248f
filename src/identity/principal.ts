import { randomUUID } from 'node:crypto';
import type { Database } from '../db/schema.ts';
import type { Sealer } from '../lib/seal.ts';

/** Who a user is, as everything but identity sees them. */
export type User = {
  readonly id: string;
  readonly username: string;
  readonly isAdmin: boolean;
  readonly totpEnabled: boolean;
  /** What the API key that is used may do, never more than its user; a session may `manage`. */
  readonly scope: Scope;
  /** The hosts that the API key is limited to; null: all that the user may see. */
  readonly onlyHosts: ReadonlySet<number> | null;
};

/** What an API key may do: look, or change too. */
export type Scope = 'read' | 'manage';

/** Who asks: the user, and by which session or API key. */
export type Principal = {
  readonly user: User;
  readonly sessionId: string | null;
  readonly apiKeyId: string | null;
  readonly apiKeyName: string | null;
};

/** What the parts of identity share. */
export type IdentityContext = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number };
  readonly jwtSecret: Buffer;
  readonly registration?: boolean;
};

/** A new id of a user, a session or a key. */
export function newId(): string {
  return randomUUID();
}
