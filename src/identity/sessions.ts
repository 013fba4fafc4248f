import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Database, Schema, SessionRow, Transaction } from '../db/schema.ts';
import { notFound, RequestError } from '../lib/errors.ts';
import { clip } from '../lib/plain-data.ts';
import { SealError, type Sealer } from '../lib/seal.ts';
import type { SessionEnd } from '../model/people/session-end.ts';
import { type Identity, idTokenOf } from '../model/people/sign-in.ts';
import { type IdentityContext, newId, type Principal, type User } from './principal.ts';
import { type Found, Principals } from './principals.ts';
import type { Claims, Tokens } from './tokens.ts';
import { toUser } from './users.ts';

type Where = ExpressionBuilder<Schema, 'sessions'>;

/** How a session begins: with a password, or with a provider. */
export type Beginning =
  | { readonly by: 'password' }
  | {
      readonly by: 'oidc';
      /** The person who signed in; they must still be linked to the user. */
      readonly person: Identity;
      /** What the session keeps for logging out at the provider; null: nothing. */
      readonly idToken: string | null;
    };

/** The contract's words; clients log out when they see them. */
const invalid = (): RequestError => new RequestError(401, 'Invalid token');

/** 401 for a token that we signed whose session is over. The wording is the contract's, whatever ended the session. */
export class SessionEnded extends RequestError {
  readonly reason: SessionEnd;

  constructor(reason: SessionEnd) {
    super(401, 'Session expired - please log in again', 'SESSION_EXPIRED');
    this.reason = reason;
  }
}

/** Sessions, looked up on every request: first in bounded memory, from which every revocation removes what it ended. */
export class Sessions {
  readonly #db: Database;
  readonly #sealer: Sealer;
  readonly #clock: IdentityContext['clock'];
  readonly #tokens: Tokens;
  readonly #principals: Principals;

