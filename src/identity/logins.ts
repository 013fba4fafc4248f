import { randomBytes } from 'node:crypto';
import type { Database, UserRow } from '../db/schema.ts';
import { badRequest, RequestError } from '../lib/errors.ts';
import { SealError, type Sealer } from '../lib/seal.ts';
import { sourceOf } from '../lib/source.ts';
import { storedList } from '../lib/stored.ts';
import { foldName } from '../model/names.ts';
import type { Passwords } from './passwords/passwords.ts';
import type { IdentityContext, User } from './principal.ts';
import type { Beginning, Sessions } from './sessions.ts';
import { type Limit, Throttle } from './throttle.ts';
import { hashToken } from './tokens.ts';
import { stepOfCode } from './totp.ts';
import { findByName, toUser } from './users.ts';

const daySeconds = 86_400;
const rememberedSeconds = 30 * daySeconds;
const maxPerUserAndSource = 5;
const maxPerSource = 30;
/**
 * Counts all addresses except those that the user has logged in from, so that nobody elsewhere can lock them out there.
 */
const maxPerUser = 50;
const tempLifeMs = 300_000;
const maxTemp = 10_000;

/** A completed login: the token, for the cookie or the body. */
export type LoggedIn = {
  readonly kind: 'ok';
  readonly user: User;
  readonly token: string;
  readonly maxAgeSeconds: number;
  readonly beginning: Beginning;
};

export type LoginResult = LoggedIn | { readonly kind: 'needs-totp'; readonly tempToken: string };

type From = { readonly address: string; readonly userAgent: string };

/** The session that a login ends in. */
type Opening = { readonly maxAgeSeconds: number; readonly beginning: Beginning };

type Waiting = {
  readonly userId: string;
  readonly username: string;
  readonly passwordHash: string;
  readonly expiresAt: number;
  /** Null: with a password, and for as long as the second step asks. */
  readonly opening: Opening | null;
};

function byPassword(rememberMe: boolean): Opening {
  return { maxAgeSeconds: rememberMe ? rememberedSeconds : daySeconds, beginning: { by: 'password' } };
}

/** Of fixed length, however long a name somebody sends, because it is stored. */
const keyOf = (username: string): string => `user:${hashToken(foldName(username))}`;

/** What a successful login clears. Elsewhere somebody else may be guessing. */
const keyFrom = (userKey: string, address: string): string => `${userKey} ${sourceOf(address)}`;

/**
 * Logging in. Failures are counted per user and per address (for IPv6 per network of 64 bits), and cost the same for
 * users that do not exist. Attempts in progress count too, so that nothing is hashed beyond a limit.
 */
export class Logins {
  readonly #db: Database;
  readonly #sealer: Sealer;
  readonly #clock: IdentityContext['clock'];
  readonly #passwords: Passwords;
  readonly #sessions: Sessions;
  readonly #throttle: Throttle;
  readonly #waiting = new Map<string, Waiting>();

  constructor({ db, sealer, clock }: IdentityContext, passwords: Passwords, sessions: Sessions) {
    this.#db = db;
    this.#sealer = sealer;
    this.#clock = clock;
    this.#passwords = passwords;
    this.#sessions = sessions;
    this.#throttle = new Throttle(clock.now);
  }

  /** The user whose second step is pending under a token; null if there is none. */
  waitingForCode(tempToken: string): { readonly id: string; readonly username: string } | null {
    const pending = this.#waiting.get(tempToken);
    return pending === undefined ? null : { id: pending.userId, username: pending.username };
  }

  async login(
    input: { readonly username: string; readonly password: string; readonly rememberMe: boolean } & From,
  ): Promise<LoginResult> {
    const username = input.username.trim();
    if (username === '' || input.password === '') throw badRequest('User name and password are required');
    const userKey = keyOf(username);
    // An address over its limit costs no database query.
    this.#throttle.check([{ key: `address:${sourceOf(input.address)}`, most: maxPerSource }]);
    const row = await findByName(this.#db, username);
    const limits = await this.#limits(userKey, row?.id, input.address);
    const isRight = await this.#throttle.attempt(limits, async () => {
      const hash = row?.password_hash ?? null;
      return this.#passwords.check(sourceOf(input.address), hash, input.password);
    });
    if (!isRight || row === undefined) throw new RequestError(401, 'Invalid username or password');
    if (row.totp_sealed !== null) return { kind: 'needs-totp', tempToken: this.#await(row, null) };
    this.#throttle.clear(keyFrom(userKey, input.address));
    return this.#finish(row, byPassword(input.rememberMe), input);
  }

