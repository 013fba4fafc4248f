import { badRequest, notFound, RequestError } from '../lib/errors.ts';
import { type IdentityContext, newId, type Principal } from './identity.ts';
import { hashToken, newApiToken } from './tokens.ts';
import { toUser } from './users.ts';

const maxCached = 10_000;
const maxPerUser = 100;

/** A key as its owner sees it; the token is shown once, when it is made. */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
};

/** API keys: kept as SHA-256, remembered in memory while they are used. */
export function createApiKeys({ db, clock }: IdentityContext) {
  const cache = new Map<string, { readonly principal: Principal; readonly expiresAt: number }>();
  /** Grows with every deletion: what was read before one is not cached after it. */
  let revision = 0;
  const invalid = (): RequestError => new RequestError(401, 'Invalid token');

  async function lookUp(token: string): Promise<Principal> {
    const before = revision;
    const row = await db
      .selectFrom('api_keys')
      .selectAll()
      .where('token_hash', '=', hashToken(token))
      .executeTakeFirst();
    const expiresAt = row?.expires_at ?? Number.POSITIVE_INFINITY;
    if (row === undefined || expiresAt <= clock.now()) throw invalid();
    const user = await db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirstOrThrow();
    const principal: Principal = { user: toUser(user), sessionId: null, apiKeyId: row.id };
    if (revision !== before) return principal;
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value as string);
    cache.set(token, { principal, expiresAt });
    return principal;
  }

  return {
    authenticate(token: string): Promise<Principal> | Principal {
      const cached = cache.get(token);
      if (cached === undefined) return lookUp(token);
      if (cached.expiresAt > clock.now()) return cached.principal;
      cache.delete(token);
      throw invalid();
    },
    create: async (
      userId: string,
      input: { readonly name: string; readonly expiresAt?: string | null | undefined },
    ): Promise<ApiKey & { readonly token: string }> => {
      const name = input.name.trim();
      if (name === '' || name.length > 100) throw badRequest('The name of an API key has 1 to 100 characters');
      const expiresAt = input.expiresAt ? Date.parse(input.expiresAt) : null;
      if (expiresAt !== null && !(expiresAt > clock.now())) throw badRequest('expiresAt must be a time in the future');
      const mine = await db.selectFrom('api_keys').select('id').where('user_id', '=', userId).execute();
      if (mine.length >= maxPerUser) throw badRequest(`You have ${maxPerUser} API keys; delete one first`);
      const token = newApiToken();
      const row = {
        id: newId(),
        user_id: userId,
        name,
        token_hash: hashToken(token),
        created_at: clock.now(),
        expires_at: expiresAt,
      };
      await db.insertInto('api_keys').values(row).execute();
      return { ...toKey(row), token };
    },
    list: async (userId: string): Promise<readonly ApiKey[]> => {
      return (await db.selectFrom('api_keys').selectAll().where('user_id', '=', userId).execute()).map(toKey);
    },
    remove: async (userId: string, keyId: string): Promise<void> => {
      const deleted = await db
        .deleteFrom('api_keys')
        .where('id', '=', keyId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      revision += 1;
      for (const [token, { principal }] of cache) if (principal.apiKeyId === keyId) cache.delete(token);
      if (deleted.numDeletedRows === 0n) throw notFound('API key not found');
    },
  };
}

function toKey(row: { id: string; name: string; created_at: number; expires_at: number | null }): ApiKey {
  return {
    id: row.id,
    name: row.name,
    createdAt: new Date(row.created_at).toISOString(),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at).toISOString(),
  };
}
