const many = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;

/** The tables of a host. */
export const tableTexts = {
  name: 'Name',
  mount: 'Mount',
  device: 'Device',
  used: 'Used',
  free: 'Free',
  change: 'Last 15 min',
  size: 'Size',
  inodes: 'Inodes',
  filter: 'Filter processes',
  filterHint: 'Filter',
  share: 'CPU share',
  shares: { core: 'of one core', all: 'of all cores' },
  noMatch: (count: number): string => `None of the ${count} processes that use most CPU or memory matches.`,
  wholeCommand: 'Show the whole command',
  counts: (counts: {
    readonly total: number | null;
    readonly threads: number | null;
    readonly running: number | null;
    readonly blocked: number | null;
    readonly zombie: number | null;
  }): string =>
    [
      counts.total === null ? '' : many(counts.total, 'process', 'processes'),
      counts.threads === null ? '' : many(counts.threads, 'thread', 'threads'),
      counts.running === null ? '' : `${counts.running} running`,
      counts.blocked ? `${counts.blocked} blocked` : '',
      counts.zombie ? many(counts.zombie, 'zombie', 'zombies') : '',
    ]
      .filter((part) => part !== '')
      .join(' · '),
  pid: 'PID',
  user: 'User',
  cpu: 'CPU',
  memory: 'Memory',
  command: 'Command',
  port: 'Port',
  protocol: 'Protocol',
  address: 'Address',
  process: 'Process',
  from: 'From',
  when: 'When',
  terminal: 'Terminal',
  failed: 'Failed',
  successful: 'Successful',
  firewall: { active: 'Active', inactive: 'Inactive', unknown: 'Unknown' },
  policy: 'policy',
  rules: (count: number): string => (count === 1 ? '1 rule' : `${count} rules`),
  target: 'Target',
  sourceAddress: 'Source',
  destination: 'Destination',
  more: 'More',
  hostname: 'Host name',
  os: 'System',
  kernel: 'Kernel',
  architecture: 'Architecture',
  virtualisation: 'Virtualisation',
  cpuModel: 'Processor',
  coreCount: 'Cores',
  uptime: 'Uptime',
  timeZone: 'Time zone',
  clock: 'Clock',
  clockOffset: (seconds: number): string =>
    Math.abs(seconds) < 2
      ? 'in sync with Sonde'
      : `${Math.abs(Math.round(seconds))} s ${seconds > 0 ? 'ahead of' : 'behind'} Sonde`,
} as const;
