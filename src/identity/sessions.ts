import type { SessionRow } from '../db/schema.ts';
import { notFound, RequestError } from '../lib/errors.ts';
import { clip } from '../lib/plain-data.ts';
import { type IdentityContext, newId, type User } from './principal.ts';
import { createPrincipals, type Found } from './principals.ts';
import type { createTokens } from './tokens.ts';
import { toUser } from './users.ts';

/** The contract's words: clients log out on them. */
const invalid = (): RequestError => new RequestError(401, 'Invalid token');
const expired = (): RequestError => new RequestError(401, 'Session expired - please log in again', 'SESSION_EXPIRED');

/** Sessions, looked up on every request: in a bounded memory first, which every revocation empties of what it ended. */
export function createSessions(
  { db, clock }: IdentityContext,
  tokens: ReturnType<typeof createTokens>,
  onForget: () => void,
) {
  const { authenticate, forget } = createPrincipals({ clock, lookUp, gone: expired, onForget });

  async function revoke(sessionId: string): Promise<void> {
    forget((principal) => principal.sessionId !== sessionId);
    await db.deleteFrom('sessions').where('id', '=', sessionId).execute();
    forget((principal) => principal.sessionId !== sessionId);
  }

  async function lookUp(token: string): Promise<Found> {
    const claims = tokens.verify(token);
    if (claims === null) throw invalid();
    const row = await db.selectFrom('sessions').selectAll().where('id', '=', claims.sessionId).executeTakeFirst();
    const expiresAt = Math.min(claims.exp * 1000, row?.expires_at ?? 0);
    if (row === undefined || row.user_id !== claims.userId || expiresAt <= clock.now()) throw expired();
    const user = await db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirst();
    if (user === undefined) throw expired();
    return { principal: { user: toUser(user), sessionId: row.id, apiKeyId: null, apiKeyName: null }, expiresAt };
  }

  return {
    authenticate,
    /** Null when the password that was proven is the user's no longer: whoever changed it ended all sessions that it opened. */
    async open(
      user: User,
      passwordHash: string,
      maxAgeSeconds: number,
      from: { readonly address: string; readonly userAgent: string },
    ): Promise<string | null> {
      const id = newId();
      const now = clock.now();
      await db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
      return db.transaction().execute(async (transaction) => {
        const found = transaction.selectFrom('users').select('password_hash').where('id', '=', user.id);
        if ((await found.executeTakeFirst())?.password_hash !== passwordHash) return null;
        await transaction
          .insertInto('sessions')
          .values({
            id,
            user_id: user.id,
            created_at: now,
            expires_at: now + maxAgeSeconds * 1000,
            address: from.address,
            user_agent: clip(from.userAgent, 300),
          })
          .execute();
        return tokens.sign(user.id, id, maxAgeSeconds);
      });
    },
    revoke,
    list: async (userId: string): Promise<readonly SessionRow[]> => {
      return db
        .selectFrom('sessions')
        .selectAll()
        .where('user_id', '=', userId)
        .where('expires_at', '>', clock.now())
        .orderBy('created_at', 'desc')
        .execute();
    },
    revokeOf: async (userId: string, sessionId: string): Promise<void> => {
      const row = await db.selectFrom('sessions').select('user_id').where('id', '=', sessionId).executeTakeFirst();
      if (row?.user_id !== userId) throw notFound('Session not found');
      await revoke(sessionId);
    },
    /** Ends every session of a user but one. */
    async revokeOthers(userId: string, keepId: string | null): Promise<void> {
      await db
        .deleteFrom('sessions')
        .where('user_id', '=', userId)
        .where('id', '!=', keepId ?? '')
        .execute();
      forget((principal) => principal.user.id !== userId || principal.sessionId === keepId);
    },
    /** A user's rights or name changed: the next request reads them anew. */
    forgetUser: (userId: string): void => forget((principal) => principal.user.id !== userId),
  };
}

export type Sessions = ReturnType<typeof createSessions>;
