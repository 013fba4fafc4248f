import { Accounts } from './accounts.ts';
import { createApiKeys } from './api-keys.ts';
import { Confirmation } from './confirmation.ts';
import { Logins } from './logins.ts';
import { PasswordChanges } from './passwords/changes.ts';
import { Passwords } from './passwords/passwords.ts';
import { createPreferences } from './preferences.ts';
import type { IdentityContext, Principal } from './principal.ts';
import { Registrations } from './registrations.ts';
import { SecondStep } from './second-step.ts';
import { createSessions } from './sessions.ts';
import { createTokens } from './tokens.ts';

/** Users, sessions, API keys: everything that tells who asks. Methods throw RequestError for what a caller did wrong. */
export function openIdentity(context: IdentityContext) {
  const { now } = context.clock;
  const listeners = new Set<() => void>();
  const onForget = (): void => {
    for (const listener of listeners) listener();
  };
  const sessions = createSessions(context, createTokens(context.jwtSecret, now), onForget);
  const apiKeys = createApiKeys(context, onForget);
  const passwords = new Passwords();
  const registrations = new Registrations(now);
  const confirmation = new Confirmation(context.db, passwords, now);
  const changes = new PasswordChanges(context, confirmation, passwords, sessions, apiKeys);
  const secondStep = new SecondStep(context, confirmation, sessions);
  const logins = new Logins(context, passwords, sessions);
  const accounts = new Accounts(context, passwords, registrations, (userId) => {
    sessions.forgetUser(userId);
    apiKeys.forgetUser(userId);
  });

  return {
    setupRequired: () => accounts.setupRequired(),
    requireSetupToken: registrations.requireToken.bind(registrations),
    createUser: accounts.create.bind(accounts),
    knownName: accounts.knownName.bind(accounts),
    listUsers: () => accounts.list(),
    removeUser: accounts.remove.bind(accounts),
    setAdmin: accounts.setAdmin.bind(accounts),
    resetPassword: changes.reset.bind(changes),
    changePassword: changes.change.bind(changes),
    setupTotp: secondStep.setUp.bind(secondStep),
    enableTotp: secondStep.enable.bind(secondStep),
    disableTotp: secondStep.disable.bind(secondStep),
    login: logins.login.bind(logins),
    verifyTotpLogin: logins.verifyTotp.bind(logins),
    waitingForCode: logins.waitingForCode.bind(logins),
    /** Who a token stands for. `address`: where it was sent from; guesses of API keys are counted by it. Throws 401, 429. */
    authenticate: (token: string, address = ''): Promise<Principal> | Principal =>
      token.startsWith('tmx_') ? apiKeys.authenticate(token, address) : sessions.authenticate(token, address),
    /** Is called when a token that was good may have ended, or its user's rights changed. Answers with what ends that. */
    onRevoked: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    logout: sessions.revoke,
    listSessions: sessions.list,
    revokeSession: sessions.revokeOf,
    ownerOfApiKey: apiKeys.ownerOf,
    createApiKey: apiKeys.create,
    listApiKeys: apiKeys.list,
    deleteApiKey: apiKeys.remove,
    preferences: createPreferences(context.db),
  };
}

export type Identity = ReturnType<typeof openIdentity>;
