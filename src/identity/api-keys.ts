import type { ApiKeyRow, Database } from '../db/schema.ts';
import { badRequest, forbidden, notFound, RequestError } from '../lib/errors.ts';
import { sourceOf } from '../lib/source.ts';
import { storedList, storedTime } from '../lib/stored.ts';
import { flawOfTitle } from '../model/names.ts';
import { type IdentityContext, newId, type Principal, type Scope, type User } from './principal.ts';
import { type Found, Principals } from './principals.ts';
import { Throttle } from './throttle.ts';
import { hashToken, newApiToken } from './tokens.ts';
import { toUser } from './users.ts';

const maxPerUser = 100;
/** How many unknown tokens one address may send in 5 minutes; keys in use are not affected. */
const maxGuesses = 100;
const maxRefused = 10_000;
/** How often a key's last use is written, ms. */
const usedMs = 60_000;
/** `tmx_` plus this many hex digits identify a key; 56 more stay secret. */
const prefixLength = 12;

/** A key as its owner sees it; the token is shown once, when it is created. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  /** The user that it belongs to. */
  readonly userId: string;
  readonly username: string;
  /** The beginning of its token; null for keys from before this was stored. */
  readonly tokenPrefix: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** To the minute; null: never, or not since this is stored. */
  readonly lastUsedAt: string | null;
  /** Whether it still works: it has not expired. */
  readonly isActive: boolean;
  readonly scope: Scope;
  /** The hosts that it is limited to; null: all that its user may see. */
  readonly hostIds: readonly number[] | null;
  /** Present if its list of hosts cannot be read; the key is then for none. */
  readonly unreadable?: readonly string[];
};

/** The user that a key is created for. */
export type Owner = Pick<User, 'id' | 'username' | 'isAdmin'>;

/** An API key to create. */
export type ApiKeyInput = {
  readonly name: string;
  readonly expiresAt?: string | null | undefined;
  readonly scope?: Scope | undefined;
  readonly hostIds?: readonly number[] | null | undefined;
};

const invalid = (): RequestError => new RequestError(401, 'Invalid token');

/** API keys: stored as SHA-256, remembered in memory while they are in use. */
export class ApiKeys {
  readonly #db: Database;
  readonly #clock: IdentityContext['clock'];
  readonly #principals: Principals;
  readonly #throttle: Throttle;
  /**
   * Hashes of tokens that are invalid or no longer valid: a client that keeps using one does not count as guessing
   * again.
   */
  readonly #refused = new Set<string>();
  /** When each key's use was last written, ms since the epoch. */
  readonly #usedAt = new Map<string, number>();

  constructor({ db, clock }: IdentityContext, onForget: () => void) {
    this.#db = db;
    this.#clock = clock;
    this.#throttle = new Throttle(clock.now);
    const lookUp = (token: string, address: string): Promise<Found> => this.#lookUp(token, address);
    this.#principals = new Principals({ clock, lookUp, gone: invalid, onForget });
  }

  /**
   * The principal of a key's token. `address` is where it was sent from; guesses are counted by it. Throws 401, 429.
   */
  authenticate(token: string, address: string): Promise<Principal> | Principal {
    const found = this.#principals.authenticate(token, address);
    if (found instanceof Promise) {
      return found.then((principal) => {
        this.#noteUse(principal);
        return principal;
      });
    }
    this.#noteUse(found);
    return found;
  }

  /** A user's rights changed, or the user is gone: the next request reads them again. */
  forgetUser(userId: string): void {
    this.#principals.forget((principal) => principal.user.id !== userId);
  }

  /**
   * The user that a key is created for: an admin may create one for another user. Throws 403, and 404 for an unknown
   * user.
   */
  async ownerOf(asks: Owner, userId: string | null): Promise<Owner> {
    if (userId === null || userId === asks.id) return { id: asks.id, username: asks.username, isAdmin: asks.isAdmin };
    if (!asks.isAdmin) throw forbidden('Only an admin can create an API key for another user');
    const row = await this.#db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (row === undefined) throw notFound('User not found');
    return { id: row.id, username: row.username, isAdmin: row.is_admin === 1 };
  }