  /** The second step of a login with TOTP; a backup code works as well, once. */
  async verifyTotp(
    input: { readonly tempToken: string; readonly code: string; readonly rememberMe: boolean } & From,
  ): Promise<LoggedIn> {
    const pending = this.#waiting.get(input.tempToken);
    const ofSource = [{ key: `address:${sourceOf(input.address)}`, most: maxPerSource }];
    if (pending === undefined || pending.expiresAt <= this.#clock.now()) {
      this.#throttle.check(ofSource);
      // A token that was valid once is not a guess.
      if (!this.#waiting.delete(input.tempToken)) this.#throttle.count(ofSource);
      throw new RequestError(401, 'This login has expired. Log in again');
    }
    const found = this.#db.selectFrom('users').selectAll().where('id', '=', pending.userId);
    const row = await found.executeTakeFirst();
    if (row === undefined || row.totp_sealed === null || row.password_hash !== pending.passwordHash)
      throw new RequestError(401, 'Your account was changed meanwhile. Log in again');
    const userKey = keyOf(row.username);
    const limits = await this.#limits(userKey, row.id, input.address);
    const isRight = await this.#throttle.attempt(limits, () => this.#spendCode(row, input.code));
    if (!isRight) throw new RequestError(401, 'The code is wrong');
    this.#waiting.delete(input.tempToken);
    this.#throttle.clear(keyFrom(userKey, input.address));
    return this.#finish(row, pending.opening ?? byPassword(input.rememberMe), input);
  }

  /** Lets in a user whom a provider has identified; an account with TOTP still asks for its code. Throws 401 if it or its link is gone. */
  async enter(userId: string, opening: Opening, from: From): Promise<LoginResult> {
    const row = await this.#db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (row === undefined) throw new RequestError(401, 'This account was removed');
    if (row.totp_sealed !== null) return { kind: 'needs-totp', tempToken: this.#await(row, opening) };
    return this.#finish(row, opening, from);
  }

  /** How often one user may fail, and how often one address may, whatever the user. */
  async #limits(userKey: string, userId: string | undefined, address: string): Promise<readonly Limit[]> {
    const isKnown = userId !== undefined && (await this.#isKnownFrom(userId, address));
    return [
      { key: `address:${sourceOf(address)}`, most: maxPerSource },
      { key: keyFrom(userKey, address), most: maxPerUserAndSource },
      { key: userKey, most: isKnown ? Number.POSITIVE_INFINITY : maxPerUser },
    ];
  }

  /** Whether the user has a session from this address or its network. */
  async #isKnownFrom(userId: string, address: string): Promise<boolean> {
    const source = sourceOf(address);
    const found = this.#db.selectFrom('sessions').select('address').distinct().where('user_id', '=', userId);
    return (await found.execute()).some((session) => sourceOf(session.address) === source);
  }

  #await(row: UserRow, opening: Opening | null): string {
    const tempToken = randomBytes(32).toString('hex');
    if (this.#waiting.size >= maxTemp) this.#waiting.delete(this.#waiting.keys().next().value as string);
    const expiresAt = this.#clock.now() + tempLifeMs;
    this.#waiting.set(tempToken, {
      userId: row.id,
      username: row.username,
      passwordHash: row.password_hash,
      expiresAt,
      opening,
    });
    return tempToken;
  }

  async #finish(row: UserRow, { maxAgeSeconds, beginning }: Opening, from: From): Promise<LoggedIn> {
    const user = toUser(row);
    const token = await this.#sessions.open(user, row.password_hash, maxAgeSeconds, beginning, from);
    if (token === null) throw new RequestError(401, 'Your account was changed meanwhile. Log in again');
    return { kind: 'ok', user, token, maxAgeSeconds, beginning };
  }

  /** A secret that can no longer be opened has no codes; a backup code or an admin can still let its user in. */
  #openOrNull(sealed: string, boundTo: string): string | null {
    try {
      return this.#sealer.open(sealed, boundTo);
    } catch (error) {
      if (error instanceof SealError) return null;
      throw error;
    }
  }

  async #spendCode(row: UserRow, code: string): Promise<boolean> {
    const secret = this.#openOrNull(row.totp_sealed ?? '', `user:${row.id}:totp`);
    const step = secret === null ? null : stepOfCode(secret, code, row.totp_last_step, this.#clock.now());
    const users = this.#db.updateTable('users').where('id', '=', row.id);
    if (step !== null) {
      const used = users.set({ totp_last_step: step }).where('totp_last_step', '<', step);
      return (await used.executeTakeFirst()).numUpdatedRows === 1n;
    }
    const hashes = storedList(row.backup_codes) ?? [];
    const hash = hashToken(code.trim().toLowerCase());
    if (!hashes.includes(hash)) return false;
    const left = JSON.stringify(hashes.filter((other) => other !== hash));
    const used = users.set({ backup_codes: left }).where('backup_codes', '=', row.backup_codes);
    return (await used.executeTakeFirst()).numUpdatedRows === 1n;
  }
}
