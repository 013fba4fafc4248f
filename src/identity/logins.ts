import { randomBytes } from 'node:crypto';
import type { UserRow } from '../db/schema.ts';
import { badRequest, RequestError } from '../lib/errors.ts';
import { SealError } from '../lib/seal.ts';
import { storedList } from '../lib/stored.ts';
import { checkPassword } from './passwords.ts';
import type { IdentityContext, User } from './principal.ts';
import type { Sessions } from './sessions.ts';
import { createThrottle } from './throttle.ts';
import { hashToken } from './tokens.ts';
import { stepOfCode } from './totp.ts';
import { toUser } from './users.ts';

const daySeconds = 86_400;
const rememberedSeconds = 30 * daySeconds;
const maxPerUserAndAddress = 5;
const maxPerAddress = 30;
/** From all addresses but those that the user has logged in from: nobody elsewhere can lock them out of these. */
const maxPerUser = 50;
const tempLifeMs = 300_000;
const maxTemp = 10_000;

/** A login that is done: the token, for the cookie or the body. */
export type LoggedIn = {
  readonly kind: 'ok';
  readonly user: User;
  readonly token: string;
  readonly maxAgeSeconds: number;
};

export type LoginResult = LoggedIn | { readonly kind: 'needs-totp'; readonly tempToken: string };

type From = { readonly address: string; readonly userAgent: string };

/** Of one length, however long a name somebody sends: it is kept. */
const keyOf = (username: string): string => `user:${hashToken(username.toLowerCase())}`;

/** Logging in: failures are counted per user and per address, and cost the same for users that do not exist. */
export function createLogins({ db, sealer, clock }: IdentityContext, sessions: Sessions) {
  const throttle = createThrottle(clock.now);
  const waiting = new Map<
    string,
    { readonly userId: string; readonly username: string; readonly passwordHash: string; readonly expiresAt: number }
  >();

  /** Throws 429 where too many have failed. `isKnown`: the user has a session from this address. */
  function check(userKey: string, address: string, isKnown: boolean): void {
    throttle.check(`address:${address}`, maxPerAddress);
    throttle.check(`${userKey} ${address}`, maxPerUserAndAddress);
    if (!isKnown) throttle.check(userKey, maxPerUser);
  }

  function fail(userKey: string, address: string, message: string): RequestError {
    throttle.fail(userKey);
    throttle.fail(`${userKey} ${address}`);
    throttle.fail(`address:${address}`);
    return new RequestError(401, message);
  }

  /** Only what fails from this address is forgiven: elsewhere somebody else may be guessing. */
  const forgive = (userKey: string, address: string): void => throttle.clear(`${userKey} ${address}`);

  async function isKnownFrom(userId: string | undefined, address: string): Promise<boolean> {
    if (userId === undefined) return false;
    const found = db.selectFrom('sessions').select('id').where('user_id', '=', userId).where('address', '=', address);
    return (await found.executeTakeFirst()) !== undefined;
  }

  async function finish(row: UserRow, rememberMe: boolean, from: From): Promise<LoggedIn> {
    const maxAgeSeconds = rememberMe ? rememberedSeconds : daySeconds;
    const user = toUser(row);
    const token = await sessions.open(user, row.password_hash, maxAgeSeconds, from);
    if (token === null) throw new RequestError(401, 'Enter your password again');
    return { kind: 'ok', user, token, maxAgeSeconds };
  }

  /** A secret that does not open any more has no code; a backup code or an admin still lets its user in. */
  function openOrNull(sealed: string, boundTo: string): string | null {
    try {
      return sealer.open(sealed, boundTo);
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }

  async function spendCode(row: UserRow, code: string): Promise<boolean> {
    const secret = openOrNull(row.totp_sealed ?? '', `user:${row.id}:totp`);
    const step = secret === null ? null : stepOfCode(secret, code, row.totp_last_step, clock.now());
    if (step !== null) {
      const used = await db
        .updateTable('users')
        .set({ totp_last_step: step })
        .where('id', '=', row.id)
        .where('totp_last_step', '<', step)
        .executeTakeFirst();
      return used.numUpdatedRows === 1n;
    }
    const hashes = storedList(row.backup_codes) ?? [];
    const hash = hashToken(code.trim().toLowerCase());
    if (!hashes.includes(hash)) return false;
    const left = JSON.stringify(hashes.filter((other) => other !== hash));
    const used = await db
      .updateTable('users')
      .set({ backup_codes: left })
      .where('id', '=', row.id)
      .where('backup_codes', '=', row.backup_codes)
      .executeTakeFirst();
    return used.numUpdatedRows === 1n;
  }

  return {
    /** Whose second half of a login is awaited under a token; null for none. */
    waitingForCode: (tempToken: string): { readonly id: string; readonly username: string } | null => {
      const pending = waiting.get(tempToken);
      return pending === undefined ? null : { id: pending.userId, username: pending.username };
    },
    async login(input: { username: string; password: string; rememberMe: boolean } & From): Promise<LoginResult> {
      const username = input.username.trim();
      if (username === '' || input.password === '') throw badRequest('User name and password are required');
      const userKey = keyOf(username);
      const row = await db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst();
      const isKnown = await isKnownFrom(row?.id, input.address);
      check(userKey, input.address, isKnown);
      const right = await checkPassword(row?.password_hash ?? null, input.password);
      // Again: tries sent at once all pass the first check, and beyond the limit right and wrong answer alike.
      check(userKey, input.address, isKnown);
      if (!right || row === undefined) {
        throw fail(userKey, input.address, 'Invalid username or password');
      }
      if (row.totp_sealed !== null) {
        const tempToken = randomBytes(32).toString('hex');
        if (waiting.size >= maxTemp) waiting.delete(waiting.keys().next().value as string);
        const expiresAt = clock.now() + tempLifeMs;
        waiting.set(tempToken, { userId: row.id, username: row.username, passwordHash: row.password_hash, expiresAt });
        return { kind: 'needs-totp', tempToken };
      }
      forgive(userKey, input.address);
      return finish(row, input.rememberMe, input);
    },
    /** The second half of a login of an account with TOTP; a backup code does too, once. */
    async verifyTotpLogin(input: { tempToken: string; code: string; rememberMe: boolean } & From): Promise<LoggedIn> {
      const pending = waiting.get(input.tempToken);
      if (pending === undefined || pending.expiresAt <= clock.now()) {
        waiting.delete(input.tempToken);
        throw new RequestError(401, 'This login has expired; enter your password again');
      }
      const row = await db.selectFrom('users').selectAll().where('id', '=', pending.userId).executeTakeFirst();
      if (row === undefined || row.totp_sealed === null || row.password_hash !== pending.passwordHash)
        throw new RequestError(401, 'Enter your password again');
      const userKey = keyOf(row.username);
      check(userKey, input.address, await isKnownFrom(row.id, input.address));
      if (!(await spendCode(row, input.code))) throw fail(userKey, input.address, 'The code is wrong');
      waiting.delete(input.tempToken);
      forgive(userKey, input.address);
      return finish(row, input.rememberMe, input);
    },
  };
}