  async create(owner: Owner, input: ApiKeyInput): Promise<ApiKey & { readonly token: string }> {
    const token = newApiToken();
    const row = newRow(owner, input, token, this.#clock.now());
    await this.#db.transaction().execute(async (transaction) => {
      const mine = await transaction.selectFrom('api_keys').select('id').where('user_id', '=', owner.id).execute();
      if (mine.length >= maxPerUser)
        throw badRequest(`A user can have at most ${maxPerUser} API keys. Delete one first`);
      const user = await transaction.selectFrom('users').select('id').where('id', '=', owner.id).executeTakeFirst();
      if (user === undefined) throw notFound('User not found');
      await transaction.insertInto('api_keys').values(row).execute();
    });
    return { ...toKey(row, owner.username, this.#clock.now()), token };
  }

  /** A user's keys, oldest first; for an admin, the keys of all users. */
  async list({ id, isAdmin }: Pick<User, 'id' | 'isAdmin'>): Promise<readonly ApiKey[]> {
    const all = this.#db
      .selectFrom('api_keys')
      .innerJoin('users', 'users.id', 'api_keys.user_id')
      .selectAll('api_keys')
      .select('users.username')
      .orderBy('api_keys.created_at');
    const rows = await (isAdmin ? all : all.where('api_keys.user_id', '=', id)).execute();
    return rows.map((row) => toKey(row, row.username, this.#clock.now()));
  }

  /** Removes a key (an admin: anybody's) and returns its name. Throws 404. */
  async remove({ id, isAdmin }: Pick<User, 'id' | 'isAdmin'>, keyId: string): Promise<string> {
    const found = this.#db.selectFrom('api_keys').select(['name', 'user_id']).where('id', '=', keyId);
    const row = await found.executeTakeFirst();
    if (row === undefined || (row.user_id !== id && !isAdmin)) throw notFound('API key not found');
    await this.#db.deleteFrom('api_keys').where('id', '=', keyId).execute();
    this.#principals.forget((principal) => principal.apiKeyId !== keyId);
    return row.name;
  }

  async #lookUp(token: string, address: string): Promise<Found> {
    const hash = hashToken(token);
    if (this.#refused.has(hash)) throw invalid();
    const guesses = [{ key: sourceOf(address), most: maxGuesses }];
    this.#throttle.check(guesses);
    const row = await this.#db.selectFrom('api_keys').selectAll().where('token_hash', '=', hash).executeTakeFirst();
    const expiresAt = row?.expires_at ?? Number.POSITIVE_INFINITY;
    if (row === undefined || expiresAt <= this.#clock.now()) {
      if (this.#refused.size >= maxRefused) this.#refused.delete(this.#refused.keys().next().value as string);
      this.#refused.add(hash);
      this.#throttle.count(guesses);
      throw invalid();
    }
    const user = await this.#db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirstOrThrow();
    const { scope, hostIds } = limitsOf(row);
    const limited: User = { ...toUser(user), scope, onlyHosts: hostIds && new Set(hostIds) };
    return { principal: { user: limited, sessionId: null, apiKeyId: row.id, apiKeyName: row.name }, expiresAt };
  }

  /**
   * Stores when a key was used. What cannot be written now is written a minute later; no request fails because of it.
   */
  #noteUse({ apiKeyId }: Principal): void {
    const now = this.#clock.now();
    if (apiKeyId === null || now - (this.#usedAt.get(apiKeyId) ?? 0) < usedMs) return;
    if (this.#usedAt.size >= maxRefused) this.#usedAt.clear();
    this.#usedAt.set(apiKeyId, now);
    const written = this.#db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', apiKeyId).execute();
    written.catch(() => undefined);
  }
}

/** The row of a new key. Throws 400. `now`: ms since the epoch. */
function newRow(owner: Owner, input: ApiKeyInput, token: string, now: number): ApiKeyRow {
  const name = input.name.trim();
  if (name === '' || name.length > 100) throw badRequest('The name of an API key must have 1 to 100 characters');
  const flaw = flawOfTitle(name);
  if (flaw !== null) throw badRequest(`The name of an API key ${flaw}`);
  const expiresAt = input.expiresAt ? Date.parse(input.expiresAt) : null;
  if (expiresAt !== null && !(expiresAt > now)) throw badRequest('expiresAt must be a time in the future');
  return {
    id: newId(),
    user_id: owner.id,
    name,
    token_hash: hashToken(token),
    token_prefix: token.slice(0, prefixLength),
    last_used_at: null,
    created_at: now,
    expires_at: expiresAt,
    scope: input.scope ?? 'manage',
    host_ids: input.hostIds ? JSON.stringify(input.hostIds) : null,
  };
}

function toKey(row: ApiKeyRow, username: string, now: number): ApiKey {
  return {
    id: row.id,
    name: row.name,
    userId: row.user_id,
    username,
    tokenPrefix: row.token_prefix,
    createdAt: storedTime(row.created_at),
    expiresAt: row.expires_at === null ? null : storedTime(row.expires_at),
    lastUsedAt: row.last_used_at === null ? null : storedTime(row.last_used_at),
    isActive: (row.expires_at ?? Number.POSITIVE_INFINITY) > now,
    ...limitsOf(row),
  };
}

/** What a key may do. */
function limitsOf(row: ApiKeyRow): Pick<ApiKey, 'scope' | 'hostIds' | 'unreadable'> {
  const listed = row.host_ids === null ? null : storedList(row.host_ids);
  const ids = (listed ?? []).filter((id) => typeof id === 'number');
  return {
    scope: row.scope === 'read' ? 'read' : 'manage',
    hostIds: row.host_ids === null ? null : ids,
    ...(row.host_ids !== null && listed === null ? { unreadable: ['hostIds'] } : {}),
  };
}
