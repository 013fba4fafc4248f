import { badRequest, notFound, RequestError } from '../lib/errors.ts';
import { type IdentityContext, newId } from './identity.ts';
import { createPrincipals, type Found } from './principals.ts';
import { hashToken, newApiToken } from './tokens.ts';
import { toUser } from './users.ts';

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
  const invalid = (): RequestError => new RequestError(401, 'Invalid token');

  async function lookUp(token: string): Promise<Found> {
    const row = await db
      .selectFrom('api_keys')
      .selectAll()
      .where('token_hash', '=', hashToken(token))
      .executeTakeFirst();
    const expiresAt = row?.expires_at ?? Number.POSITIVE_INFINITY;
    if (row === undefined || expiresAt <= clock.now()) throw invalid();
    const user = await db.selectFrom('users').selectAll().where('id', '=', row.user_id).executeTakeFirstOrThrow();
    return { principal: { user: toUser(user), sessionId: null, apiKeyId: row.id }, expiresAt };
  }

  const principals = createPrincipals({ clock, lookUp, gone: invalid });

  return {
    authenticate: principals.authenticate,
    /** A user's rights changed, or they are gone: the next request reads them anew. */
    forgetUser: (userId: string): void => principals.forget((principal) => principal.user.id !== userId),
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
      principals.forget((principal) => principal.apiKeyId !== keyId);
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
