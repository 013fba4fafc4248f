import type { ApiKeyRow } from '../db/schema.ts';
import { badRequest, notFound, RequestError } from '../lib/errors.ts';
import { sourceOf } from '../lib/source.ts';
import { storedList, storedTime } from '../lib/stored.ts';
import { type IdentityContext, newId, type Scope, type User } from './principal.ts';
import { createPrincipals, type Found } from './principals.ts';
import { Throttle } from './throttle.ts';
import { hashToken, newApiToken } from './tokens.ts';
import { toUser } from './users.ts';

const maxPerUser = 100;
/** Tokens of no key, from one address in 5 minutes; keys that are in use are not held back. */
const maxGuesses = 100;
const maxRefused = 10_000;

/** A key as its owner sees it; the token is shown once, when it is made. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly scope: Scope;
  /** The hosts that it is limited to; null: all that its user may see. */
  readonly hostIds: readonly number[] | null;
  /** There where its list of hosts cannot be read: then it is for none. */
  readonly unreadable?: readonly string[];
};

/** An API key to be made. */
export type ApiKeyInput = {
  readonly name: string;
  readonly expiresAt?: string | null | undefined;
  readonly scope?: Scope | undefined;
  readonly hostIds?: readonly number[] | null | undefined;
};

/** API keys: kept as SHA-256, remembered in memory while they are used. */
export function createApiKeys({ db, clock }: IdentityContext, onForget: () => void) {
  const throttle = new Throttle(clock.now);
  /** Hashes of tokens that are good no more, or never were: a client that keeps one makes no new guesses. */
  const refused = new Set<string>();
  const invalid = (): RequestError => new RequestError(401, 'Invalid token');

  async function lookUp(token: string, address: string): Promise<Found> {
    const hash = hashToken(token);
    if (refused.has(hash)) throw invalid();
    const guesses = [{ key: sourceOf(address), most: maxGuesses }];
    throttle.check(guesses);
    const row = await db.selectFrom('api_keys').selectAll().where('token_hash', '=', hash).executeTakeFirst();
    const expiresAt = row?.expires_at ?? Number.POSITIVE_INFINITY;
    if (row === undefined || expiresAt <= clock.now()) {
      if (refused.size >= maxRefused) refused.delete(refused.keys().next().value as string);
      refused.add(hash);
      throttle.count(guesses);
      throw invalid();
    }
    const user = await db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirstOrThrow();
    const { scope, hostIds } = toKey(row);
    const limited: User = { ...toUser(user), scope, onlyHosts: hostIds && new Set(hostIds) };
    return { principal: { user: limited, sessionId: null, apiKeyId: row.id, apiKeyName: row.name }, expiresAt };
  }

  const principals = createPrincipals({ clock, lookUp, gone: invalid, onForget });

  return {
    authenticate: principals.authenticate,
    /** A user's rights changed, or they are gone: the next request reads them anew. */
    forgetUser: (userId: string): void => principals.forget((principal) => principal.user.id !== userId),
    create: async (userId: string, input: ApiKeyInput): Promise<ApiKey & { readonly token: string }> => {
      const name = input.name.trim();
      if (name === '' || name.length > 100) throw badRequest('The name of an API key has 1 to 100 characters');
      const expiresAt = input.expiresAt ? Date.parse(input.expiresAt) : null;
      if (expiresAt !== null && !(expiresAt > clock.now())) throw badRequest('expiresAt must be a time in the future');
      const token = newApiToken();
      const row = {
        id: newId(),
        user_id: userId,
        name,
        token_hash: hashToken(token),
        created_at: clock.now(),
        expires_at: expiresAt,
        scope: input.scope ?? 'manage',
        host_ids: input.hostIds ? JSON.stringify(input.hostIds) : null,
      };
      await db.transaction().execute(async (transaction) => {
        const mine = await transaction.selectFrom('api_keys').select('id').where('user_id', '=', userId).execute();
        if (mine.length >= maxPerUser) throw badRequest(`You have ${maxPerUser} API keys; delete one first`);
        await transaction.insertInto('api_keys').values(row).execute();
      });
      return { ...toKey(row), token };
    },
    list: async (userId: string): Promise<readonly ApiKey[]> => {
      return (await db.selectFrom('api_keys').selectAll().where('user_id', '=', userId).execute()).map(toKey);
    },
    /** Removes a key and answers with its name. Throws 404. */
    remove: async (userId: string, keyId: string): Promise<string> => {
      const row = await db
        .selectFrom('api_keys')
        .select('name')
        .where('id', '=', keyId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      if (row === undefined) throw notFound('API key not found');
      await db.deleteFrom('api_keys').where('id', '=', keyId).execute();
      principals.forget((principal) => principal.apiKeyId !== keyId);
      return row.name;
    },
  };
}

function toKey(row: ApiKeyRow): ApiKey {
  const listed = row.host_ids === null ? null : storedList(row.host_ids);
  const ids = (listed ?? []).filter((id) => typeof id === 'number');
  return {
    id: row.id,
    name: row.name,
    createdAt: storedTime(row.created_at),
    expiresAt: row.expires_at === null ? null : storedTime(row.expires_at),
    scope: row.scope === 'read' ? 'read' : 'manage',
    hostIds: row.host_ids === null ? null : ids,
    ...(row.host_ids !== null && listed === null ? { unreadable: ['hostIds'] } : {}),
  };
}