  constructor({ db, sealer, clock }: IdentityContext, tokens: Tokens, onForget: () => void) {
    this.#db = db;
    this.#sealer = sealer;
    this.#clock = clock;
    this.#tokens = tokens;
    this.#principals = new Principals({
      clock,
      lookUp: (token) => this.#lookUp(token),
      gone: () => new SessionEnded('expired'),
      onForget,
    });
  }

  /** The principal of a session's token. Throws 401. */
  authenticate(token: string): Promise<Principal> | Principal {
    return this.#principals.authenticate(token, '');
  }

  /**
   * Null if the proven password is no longer the user's, or the person of the provider no longer linked to them: the change ended
   * all sessions that began so.
   */
  async open(
    user: User,
    passwordHash: string,
    maxAgeSeconds: number,
    beginning: Beginning,
    from: { readonly address: string; readonly userAgent: string },
  ): Promise<string | null> {
    const id = newId();
    const now = this.#clock.now();
    await this.#db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
    await this.#db.deleteFrom('session_ends').where('expires_at', '<=', now).execute();
    return this.#db.transaction().execute(async (transaction) => {
      const found = transaction.selectFrom('users').select('password_hash').where('id', '=', user.id);
      if ((await found.executeTakeFirst())?.password_hash !== passwordHash) return null;
      if (beginning.by === 'oidc' && !(await isLinked(transaction, beginning.person, user.id))) return null;
      await transaction
        .insertInto('sessions')
        .values({
          id,
          user_id: user.id,
          created_at: now,
          expires_at: now + maxAgeSeconds * 1000,
          address: from.address,
          user_agent: clip(from.userAgent, 300),
          began_by: beginning.by,
          id_token_sealed:
            beginning.by === 'password' || beginning.idToken === null
              ? null
              : this.#sealer.seal(beginning.idToken, idTokenOf(id)),
        })
        .execute();
      return this.#tokens.sign(user.id, id, maxAgeSeconds);
    });
  }

  /** The sessions of a user, newest first. */
  async list(userId: string): Promise<readonly SessionRow[]> {
    return this.#db
      .selectFrom('sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('expires_at', '>', this.#clock.now())
      .orderBy('created_at', 'desc')
      .execute();
  }

  /** Ends the caller's session. */
  logOut(sessionId: string): Promise<void> {
    return this.#revoke(sessionId, 'logged-out');
  }

  /** Ends a session of a user. Throws 404 for another user's. */
  async revokeOf(userId: string, sessionId: string): Promise<void> {
    const found = this.#db.selectFrom('sessions').select('user_id').where('id', '=', sessionId);
    if ((await found.executeTakeFirst())?.user_id !== userId) throw notFound('Session not found');
    await this.#revoke(sessionId, 'revoked');
  }

  /** Ends every session of a user except one. */
  async revokeOthers(userId: string, keepId: string | null, reason: SessionEnd): Promise<void> {
    await this.#end((where) => where.and([where('user_id', '=', userId), where('id', '!=', keepId ?? '')]), reason);
    this.#principals.forget((principal) => principal.user.id !== userId || principal.sessionId === keepId);
  }

  /** The ID token that a session began with; null: it began in another way, or the token cannot be opened any more. */
  async idToken(sessionId: string): Promise<string | null> {
    const found = this.#db.selectFrom('sessions').select('id_token_sealed').where('id', '=', sessionId);
    const sealed = (await found.executeTakeFirst())?.id_token_sealed ?? null;
    try {
      return sealed === null ? null : this.#sealer.open(sealed, idTokenOf(sessionId));
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }

  /** Ends the sessions of a user that began with a provider. */
  async revokeSignedIn(userId: string): Promise<void> {
    await this.#end((where) => where.and([where('user_id', '=', userId), where('began_by', '=', 'oidc')]), 'unlinked');
    this.forgetUser(userId);
  }

  /** A user's rights or name changed: the next request reads them again. */
  forgetUser(userId: string): void {
    this.#principals.forget((principal) => principal.user.id !== userId);
  }

  async #revoke(sessionId: string, reason: SessionEnd): Promise<void> {
    const forget = (): void => this.#principals.forget((principal) => principal.sessionId !== sessionId);
    forget();
    await this.#end((where) => where('id', '=', sessionId), reason);
    forget();
  }

  /** Removes sessions and stores the reason, for clients that still have their tokens. */
  async #end(which: (where: Where) => Expression<SqlBool>, reason: SessionEnd): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const ended = transaction
        .selectFrom('sessions')
        .select((select) => ['id as session_id', select.val(reason).as('reason'), 'expires_at'])
        .where(which);
      await transaction
        .insertInto('session_ends')
        .columns(['session_id', 'reason', 'expires_at'])
        .expression(ended)
        .execute();
      await transaction.deleteFrom('sessions').where(which).execute();
    });
  }

  /** Why a session that no longer exists ended. */
  async #whyEnded({ userId, sessionId, exp }: Claims): Promise<SessionEnd> {
    if (exp * 1000 <= this.#clock.now()) return 'expired';
    const found = this.#db.selectFrom('session_ends').select('reason').where('session_id', '=', sessionId);
    const reason = (await found.executeTakeFirst())?.reason;
    if (reason !== undefined) return reason;
    const user = await this.#db.selectFrom('users').select('id').where('id', '=', userId).executeTakeFirst();
    return user === undefined ? 'account-removed' : 'expired';
  }

  async #lookUp(token: string): Promise<Found> {
    const claims = this.#tokens.verify(token);
    if (claims === null) throw invalid();
    const row = await this.#db.selectFrom('sessions').selectAll().where('id', '=', claims.sessionId).executeTakeFirst();
    const expiresAt = Math.min(claims.exp * 1000, row?.expires_at ?? 0);
    if (row === undefined || row.user_id !== claims.userId || expiresAt <= this.#clock.now())
      throw new SessionEnded(await this.#whyEnded(claims));
    const user = await this.#db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirst();
    if (user === undefined) throw new SessionEnded('account-removed');
    return { principal: { user: toUser(user), sessionId: row.id, apiKeyId: null, apiKeyName: null }, expiresAt };
  }
}

async function isLinked(transaction: Transaction, { issuer, subject }: Identity, userId: string): Promise<boolean> {
  const found = transaction
    .selectFrom('identities')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject);
  return (await found.executeTakeFirst())?.user_id === userId;
}
