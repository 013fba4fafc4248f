import type { Database } from '../db/schema.ts';
import { badRequest } from '../lib/errors.ts';
import { SealError, type Sealer } from '../lib/seal.ts';
import { type Confirmation, changedMeanwhile } from './confirmation.ts';
import type { IdentityContext } from './principal.ts';
import type { Sessions } from './sessions.ts';
import { newBackupCodes, newTotp, stepOfCode } from './totp.ts';

/** The columns of an account without TOTP. */
export const noTotp = { totp_sealed: null, totp_pending: null, backup_codes: '[]' };

/** The second step of an account's login: TOTP and backup codes. */
export class SecondStep {
  readonly #db: Database;
  readonly #sealer: Sealer;
  readonly #clock: IdentityContext['clock'];
  readonly #confirmation: Confirmation;
  readonly #sessions: Sessions;

  constructor({ db, sealer, clock }: IdentityContext, confirmation: Confirmation, sessions: Sessions) {
    this.#db = db;
    this.#sealer = sealer;
    this.#clock = clock;
    this.#confirmation = confirmation;
    this.#sessions = sessions;
  }

  async setUp(userId: string): Promise<{ readonly secret: string; readonly otpauthUrl: string }> {
    const user = await this.#confirmation.row(userId);
    if (user.totp_sealed !== null) throw badRequest('TOTP is already on. Turn it off first');
    // Turning it off asks for the password.
    if (user.password_hash === '')
      throw badRequest('Your account has no password, so the provider that you sign in with asks for the second step');
    const made = newTotp(user.username);
    const pending = this.#sealer.seal(made.secret, `user:${userId}:totp`);
    const begun = this.#db.updateTable('users').set({ totp_pending: pending }).where('id', '=', userId);
    const { numUpdatedRows } = await begun.where('totp_sealed', 'is', null).executeTakeFirst();
    if (numUpdatedRows !== 1n) throw changedMeanwhile();
    return made;
  }

  /** Turns TOTP on once a code proves that the app has the secret. */
  async enable(userId: string, code: string): Promise<{ readonly backupCodes: readonly string[] }> {
    const { totp_pending: pending } = await this.#confirmation.row(userId);
    if (pending === null) throw badRequest('Set TOTP up first');
    const secret = this.#openPending(pending, userId);
    let step: number | null = null;
    const isRight = await this.#confirmation.attempt(userId, async () => {
      step = stepOfCode(secret, code, 0, this.#clock.now());
      return step !== null;
    });
    if (!isRight || step === null) throw badRequest('The code is wrong');
    const { codes, hashes } = newBackupCodes();
    const backupCodes = JSON.stringify(hashes);
    const enabled = await this.#db
      .updateTable('users')
      .set({ totp_sealed: pending, totp_pending: null, totp_last_step: step, backup_codes: backupCodes })
      .where('id', '=', userId)
      .where('totp_pending', '=', pending)
      .executeTakeFirst();
    if (enabled.numUpdatedRows !== 1n) throw changedMeanwhile();
    this.#sessions.forgetUser(userId);
    return { backupCodes: codes };
  }

  async disable(userId: string, input: { readonly password: string }): Promise<void> {
    await this.#confirmation.requirePassword(userId, input.password);
    await this.#db.updateTable('users').set(noTotp).where('id', '=', userId).execute();
    this.#sessions.forgetUser(userId);
  }

  #openPending(sealed: string, userId: string): string {
    try {
      return this.#sealer.open(sealed, `user:${userId}:totp`);
    } catch (error) {
      if (error instanceof SealError) throw badRequest('The TOTP setup can no longer be read. Set TOTP up again');
      throw error;
    }
  }
}
