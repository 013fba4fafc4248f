import type { Database, IdentityRow, Transaction } from '../db/schema.ts';
import { notFound, RequestError } from '../lib/errors.ts';
import type { Identity } from '../model/people/sign-in.ts';
import type { Person } from './person.ts';

export type { IdentityRow } from '../db/schema.ts';

/** Somebody who was turned away because no account is linked to them. */
export type IdentityRequest = Identity & { readonly name: string; readonly email: string; readonly askedAt: number };

const maxRequests = 100;
const requestMs = 30 * 86_400_000;

/** Which people of a provider are which users. At most one person for each user. */
export class Identities {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  async all(): Promise<readonly IdentityRow[]> {
    return this.#db.selectFrom('identities').selectAll().execute();
  }

  async ofUser(userId: string): Promise<IdentityRow | null> {
    const found = this.#db.selectFrom('identities').selectAll().where('user_id', '=', userId);
    return (await found.executeTakeFirst()) ?? null;
  }

  /** The user that somebody is linked to. */
  async userOf({ issuer, subject }: Identity): Promise<{ readonly id: string; readonly username: string } | null> {
    const found = this.#db
      .selectFrom('identities')
      .innerJoin('users', 'users.id', 'identities.user_id')
      .select(['users.id', 'users.username'])
      .where('issuer', '=', issuer)
      .where('subject', '=', subject);
    return (await found.executeTakeFirst()) ?? null;
  }

  /** Whether an admin who signs in in this way exists: they have done so at least once. */
  async hasAdmin(issuer: string): Promise<boolean> {
    const found = this.#db
      .selectFrom('identities')
      .innerJoin('users', 'users.id', 'identities.user_id')
      .select('users.id')
      .where('users.is_admin', '=', 1)
      .where('issuer', '=', issuer)
      .where('last_used_at', 'is not', null)
      .limit(1);
    return (await found.executeTakeFirst()) !== undefined;
  }

  /** Links somebody to a user. Throws 404, and 409 if either is linked already. Resolves with the user's name. */
  link(identity: Identity, userId: string): Promise<string> {
    return this.#db.transaction().execute(async (transaction) => {
      const user = transaction.selectFrom('users').select('username').where('id', '=', userId);
      const username = (await user.executeTakeFirst())?.username;
      if (username === undefined) throw notFound('User not found');
      const taken = await transaction
        .selectFrom('identities')
        .select('user_id')
        .where((where) =>
          where.or([
            where('user_id', '=', userId),
            where.and([where('issuer', '=', identity.issuer), where('subject', '=', identity.subject)]),
          ]),
        )
        .executeTakeFirst();
      if (taken !== undefined)
        throw new RequestError(
          409,
          taken.user_id === userId
            ? 'This account is linked already. Unlink it first'
            : 'This person is linked to another account. Unlink it first',
        );
      const asked = transaction.selectFrom('identity_requests').select(['name', 'email']);
      const known = await matching(asked, identity).executeTakeFirst();
      await this.insert(transaction, { ...identity, name: known?.name ?? '', email: known?.email ?? '' }, userId);
      return username;
    });
  }

  /** As part of a transaction that makes the user. */
  async insert(
    transaction: Transaction,
    { issuer, subject, name, email }: Identity & Pick<Person, 'name' | 'email'>,
    userId: string,
  ): Promise<void> {
    const times = { linked_at: this.#now(), last_used_at: null };
    await transaction
      .insertInto('identities')
      .values({ issuer, subject, user_id: userId, name, email, ...times })
      .execute();
    await matching(transaction.deleteFrom('identity_requests'), { issuer, subject }).execute();
  }

  /** Resolves with the user's name; null: nobody was linked. */
  async unlink(userId: string): Promise<void> {
    const { numDeletedRows } = await this.#db.deleteFrom('identities').where('user_id', '=', userId).executeTakeFirst();
    if (numDeletedRows === 0n) throw notFound('This account is not linked');
  }

  /** Somebody signed in: what they are called now. */
  async used({ issuer, subject, name, email }: Person): Promise<void> {
    const values = { name, email, last_used_at: this.#now() };
    await matching(this.#db.updateTable('identities').set(values), { issuer, subject }).execute();
  }

  /** Notes somebody who has no account, for admins; the oldest beyond a limit are forgotten. */
  async ask({ issuer, subject, name, email }: Person): Promise<void> {
    const values = { name, email, asked_at: this.#now() };
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('identity_requests')
        .values({ issuer, subject, ...values })
        .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doUpdateSet(values))
        .execute();
      const kept = await transaction
        .selectFrom('identity_requests')
        .select('asked_at')
        .orderBy('asked_at', 'desc')
        .limit(1)
        .offset(maxRequests)
        .executeTakeFirst();
      const before = Math.max(kept?.asked_at ?? 0, this.#now() - requestMs);
      await transaction.deleteFrom('identity_requests').where('asked_at', '<=', before).execute();
    });
  }

  async requests(): Promise<readonly IdentityRequest[]> {
    const rows = await this.#db.selectFrom('identity_requests').selectAll().orderBy('asked_at', 'desc').execute();
    return rows.map(({ asked_at: askedAt, ...row }) => ({ ...row, askedAt }));
  }

  /** Forgets somebody who asked. */
  async dismiss(identity: Identity): Promise<void> {
    await matching(this.#db.deleteFrom('identity_requests'), identity).execute();
  }
}

/** The rows of somebody. Both columns are the key of both tables. */
function matching<Query extends { where: (column: never, is: '=', value: never) => Query }>(
  query: Query,
  { issuer, subject }: Identity,
): Query {
  // Safe: callers pass queries of the two tables that have these columns.
  return query.where('issuer' as never, '=', issuer as never).where('subject' as never, '=', subject as never);
}
