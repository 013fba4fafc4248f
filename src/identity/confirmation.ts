import type { Database, UserRow } from '../db/schema.ts';
import { forbidden, notFound, RequestError } from '../lib/errors.ts';
import type { Passwords } from './passwords/passwords.ts';
import { Throttle } from './throttle.ts';

const maxTries = 5;

/** The answer if something else in the account was changed during the check. */
export function changedMeanwhile(): RequestError {
  return new RequestError(409, 'Your account was changed at the same time. Check it and try again');
}

/**
 * What users prove before they change something in their own account; five wrong attempts are allowed in five minutes.
 */
export class Confirmation {
  readonly #db: Database;
  readonly #passwords: Passwords;
  readonly #throttle: Throttle;

  constructor(db: Database, passwords: Passwords, now: () => number) {
    this.#db = db;
    this.#passwords = passwords;
    this.#throttle = new Throttle(now);
  }

  /** Throws 404. */
  async row(userId: string): Promise<UserRow> {
    const found = await this.#db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (found === undefined) throw notFound('User not found');
    return found;
  }

  /** Runs a check that returns whether the input is right; throws 429 after too many wrong ones. */
  attempt(userId: string, work: () => Promise<boolean>): Promise<boolean> {
    return this.#throttle.attempt([{ key: userId, most: maxTries }], work);
  }

  /** The user, if the password is right. Throws 403, and 429 after too many wrong ones. */
  async requirePassword(userId: string, password: string): Promise<UserRow> {
    const user = await this.row(userId);
    if (user.password_hash === '') throw forbidden('Your account has no password. Ask an admin to set one');
    const isRight = await this.attempt(userId, () => this.#passwords.check(userId, user.password_hash, password));
    if (!isRight) throw new RequestError(403, 'The password is wrong');
    return user;
  }
}
