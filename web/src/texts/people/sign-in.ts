import type { SignInRefusal } from '../../../../src/model/people/sign-in.ts';

/** Signing in with a provider, at the login page. */
export const signInTexts = {
  with: (name: string): string => `Sign in with ${name}`,
  or: 'or',
  refusedTitle: 'You are not signed in',
  refused: {
    off: 'Signing in with a provider is not set up here. Log in with a password.',
    setup: 'Create the first account before anybody signs in with a provider.',
    denied: 'The sign-in was cancelled at the provider. Start it again if you did not mean to.',
    stale:
      'The sign-in was too old, was finished before, or began in another browser or at another address of Sonde. Start it again here.',
    unreachable: 'Sonde cannot reach the provider. Try again later, or log in with a password.',
    provider: 'The provider refused Sonde. Ask an admin: the audit log says why.',
    token: 'The provider’s answer is not valid. Try again; if it stays so, ask an admin: the audit log says why.',
    unlinked:
      'No account here is linked to you. Ask an admin to link one: they see your request in the settings, under Sign-in.',
    'name-taken':
      'Sonde cannot create your account, because its name is taken or looks like another one. Ask an admin to link your account: they see your request in the settings, under Sign-in.',
    'no-name': 'The provider did not say what your account should be called. Ask an admin: it is a setting of Sonde.',
    'not-allowed': 'The provider knows you, but you may not use Sonde. Ask an admin.',
    'groups-unknown':
      'The provider did not say which groups you are in. Ask an admin: it is a setting of the provider.',
    'too-many': 'Too many sign-ins from your address failed. Wait five minutes, then try again.',
  } satisfies Readonly<Record<SignInRefusal, string>>,
} as const;

/** The settings of the provider. */
export const providerTexts = {
  lead: 'Let people sign in with OpenID Connect: Keycloak, Authentik, Google, Entra ID and others.',
  fromFile: 'The file that SONDE_OIDC_FILE names sets the provider. Change that file, and restart Sonde.',
  sealed: 'These settings cannot be opened with this sealing key. Enter them again.',
  passwordsOff: 'Passwords are turned off (SONDE_PASSWORD_LOGIN=false).',
  redirect: 'Redirect URI, to enter at the provider',
  logout: 'Post-logout redirect URI, to enter at the provider',
  issuer: 'Issuer',
  issuerHint: 'The address of the provider, exactly as it calls itself, such as https://id.example.org/realms/main',
  clientId: 'Client ID',
  clientSecret: 'Client secret',
  clientSecretHint: 'Leave it empty for a public client. It is stored encrypted and never shown again.',
  name: 'Name on the button',
  nameHint: 'The login page says “Sign in with …”.',
  who: 'Who may sign in',
  createAccounts: 'Create an account at the first sign-in',
  createAccountsHint:
    'Otherwise an admin links each person to an account. With a provider that anybody can register at, set groups or domains below.',
  allowedGroups: 'Only these groups',
  allowedDomains: 'Only these e-mail domains',
  allowedDomainsHint: 'One per line. The provider must say that the address is verified.',
  adminGroups: 'Groups of admins',
  adminGroupsHint: 'One per line. Everybody else who signs in is no admin then. Empty: admins are made here.',
  groupsHint: 'One per line. Empty: everybody.',
  more: 'More settings',
  scopes: 'Scopes',
  userNameClaim: 'Claim with the name of a new account',
  groupsClaim: 'Claim with the groups',
  groupsClaimHint: 'A dot leads into it: realm_access.roles',
  clientAuth: 'How the secret is sent',
  clientAuths: {
    auto: 'As the provider says',
    basic: 'In a header (client_secret_basic)',
    post: 'In the form (client_secret_post)',
  },
  sessionHours: 'Hours until people sign in again',
  sessionHoursHint: '1 to 720. Somebody whom the provider no longer knows keeps their session that long.',
  logOutAtProvider: 'Logging out of Sonde also logs out at the provider',
  save: 'Save',
  saved: 'Saved. The login page has the button now.',
  test: 'Test',
  testing: 'Testing…',
  testOk: 'The test passed',
  testFailed: 'The test failed',
  remove: 'Remove',
  removeTitle: 'Remove the provider?',
  removeText: 'Nobody can sign in with it any more. Links of accounts stay, and work again when it is back.',
} as const;

/** Who is linked to which account. */
export const identityTexts = {
  requests: 'Waiting for an account',
  requestsLead:
    'These people signed in with the provider, and no account is linked to them. Names and addresses are what they say: at many providers, people choose them. Only the subject cannot be chosen.',
  noRequests: 'Nobody is waiting.',
  asked: (time: string): string => `asked ${time}`,
  account: (name: string): string => `Account for ${name}`,
  choose: 'Choose an account…',
  link: 'Link',
  dismiss: 'Dismiss',
  byHand: 'Link to the provider',
  byHandTitle: (username: string): string => `Link ${username} to the provider`,
  byHandText:
    'Enter the person’s subject (the claim sub), which the provider shows in its user list. Or let them sign in once: they then appear under Sign-in.',
  subject: 'Subject',
  unlink: 'Unlink',
  unlinkTitle: (username: string): string => `Unlink ${username}?`,
  unlinkText: (hasPassword: boolean): string =>
    hasPassword
      ? 'They can no longer sign in with the provider, and their sessions that began there end. API keys keep working.'
      : 'This account has no password: nobody can log in to it until you set one. Sessions that began at the provider end. API keys keep working.',
  signsIn: (who: string): string => `signs in as ${who}`,
  noPassword: 'no password',
  mine: 'You sign in with a provider. This account has no password, so there is nothing to set here.',
} as const;
