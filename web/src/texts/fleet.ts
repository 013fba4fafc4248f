/** The list of hosts while it is empty. */
export const startTexts = {
  title: 'What should Sonde monitor?',
  lead: 'Nothing is installed on your servers. Sonde logs in over SSH once and keeps that one connection open.',
  local: 'Monitor this machine',
  localText: 'The one Sonde runs on. No login needed, and the first values appear in two seconds.',
  localName: 'This machine',
  server: 'Add host',
  serverText: 'Any machine you can reach over SSH, with a password or a key.',
  importText: 'Or import many at once from an SSH config, an Ansible inventory or a CSV file.',
  import: 'Import hosts',
  waiting: 'No hosts yet. Add one, or ask an admin to share some with you.',
} as const;

/** Narrow screens. */
export const narrowTexts = {
  cpu: 'CPU',
  memory: 'Mem',
  disk: 'Disk',
  filter: (count: number): string => (count === 0 ? 'Filter' : `Filter · ${count}`),
} as const;

/** The list of hosts. */
export const fleetTexts = {
  title: 'Fleet',
  search: 'Search hosts',
  searchHint: 'Search name, address, tag…',
  table: 'Table',
  tiles: 'Tiles',
  map: 'Map',
  layout: 'Layout',
  all: 'All',
  sort: 'Sort by',
  group: 'Group by',
  groupNone: 'None',
  groupFolder: 'Folder',
  groupTag: 'Tag',
  groupStatus: 'Status',
  noFolder: 'No folder',
  noTag: 'No tag',
  filterTag: 'Tag',
  filterFolder: 'Folder',
  anyTag: 'All tags',
  anyFolder: 'All folders',
  nothing: 'No hosts match.',
  clear: 'Clear filters',
  list: 'Hosts',
  shown: (count: number, all: number): string =>
    count === all ? `${all} ${all === 1 ? 'host' : 'hosts'}` : `${count} of ${all} hosts`,
  columns: {
    status: 'Status',
    name: 'Host',
    cpu: 'CPU',
    memory: 'Memory',
    disk: 'Fullest disk',
    network: 'Network',
    load: 'Load',
    uptime: 'Uptime',
    day: 'CPU, 24 h',
    worst: 'Worst first',
    os: 'System',
    address: 'Address',
    folder: 'Folder',
    tags: 'Tags',
    incidents: 'Incidents',
    owner: 'Owner',
  },
  disk: 'Disk',
  since: 'for',
  notSampled: 'no metrics',
  metricsOff: 'metrics off',
  values: 'values',
  old: 'old',
  findings: {
    incidents: 'with open incidents',
    disk: 'with disks over 90 %',
    memory: 'with memory over 90 %',
    cpu: 'with CPU over 90 %',
    load: 'with a load over 2 per core',
    rights: 'with sections that cannot be read',
  },
  findingsLabel: 'What needs attention',
  orderHeld: 'The order is held while you point at the list.',
  orderNow: 'Sort now',
} as const;

/** Columns, density and saved views. */
export const viewTexts = {
  view: 'View',
  density: 'Row height',
  comfortable: 'Comfortable',
  compact: 'Compact',
  columns: 'Columns',
  tooNarrow: 'does not fit here',
  reset: 'Reset columns',
  saved: 'Saved views',
  none: 'No saved views yet.',
  name: 'Name of the view',
  save: 'Save view',
  remove: (name: string): string => `Delete the view ${name}`,
  full: 'You have 30 saved views. Delete one first.',
} as const;

/** What hosts that fail alike have in common; for one host, and for several. */
export const failureTexts = {
  hosts: (count: number): string => `${count} ${count === 1 ? 'host' : 'hosts'}`,
  behind: (count: number): string => (count === 1 ? 'is cut off behind' : 'are cut off behind'),
  show: 'Show them',
  hide: 'Hide them',
  sentences: {
    'dns not-found': ['has a name that cannot be resolved', 'have names that cannot be resolved'],
    'tcp refused': ['refuses the connection', 'refuse the connection'],
    'tcp timed-out': ['does not answer', 'do not answer'],
    'tcp unreachable': ['is unreachable', 'are unreachable'],
    'tcp reset': ['resets the connection', 'reset the connection'],
    'handshake timed-out': ['accepts the connection but never answers', 'accept the connection but never answer'],
    'host-key changed': ['has a changed host key', 'have changed host keys'],
    'host-key unknown-key': ['has a host key that nobody has accepted', 'have host keys that nobody has accepted'],
    'host-key revoked': ['has a revoked host key', 'have revoked host keys'],
    'auth rejected': ['rejects the login', 'reject the login'],
    'auth needs-code': ['asks for a code', 'ask for a code'],
    'auth no-credential': ['has no credential', 'have no credential'],
    'auth paused': ['is not logged in to for now', 'are not logged in to for now'],
    'auth penalised': ['blocks Sonde for now', 'block Sonde for now'],
    'sample timed-out': ['does not answer samples', 'do not answer samples'],
  },
} as const;

/** The map of all hosts. */
export const mapTexts = {
  label: 'Map of all hosts',
  hint: 'Each square is a host. Point at one to see its name.',
  high: 'Busy or filling up',
  critical: 'Near a limit',
} as const;

/** The wall: what is wrong, for a screen that nobody touches. */
export const wallTexts = {
  title: 'Wall',
  open: 'Wall mode',
  leave: 'Leave wall mode',
  allWell: 'All is well.',
  hosts: (count: number): string => `${count} ${count === 1 ? 'host' : 'hosts'}`,
  more: (count: number): string => `and ${count} more`,
  none: 'No hosts yet.',
} as const;
