import type { Database, Transaction, UserRow } from '../db/schema.ts';
import { forbidden, notFound, RequestError } from '../lib/errors.ts';
import { foldName } from '../model/names.ts';
import type { Passwords } from './passwords/passwords.ts';
import { type IdentityContext, newId, type User } from './principal.ts';
import type { Registrations } from './registrations.ts';
import { readUserName, skeletonsOf } from './user-names.ts';
import { findByName, toUser } from './users.ts';

const maxLooks = 20_000;

/** An account to create; `by` is null if nobody is logged in at `address`. */
export type NewUser = {
  readonly username: string;
  readonly password: string;
  readonly by: User | null;
  readonly address?: string;
};

/** Users: which exist, and which are admins. */
export class Accounts {
  readonly #db: Database;
  readonly #clock: IdentityContext['clock'];
  readonly #isOpen: boolean;
  readonly #passwords: Passwords;
  readonly #registrations: Registrations;
  readonly #forget: (userId: string) => void;
  /** Names of users → their skeletons, for finding look-alikes. */
  readonly #looks = new Map<string, readonly string[]>();

  /** `forget` is called when a user's rights change. */
  constructor(
    { db, clock, registration = false }: IdentityContext,
    passwords: Passwords,
    registrations: Registrations,
    forget: (userId: string) => void,
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#isOpen = registration;
    this.#passwords = passwords;
    this.#registrations = registrations;
    this.#forget = forget;
  }

