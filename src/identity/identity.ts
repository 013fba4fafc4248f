import { createAccounts } from './accounts.ts';
import { createApiKeys } from './api-keys.ts';
import { createLogins } from './logins.ts';
import type { IdentityContext, Principal } from './principal.ts';
import { createSessions } from './sessions.ts';
import { createTokens } from './tokens.ts';

/** Users, sessions, API keys: everything that tells who asks. Methods throw RequestError for what a caller did wrong. */
export function openIdentity(context: IdentityContext) {
  const tokens = createTokens(context.jwtSecret, context.clock.now);
  const sessions = createSessions(context, tokens);
  const apiKeys = createApiKeys(context);
  const accounts = createAccounts(context, sessions, apiKeys);
  const logins = createLogins(context, sessions);

  return {
    ...accounts,
    ...logins,
    authenticate: (token: string): Promise<Principal> | Principal =>
      token.startsWith('tmx_') ? apiKeys.authenticate(token) : sessions.authenticate(token),
    logout: sessions.revoke,
    listSessions: sessions.list,
    revokeSession: sessions.revokeOf,
    createApiKey: apiKeys.create,
    listApiKeys: apiKeys.list,
    deleteApiKey: apiKeys.remove,
  };
}

export type Identity = ReturnType<typeof openIdentity>;
