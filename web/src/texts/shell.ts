/** The head of every page. */
export const navTexts = {
  label: 'Main',
  fleet: 'Fleet',
  alerts: 'Alerts',
  compare: 'Compare',
  add: 'Add host',
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
  placeholderOfHost: 'What to do…',
  empty: 'No results.',
  hosts: 'Hosts',
  onHosts: 'On hosts',
  pages: 'Pages',
  actions: 'Actions',
  addChannel: 'Add a channel',
  addRule: 'Add a rule',
  map: 'Fleet: map',
  wall: 'Wall mode',
  more: '→ actions',
  keys: 'Enter opens, → lists actions on a host. You can also type: edit web-1',
  /** What can be done to a host; the first word is what is typed for it. */
  verbs: {
    open: 'Open',
    connect: 'Connect now',
    edit: 'Edit',
    key: 'Check its new key',
    copy: 'Copy ssh command',
    folder: 'Folder: show its hosts',
    incidents: 'Incidents: show those that are open',
    silence: 'Silence its alerts',
    select: 'Select for a bulk action',
  },
} as const;

/** The help on keys. */
export const keysTexts = {
  title: 'Keyboard',
  groups: [
    {
      heading: 'Everywhere',
      keys: [
        [['Ctrl K', '⌘ K', 'k'], 'Go to any host, page or action'],
        [['/'], 'Search hosts'],
        [['?'], 'Show this help'],
        [['Esc'], 'Close what is open'],
      ],
    },
    {
      heading: 'In the list of hosts',
      keys: [
        [['j', '↓'], 'Next host; enters the list'],
        [['k', '↑'], 'Previous host, while you are in the list'],
        [['Home', 'End'], 'First or last host'],
        [['Enter'], 'Open the host, or fold and unfold a group'],
        [['x'], 'Select the host'],
        [['Shift', 'click'], 'Select all hosts in between'],
      ],
    },
    {
      heading: 'In the list of incidents',
      keys: [
        [['j', 'k'], 'Next or previous incident'],
        [['a'], 'Acknowledge'],
      ],
    },
    {
      heading: 'On a host’s page',
      keys: [
        [['←', '→'], 'Earlier or later, in all charts'],
        [['+', '−'], 'Zoom in or out'],
        [['0'], 'Reset the zoom'],
      ],
    },
  ],
} as const satisfies {
  readonly title: string;
  readonly groups: readonly {
    readonly heading: string;
    readonly keys: readonly (readonly [readonly string[], string])[];
  }[];
};

/** The state of the live stream. */
export const connectionTexts = {
  live: 'Live',
  connecting: 'Connecting…',
  partAway: 'Sonde is not responding, so this part cannot be loaded yet. It appears as soon as Sonde responds.',
  awayTitle: 'Waiting for Sonde',
  away: 'Sonde is not responding, so this page cannot be loaded yet. It opens by itself as soon as Sonde responds.',
  lost: 'Connection to Sonde lost. These are the last values received. Reconnecting…',
} as const;
