import type { Database } from '../../db/schema.ts';
import { type Confirmation, changedMeanwhile } from '../confirmation.ts';
import type { IdentityContext } from '../principal.ts';
import { noTotp } from '../second-step.ts';
import type { Sessions } from '../sessions.ts';
import type { Passwords } from './passwords.ts';

/** How many API keys of an account still work after its password was changed, or were removed with it. */
export type KeysAfter = { readonly apiKeysLeft: number; readonly apiKeysEnded: number };

/** New passwords for accounts, by users who know the old one and by admins. */
export class PasswordChanges {
  readonly #db: Database;
  readonly #confirmation: Confirmation;
  readonly #passwords: Passwords;
  readonly #sessions: Sessions;
  readonly #keys: { readonly forgetUser: (userId: string) => void };
  readonly #now: () => number;

  constructor(
    { db, clock }: IdentityContext,
    confirmation: Confirmation,
    passwords: Passwords,
    sessions: Sessions,
    keys: { readonly forgetUser: (userId: string) => void },
  ) {
    this.#db = db;
    this.#now = clock.now;
    this.#confirmation = confirmation;
    this.#passwords = passwords;
    this.#sessions = sessions;
    this.#keys = keys;
  }

  /**
   * Gives a user a new password, and removes their TOTP if they lost it; all their sessions end. `by` is the caller.
   */
  async reset(
    userId: string,
    input: {
      readonly newPassword: string;
      readonly resetTotp: boolean;
      readonly endApiKeys?: boolean;
      readonly by?: string;
    },
  ): Promise<KeysAfter & { readonly username: string }> {
    const { username } = await this.#confirmation.row(userId);
    const passwordHash = await this.#passwords.hash(input.by ?? 'sonde', input.newPassword, username);
    const values = { password_hash: passwordHash, ...(input.resetTotp ? noTotp : {}) };
    await this.#db.updateTable('users').set(values).where('id', '=', userId).execute();
    await this.#sessions.revokeOthers(userId, null, 'password-reset');
    this.#keys.forgetUser(userId);
    return { username, ...(await this.#endKeys(userId, input.endApiKeys ?? false)) };
  }

  async change(
    userId: string,
    input: {
      readonly oldPassword: string;
      readonly newPassword: string;
      readonly keepSessionId: string | null;
      readonly endApiKeys?: boolean;
    },
  ): Promise<KeysAfter> {
    const { username, password_hash: before } = await this.#confirmation.requirePassword(userId, input.oldPassword);
    const passwordHash = await this.#passwords.hash(userId, input.newPassword, username);
    const change = this.#db.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', userId);
    const { numUpdatedRows } = await change.where('password_hash', '=', before).executeTakeFirst();
    if (numUpdatedRows !== 1n) throw changedMeanwhile();
    await this.#sessions.revokeOthers(userId, input.keepSessionId, 'password-changed');
    this.#keys.forgetUser(userId);
    return this.#endKeys(userId, input.endApiKeys ?? false);
  }

  async #endKeys(userId: string, isEnding: boolean): Promise<KeysAfter> {
    const found = await this.#db
      .selectFrom('api_keys')
      .select('id')
      .where('user_id', '=', userId)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', this.#now())]))
      .execute();
    if (!isEnding) return { apiKeysLeft: found.length, apiKeysEnded: 0 };
    await this.#db.deleteFrom('api_keys').where('user_id', '=', userId).execute();
    this.#keys.forgetUser(userId);
    return { apiKeysLeft: 0, apiKeysEnded: found.length };
  }
}
