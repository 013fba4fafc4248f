/** The head of every page. */
export const navTexts = {
  label: 'Main',
  fleet: 'Fleet',
  add: 'Add server',
  settings: 'Settings',
  docs: 'API',
  palette: 'Go to…',
  theme: 'Theme',
  light: 'Light',
  dark: 'Dark',
  system: 'System',
  logOut: 'Log out',
  import: 'Import and export',
  account: 'Account',
  breadcrumb: 'Breadcrumb',
  logIn: 'Log in',
} as const;

/** The palette. */
export const paletteTexts = {
  title: 'Go to…',
  placeholder: 'Host, page or action…',
  empty: 'No results.',
  hosts: 'Hosts',
  pages: 'Pages',
  actions: 'Actions',
  keys: 'Press k to open, / to search, Esc to close.',
} as const;

/** The state of the live stream. */
export const connectionTexts = {
  live: 'Live',
  connecting: 'Connecting…',
  awayTitle: 'Waiting for Sonde',
  away: 'Sonde is not responding, so this page cannot be loaded yet. It opens by itself as soon as Sonde responds.',
  lost: 'Connection to Sonde lost. These are the last values received. Reconnecting…',
} as const;
