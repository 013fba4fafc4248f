import type { Transaction, UserRow } from '../db/schema.ts';
import { badRequest, forbidden, notFound, RequestError } from '../lib/errors.ts';
import { SealError } from '../lib/seal.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { type IdentityContext, newId, type User } from './principal.ts';
import type { Sessions } from './sessions.ts';
import { createThrottle } from './throttle.ts';
import { newBackupCodes, newTotp, stepOfCode } from './totp.ts';
import { toUser } from './users.ts';

const maxTries = 5;

/** Users and what belongs to their accounts: password and TOTP. */
export function createAccounts(
  { db, sealer, clock, registration = false }: IdentityContext,
  sessions: Sessions,
  keys: { readonly forgetUser: (userId: string) => void },
) {
  const throttle = createThrottle(clock.now);

  async function row(userId: string): Promise<UserRow> {
    const found = await db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (found === undefined) throw notFound('User not found');
    return found;
  }

  async function confirm(userId: string, password: string): Promise<UserRow> {
    throttle.check(userId, maxTries);
    const user = await row(userId);
    const right = await checkPassword(user.password_hash, password);
    // Again: tries sent at once all pass the first check.
    throttle.check(userId, maxTries);
    if (!right) {
      throttle.fail(userId);
      throw new RequestError(403, 'The password is wrong');
    }
    return user;
  }

  async function setupRequired(): Promise<boolean> {
    return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
  }

  function openPending(sealed: string, userId: string): string {
    try {
      return sealer.open(sealed, `user:${userId}:totp`);
    } catch (error) {
      if (error instanceof SealError) throw badRequest('What was set up cannot be read any more; set TOTP up again');
      throw error;
    }
  }

  const changedMeanwhile = (): RequestError =>
    new RequestError(409, 'Your account was changed at the same time; look at it and try again');

  /** Changes another user, if who asks is an admin still: two who take it from each other at once do not both. */
  async function asAdmin(
    by: User,
    userId: string,
    change: (transaction: Transaction) => Promise<unknown>,
  ): Promise<string> {
    return db.transaction().execute(async (transaction) => {
      const found = (id: string) => transaction.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
      if ((await found(by.id))?.is_admin !== 1) throw forbidden('Only an admin may do this');
      const target = await found(userId);
      if (target === undefined) throw notFound('User not found');
      await change(transaction);
      return target.username;
    });
  }

  return {
    setupRequired,
    registrationAllowed: (): boolean => registration,
    /** The first user becomes admin; later ones are made by an admin, or by anybody where registration is on. */
    async createUser(input: { username: string; password: string; by: User | null }): Promise<{ readonly user: User }> {
      const username = input.username.trim();
      if (!/^[^\p{C}\s][^\p{C}]{0,63}$/u.test(username)) throw badRequest('The user name has 1 to 64 characters');
      // Before anything is hashed: that takes work which nobody may ask of us.
      if (!registration && !input.by?.isAdmin && !(await setupRequired()))
        throw forbidden('Only an admin creates users here');
      const passwordHash = await hashPassword(input.password);
      return db.transaction().execute(async (transaction) => {
        const isFirst = (await transaction.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
        if (!isFirst && !registration && !input.by?.isAdmin) throw forbidden('Only an admin creates users here');
        const taken = await transaction
          .selectFrom('users')
          .select('id')
          .where('username', '=', username)
          .executeTakeFirst();
        if (taken) throw new RequestError(409, 'This user name is taken');
        const user: UserRow = {
          id: newId(),
          username,
          password_hash: passwordHash,
          is_admin: isFirst ? 1 : 0,
          totp_sealed: null,
          totp_pending: null,
          totp_last_step: 0,
          backup_codes: '[]',
          created_at: clock.now(),
        };
        await transaction.insertInto('users').values(user).execute();
        return { user: toUser(user) };
      });
    },
    /** The user of this name; null when there is none. */
    async knownName(username: string): Promise<{ readonly id: string; readonly username: string } | null> {
      const found = db.selectFrom('users').select(['id', 'username']).where('username', '=', username.trim());
      return (await found.executeTakeFirst()) ?? null;
    },
    async listUsers(): Promise<readonly (User & { readonly createdAt: number })[]> {
      const rows = await db.selectFrom('users').selectAll().orderBy('created_at').execute();
      return rows.map((one) => ({ ...toUser(one), createdAt: one.created_at }));
    },
    /** Removes a user with all that is theirs; answers with their name. Throws 404, and 409 for oneself: so there is always an admin. */
    async removeUser(by: User, userId: string): Promise<string> {
      if (by.id === userId) throw new RequestError(409, 'Nobody removes themselves; another admin can');
      const username = await asAdmin(by, userId, (transaction) =>
        transaction.deleteFrom('users').where('id', '=', userId).execute(),
      );
      sessions.forgetUser(userId);
      keys.forgetUser(userId);
      return username;
    },
    async setAdmin(by: User, userId: string, isAdmin: boolean): Promise<string> {
      if (by.id === userId) throw new RequestError(409, 'Nobody changes their own rights; another admin can');
      const username = await asAdmin(by, userId, (transaction) =>
        transaction
          .updateTable('users')
          .set({ is_admin: isAdmin ? 1 : 0 })
          .where('id', '=', userId)
          .execute(),
      );
      sessions.forgetUser(userId);
      keys.forgetUser(userId);
      return username;
    },
    /** Gives a user a new password, and takes their TOTP away where they lost it; all their sessions end. */
    async resetPassword(userId: string, input: { newPassword: string; resetTotp: boolean }): Promise<string> {
      const { username } = await row(userId);
      const noTotp = { totp_sealed: null, totp_pending: null, backup_codes: '[]' };
      await db
        .updateTable('users')
        .set({ password_hash: await hashPassword(input.newPassword), ...(input.resetTotp ? noTotp : {}) })
        .where('id', '=', userId)
        .execute();
      await sessions.revokeOthers(userId, null);
      keys.forgetUser(userId);
      return username;
    },
    async changePassword(
      userId: string,
      input: { oldPassword: string; newPassword: string; keepSessionId: string | null },
    ): Promise<void> {
      const { password_hash: before } = await confirm(userId, input.oldPassword);
      const passwordHash = await hashPassword(input.newPassword);
      const change = db.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', userId);
      const { numUpdatedRows } = await change.where('password_hash', '=', before).executeTakeFirst();
      if (numUpdatedRows !== 1n) throw changedMeanwhile();
      await sessions.revokeOthers(userId, input.keepSessionId);
    },
    async setupTotp(userId: string): Promise<{ readonly secret: string; readonly otpauthUrl: string }> {
      const user = await row(userId);
      if (user.totp_sealed !== null) throw badRequest('TOTP is on already; turn it off first');
      const made = newTotp(user.username);
      const pending = sealer.seal(made.secret, `user:${userId}:totp`);
      const begun = db.updateTable('users').set({ totp_pending: pending }).where('id', '=', userId);
      const { numUpdatedRows } = await begun.where('totp_sealed', 'is', null).executeTakeFirst();
      if (numUpdatedRows !== 1n) throw changedMeanwhile();
      return made;
    },
    /** Turns TOTP on once a code proves that the app has the secret. */
    async enableTotp(userId: string, code: string): Promise<{ readonly backupCodes: readonly string[] }> {
      throttle.check(userId, maxTries);
      const user = await row(userId);
      if (user.totp_pending === null) throw badRequest('Set TOTP up first');
      const step = stepOfCode(openPending(user.totp_pending, userId), code, 0, clock.now());
      if (step === null) {
        throttle.fail(userId);
        throw badRequest('The code is wrong');
      }
      const { codes, hashes } = newBackupCodes();
      const enabled = await db
        .updateTable('users')
        .set({
          totp_sealed: user.totp_pending,
          totp_pending: null,
          totp_last_step: step,
          backup_codes: JSON.stringify(hashes),
        })
        .where('id', '=', userId)
        .where('totp_pending', '=', user.totp_pending)
        .executeTakeFirst();
      if (enabled.numUpdatedRows !== 1n) throw changedMeanwhile();
      sessions.forgetUser(userId);
      return { backupCodes: codes };
    },
    async disableTotp(userId: string, input: { password: string }): Promise<void> {
      await confirm(userId, input.password);
      await db
        .updateTable('users')
        .set({ totp_sealed: null, totp_pending: null, backup_codes: '[]' })
        .where('id', '=', userId)
        .execute();
      sessions.forgetUser(userId);
    },
  };
}
