/** The page that logs in. */
export const loginTexts = {
  title: 'Log in',
  username: 'User name',
  password: 'Password',
  remember: 'Stay logged in for 30 days',
  submit: 'Log in',
  codeTitle: 'One more step',
  code: 'Code of your authenticator app, or a backup code',
  codeSubmit: 'Go on',
  again: 'Back to the password',
  register: 'Create an account',
  registerTitle: 'Create an account',
  haveOne: 'I have an account',
} as const;

/** The first visit. */
export const welcomeTexts = {
  title: 'Welcome to Sonde',
  lead: 'Create the first account. It is the admin’s: it sees the settings and makes other users.',
  password: 'Password, 8 characters or more',
  token: 'Setup token',
  tokenHint: 'Sonde printed it when it started; needed because it listens beyond this machine.',
  submit: 'Create the admin',
  taken: 'This Sonde is set up already.',
} as const;
