import type { HistoryGap } from '../api/history.ts';

/** What is stored of hosts: time controls, gaps, availability, comparison, settings. */
export const historyTexts = {
  ranges: { '15m': '15 min', '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '1y': '1 y' },
  range: 'Time range',
  own: 'Custom',
  ownTitle: 'Custom time span',
  from: 'From',
  to: 'To',
  show: 'Show',
  ownError: 'Enter a start that is before the end.',
  reset: 'Reset zoom',
  earlier: 'Earlier',
  later: 'Later',
  compare: 'Week before',
  compareHint: 'Also show the same time a week before',
  before: 'a week before',
  beforeLegend: 'Dashed lines: a week before',
  table: 'Table',
  tableHint: 'Show charts as tables',
  tableOf: (label: string): string => `${label} as a table`,
  time: 'Time',
  csv: 'CSV',
  csvHint: 'Download these values as CSV',
  link: 'Copy link',
  linkHint: 'Copy a link to this host at this time',
  linkCopied: 'Link copied',
  loading: 'Loading history…',
  retry: 'Try again',
  failed: 'History could not be loaded.',
  off: 'History is off: Sonde stores no values of this host now.',
  offAdmin: 'Turn it on in the settings',
  offUser: 'An admin can turn it on in the settings.',
  nothing: 'Nothing is stored for this time.',
  begins: (when: string): string => `Nothing is stored from before ${when}.`,
  truncated: (count: number): string =>
    `${count} more ${count === 1 ? 'line is' : 'lines are'} not shown: this host has more than fit into one answer.`,
  topCpu: 'CPU',
  topMemory: 'Memory',
  ofCore: 'of a core',
  gaps: {
    offline: 'The host was offline',
    'not-sampled': 'The host was not sampled',
    'sonde-away': 'Sonde was not running',
    clock: 'The clock of Sonde’s machine was changed, or the machine was asleep',
    damaged: 'A file of the history is damaged',
    dropped: 'Sonde had no disk space or could not keep up',
  } satisfies Readonly<Record<HistoryGap['why'], string>>,
  wentOffline: 'Went offline',
  cameBack: 'Online again',
  sondeStopped: 'Sonde stopped',
  sondeStarted: 'Sonde started',
} as const;

/** The bar of days on a host's page. */
export const availabilityTexts = {
  title: 'Availability',
  lead: (days: number): string => `up over ${days} days, not counting unknown time`,
  of: (ratio: string): string => `up ${ratio}`,
  nothing: (days: number): string => `No data from the last ${days} days.`,
  unknown: 'no data',
  downFor: (time: string): string => `down ${time}`,
  plannedFor: (time: string): string => `planned ${time}`,
  unknownFor: (time: string): string => `unknown ${time}`,
  summary: (days: number, ratio: string, bad: number): string =>
    `${days} days: up ${ratio} of the known time, ${bad === 0 ? 'no day with downtime' : bad === 1 ? '1 day with downtime' : `${bad} days with downtime`}`,
  day: 'Day (UTC)',
  down: 'Down',
  planned: 'Planned',
  notKnown: 'Unknown',
  share: 'Up, of known time',
  legendUp: 'up',
  legendDown: 'down',
  legendPlanned: 'planned',
  legendUnknown: 'unknown',
  bad: (count: number): string => (count === 1 ? '1 day with downtime' : `${count} days with downtime`),
  days: 'Days with downtime',
  today: 'today',
} as const;

/** Settings → History. */
export const historySettingsTexts = {
  lead: 'Sonde stores the values of every host, so that you can look back at what happened.',
  enabled: 'Keep history',
  enabledHint: 'Sonde then samples every host at its interval, even while nobody is watching.',
  rawDays: 'Every sample (days)',
  fiveMinuteDays: 'Every 5 minutes (days)',
  hourlyDays: 'Every hour (days)',
  fromTo: (min: number, max: number): string => `${min} to ${max}. Minimum, mean and maximum are kept.`,
  rawHint: (min: number, max: number): string => `${min} to ${max}.`,
  maxGib: 'Maximum disk space (GiB)',
  maxHint: 'Leave it empty for a fifth of the file system. If it is full, the oldest goes first.',
  estimate: 'Disk space these settings need',
  ofHosts: (hosts: number): string => (hosts === 1 ? 'for 1 host' : `for ${hosts} hosts`),
  measured: 'Estimated from what your own hosts take per day.',
  usual: 'Estimated from a usual host with 80 values. After a day, Sonde estimates from your own hosts.',
  tooMuch: (limit: string): string =>
    `This is more than the ${limit} that history may take. The oldest is removed earlier than these days say.`,
  tooFull: (free: string): string =>
    `This is more than there is: ${free} are free. Choose fewer days, or add disk space.`,
  saved: 'Saved. The change is already in effect.',
  used: 'Disk space used',
  usedText: (used: string, most: string): string => `${used} of at most ${most}`,
  free: (free: string): string => `${free} free on the file system`,
  what: 'What',
  size: 'Size',
  since: 'Oldest file',
  tiers: { raw: 'Every sample', '5m': 'Every 5 minutes', '1h': 'Every hour' },
  recent: 'The last hours',
  trouble: 'History is not kept as it should be',
  dropped: (count: number): string =>
    count === 1 ? '1 sample was not kept since Sonde started.' : `${count} samples were not kept since Sonde started.`,
  lastError: (time: string): string => `Last error, ${time}:`,
  damaged: 'Files that could not be read and were set aside:',
} as const;

/** Tells admins of an older installation, once, that there is history now. */
export const announcementTexts = {
  title: 'Sonde can now keep history',
  on: 'It is on, because your hosts were always sampled. You see up to a year of every host, and choose in the settings how much is kept.',
  off: 'It is off, because your hosts were only sampled while somebody watched them. Turn it on to see what happened last night.',
  turnOn: 'Turn on',
  settings: 'Settings',
  dismiss: 'Not now',
  close: 'Got it',
} as const;

/** The page that compares hosts. */
export const compareTexts = {
  title: 'Compare hosts',
  what: 'What is compared',
  metric: 'Metric',
  hosts: 'Hosts',
  all: 'All hosts',
  tags: 'With the tag',
  folders: 'In the folder',
  order: 'Order',
  byMean: 'Highest mean first',
  byMax: 'Highest maximum first',
  chart: 'The highest over time',
  highest: (shown: number, all: number): string =>
    shown === all ? `${all === 1 ? '1 line' : `${all} lines`}` : `The ${shown} highest of ${all} lines`,
  table: 'All compared hosts',
  host: 'Host',
  share: 'Share of the highest',
  mean: 'Mean',
  max: 'Highest',
  loading: 'Loading history…',
  failed: 'These hosts could not be compared.',
  tooMany: (hosts: number, most: number): string =>
    `You have ${hosts} hosts, and at most ${most} can be compared. Choose a tag or a folder.`,
  retry: 'Try again',
  nothing: 'Nothing is stored of these hosts for this time.',
  gap: 'None of these hosts has values here.',
  leftOut: (count: number): string => `${count} more ${count === 1 ? 'line is' : 'lines are'} not shown.`,
} as const;

/** The fleet's column of the last 24 hours. */
export const dayTexts = { highest: 'Highest of the last 24 hours' } as const;
