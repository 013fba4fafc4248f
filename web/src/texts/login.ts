import type { SessionEnd } from '../../../src/model/people/session-end.ts';

/** The page that logs in. */
export const loginTexts = {
  title: 'Log in',
  username: 'User name',
  password: 'Password',
  remember: 'Stay logged in for 30 days',
  submit: 'Log in',
  codeTitle: 'Two-step login',
  code: 'Code from your authenticator app, or a backup code',
  codeSubmit: 'Continue',
  again: 'Back',
  register: 'Create an account',
  registerTitle: 'Create an account',
  haveOne: 'I already have an account',
  notKept: 'Your browser did not keep the login. Allow cookies for this address, then log in again.',
  notKeptInFrame: 'Your browser keeps no login in a frame of another site. Open Sonde in a tab of its own.',
  ended: {
    expired: 'Your session expired. Log in again.',
    'logged-out': 'You logged out in another tab or program.',
    revoked: 'This session was ended from the list of sessions of your account.',
    'password-changed': 'The password of this account was changed on another device. Log in with the new one.',
    'password-reset': 'An admin reset the password of this account. Log in with the new one.',
    'account-removed': 'This account was removed.',
    unlinked: 'An admin ended the link between this account and the provider that you signed in with.',
  } satisfies Readonly<Record<SessionEnd, string>>,
} as const;

/** The first visit. */
export const welcomeTexts = {
  title: 'Welcome to Sonde',
  lead: 'Create the first account. This account is the administrator: it can change settings and add users.',
  password: 'Password (at least 8 characters)',
  token: 'Setup token',
  tokenHint: 'Sonde printed it when it started. It is needed because Sonde can be reached from other machines.',
  history: 'Keep history',
  historyHint:
    'Sonde samples your hosts even while nobody is watching, so that you can look back later. You can change this in the settings.',
  submit: 'Create the account',
  taken: 'Sonde is already set up.',
} as const;
