import { randomUUID } from 'node:crypto';
import type { Database } from '../db/schema.ts';
import type { Sealer } from '../lib/seal.ts';

/** A user as the rest of Sonde sees them. */
export type User = {
  readonly id: string;
  readonly username: string;
  readonly isAdmin: boolean;
  readonly totpEnabled: boolean;
  /** What the API key in use may do, never more than its user; a session may `manage`. */
  readonly scope: Scope;
  /** The hosts that the API key is limited to; null: all that the user may see. */
  readonly onlyHosts: ReadonlySet<number> | null;
};

/** What an API key may do: view, or also change. */
export type Scope = 'read' | 'manage';

/** The caller: the user, and the session or API key. */
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

/** A new id for a user, a session or a key. */
export function newId(): string {
  return randomUUID();
}