  async setupRequired(): Promise<boolean> {
    return (await this.#db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
  }

  /** The first user becomes admin. Later ones are created by an admin, or by anybody if registration is on. */
  async create({ username: given, password, by, address = '' }: NewUser): Promise<{ readonly user: User }> {
    const username = readUserName(given);
    // Checked before anything is hashed: hashing is work that not everybody may cause.
    if (!this.#isOpen && !by?.isAdmin && !(await this.setupRequired()))
      throw forbidden('Only an admin can create users');
    await this.#requireFree(this.#db, username);
    if (!by?.isAdmin) this.#registrations.take(address);
    const passwordHash = await this.#passwords.hash(by?.id ?? address, password, username);
    return this.#db.transaction().execute(async (transaction) => {
      const isFirst = (await transaction.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
      if (!isFirst && !this.#isOpen && !by?.isAdmin) throw forbidden('Only an admin can create users');
      await this.#requireFree(transaction, username);
      return { user: await this.#insert(transaction, username, passwordHash, isFirst) };
    });
  }

  /**
   * Creates an account without a password, for somebody whom a provider has identified. `link` stores, in the same transaction,
   * what lets them in. Throws 400 for a name that no user may have, and 409 for one that is taken.
   */
  async createLinked(
    given: string,
    isAdmin: boolean,
    link: (transaction: Transaction, userId: string) => Promise<unknown>,
  ): Promise<User> {
    const username = readUserName(given);
    return this.#db.transaction().execute(async (transaction) => {
      await this.#requireFree(transaction, username);
      const user = await this.#insert(transaction, username, '', isAdmin);
      await link(transaction, user.id);
      return user;
    });
  }

  /** Gives or takes admin rights because groups of a provider say so. `last`: they stay, as nobody else could log in with a password as an admin. */
  async setAdminByGroups(userId: string, isAdmin: boolean): Promise<'same' | 'changed' | 'last'> {
    const result = await this.#db.transaction().execute(async (transaction) => {
      const found = transaction.selectFrom('users').select('is_admin').where('id', '=', userId);
      if ((await found.executeTakeFirst())?.is_admin !== (isAdmin ? 0 : 1)) return 'same';
      if (!isAdmin && (await isLastLocalAdmin(transaction, userId))) return 'last';
      const values = { is_admin: isAdmin ? 1 : 0 };
      await transaction.updateTable('users').set(values).where('id', '=', userId).execute();
      return 'changed';
    });
    if (result === 'changed') this.#forget(userId);
    return result;
  }

  async hasPassword(userId: string): Promise<boolean> {
    const found = this.#db.selectFrom('users').select('password_hash').where('id', '=', userId);
    return ((await found.executeTakeFirst())?.password_hash ?? '') !== '';
  }

  /** The user with this name; null if there is none. */
  async knownName(username: string): Promise<{ readonly id: string; readonly username: string } | null> {
    const found = await findByName(this.#db, username);
    return found === undefined ? null : { id: found.id, username: found.username };
  }

  async find(userId: string): Promise<User | null> {
    const found = await this.#db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    return found === undefined ? null : toUser(found);
  }

  async list(): Promise<readonly (User & { readonly createdAt: number; readonly hasPassword: boolean })[]> {
    const rows = await this.#db.selectFrom('users').selectAll().orderBy('created_at').execute();
    return rows.map((one) => ({
      ...toUser(one),
      createdAt: one.created_at,
      hasPassword: one.password_hash !== '',
    }));
  }

  /**
   * Removes a user with everything that belongs to them, and returns their name. Throws 404, and 409 for oneself, so
   * that there is always an admin.
   */
  async remove(by: User, userId: string): Promise<string> {
    if (by.id === userId) throw new RequestError(409, 'You cannot remove your own account. Ask another admin');
    const username = await this.#asAdmin(by, userId, true, (transaction) =>
      transaction.deleteFrom('users').where('id', '=', userId).execute(),
    );
    this.#forget(userId);
    return username;
  }

  async setAdmin(by: User, userId: string, isAdmin: boolean): Promise<string> {
    if (by.id === userId) throw new RequestError(409, 'You cannot change your own rights. Ask another admin');
    const username = await this.#asAdmin(by, userId, !isAdmin, (transaction) =>
      transaction
        .updateTable('users')
        .set({ is_admin: isAdmin ? 1 : 0 })
        .where('id', '=', userId)
        .execute(),
    );
    this.#forget(userId);
    return username;
  }

  /** Changes another user if the caller is still an admin, so that two admins cannot remove each other at once. */
  async #asAdmin(
    by: User,
    userId: string,
    endsAdmin: boolean,
    change: (transaction: Transaction) => Promise<unknown>,
  ): Promise<string> {
    return this.#db.transaction().execute(async (transaction) => {
      const found = (id: string) => transaction.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      if ((await found(by.id))?.is_admin !== 1) throw forbidden('Only an admin can do this');
      const target = await found(userId);
      if (target === undefined) throw notFound('User not found');
      if (endsAdmin && (await isLastLocalAdmin(transaction, userId)))
        throw new RequestError(
          409,
          'This is the last admin who can log in with a password. Give another admin a password first',
        );
      await change(transaction);
      return target.username;
    });
  }

  async #insert(transaction: Transaction, username: string, passwordHash: string, isAdmin: boolean): Promise<User> {
    const user: UserRow = {
      id: newId(),
      username,
      name_key: foldName(username),
      password_hash: passwordHash,
      is_admin: isAdmin ? 1 : 0,
      totp_sealed: null,
      totp_pending: null,
      totp_last_step: 0,
      backup_codes: '[]',
      created_at: this.#clock.now(),
    };
    await transaction.insertInto('users').values(user).execute();
    return toUser(user);
  }

  /** Throws 409 for a name that is taken, in whatever spelling, or that looks like an existing one. */
  async #requireFree(db: Database, username: string): Promise<void> {
    const key = foldName(username);
    const others = await db.selectFrom('users').select(['username', 'name_key']).execute();
    if (others.some((other) => other.name_key === key)) throw new RequestError(409, 'This user name is taken');
    const looks = skeletonsOf(username);
    const alike = others.find((other) => this.#looksOf(other.username).some((look, at) => look === looks[at]));
    if (alike !== undefined)
      throw new RequestError(409, `This user name looks like ${alike.username}, which is taken. Choose another one`);
  }

  #looksOf(username: string): readonly string[] {
    let looks = this.#looks.get(username);
    if (looks === undefined) {
      looks = skeletonsOf(username);
      if (this.#looks.size >= maxLooks) this.#looks.clear();
      this.#looks.set(username, looks);
    }
    return looks;
  }
}

/** Whether a user is an admin with a password, and the only one: without them, nobody could get in when the provider is away. */
async function isLastLocalAdmin(db: Database, userId: string): Promise<boolean> {
  const admins = db.selectFrom('users').select('id').where('is_admin', '=', 1).where('password_hash', '!=', '');
  const ids = (await admins.execute()).map(({ id }) => id);
  return ids.length === 1 && ids[0] === userId;
}
