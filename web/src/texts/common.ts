/** Words that several pages share. The texts of each page are in a file of this folder. */
export const texts = {
  name: 'Sonde',
  tagline: 'Server stats over SSH, with nothing to install on the servers',
  loading: 'Loading…',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  remove: 'Remove',
  edit: 'Edit',
  gone: 'This is no longer there: somebody removed it.',
  retry: 'Try again',
  back: 'Back',
  copy: 'Copy',
  copied: 'Copied',
  never: 'never',
  unknown: 'unknown',
  dash: '–',
  of: 'of',
  showLess: 'Show less',
  showAll: (count: number): string => `Show all ${count}`,
  skip: 'Skip to content',
  withProblems: (count: number): string =>
    `${count.toLocaleString('en')} ${count === 1 ? 'host' : 'hosts'} with problems`,
  columnsLabel: 'Hosts by status',

  status: {
    online: 'Online',
    offline: 'Offline',
    unknown: 'Not checked yet',
    trouble: 'No metrics',
    stale: 'Cut off',
  },
  stages: {
    dns: 'Name',
    tcp: 'Network',
    proxy: 'Proxy',
    jump: 'Jump host',
    handshake: 'Handshake',
    hostkey: 'Host key',
    auth: 'Login',
    totp: 'Code',
    connected: 'Connected',
    stats_connecting: 'Shell',
    stats_polling: 'Sample',
  },
  errors: {
    title: 'Something went wrong',
    notFoundTitle: 'Page not found',
    notFound: 'This page does not exist.',
  },
} as const;

/** A list of hosts to tick. */
export const ticksTexts = {
  unseen: (id: number): string => `Host ${id} (removed, or no access)`,
  more: (count: number): string => `${count.toLocaleString('en')} more: search to find them.`,
} as const;
