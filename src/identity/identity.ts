import { Accounts } from './accounts.ts';
import { ApiKeys } from './api-keys.ts';
import { Confirmation } from './confirmation.ts';
import { Logins } from './logins.ts';
import { PasswordChanges } from './passwords/changes.ts';
import { Passwords } from './passwords/passwords.ts';
import { createPreferences } from './preferences.ts';
import type { IdentityContext, Principal } from './principal.ts';
import { Registrations } from './registrations.ts';
import { SecondStep } from './second-step.ts';
import { Sessions } from './sessions.ts';
import { createTokens } from './tokens.ts';

/**
 * Users, sessions, API keys: everything that identifies the caller. Methods throw RequestError for mistakes of the
 * caller.
 */
export function openIdentity(context: IdentityContext, passwords: Passwords = new Passwords()) {
  const { now } = context.clock;
  const listeners = new Set<() => void>();
  const onForget = (): void => {
    for (const listener of listeners) listener();
  };
  const sessions = new Sessions(context, createTokens(context.jwtSecret, now), onForget);
  const apiKeys = new ApiKeys(context, onForget);
  const registrations = new Registrations(now);
  const confirmation = new Confirmation(context.db, passwords, now);
  const users = new Accounts(context, passwords, registrations, (userId) => {
    sessions.forgetUser(userId);
    apiKeys.forgetUser(userId);
  });

  return {
    users,
    sessions,
    apiKeys,
    logins: new Logins(context, passwords, sessions),
    registrations,
    passwords: new PasswordChanges(context, confirmation, passwords, sessions, apiKeys),
    secondStep: new SecondStep(context, confirmation, sessions),
    preferences: createPreferences(context.db),
    /**
     * The principal that a token stands for. `address`: where it was sent from; guesses of API keys are counted by it.
     * Throws 401, 429.
     */
    authenticate: (token: string, address = ''): Promise<Principal> | Principal =>
      token.startsWith('tmx_') ? apiKeys.authenticate(token, address) : sessions.authenticate(token),
    /**
     * Registers a listener for when a valid token may have ended, or its user's rights changed. Returns a function that
     * removes it.
     */
    onRevoked: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export type Identity = ReturnType<typeof openIdentity>;
