/** What a host's login may not read, and how to permit it. */
export const rightsTexts = {
  title: (titles: readonly string[]): string =>
    `${titles.length === 1 ? '1 section needs' : `${titles.length} sections need`} root: ${titles.join(', ')}`,
  needsRoot: 'Needs root: see how to permit it',
  off: (user: string): string =>
    `The login ${user} may not read this. Permit exactly these commands with a sudoers file, then turn on sudo.`,
  refused: 'Sonde uses sudo on this host, but the host refuses:',
  onlyManagers: 'Ask somebody who manages this host to permit it.',
  noUser: 'sudoers cannot hold a user of this name. Log in as root, or use another login.',
  file: 'Sudoers file',
  fileLabel: 'The sudoers file',
  install: 'Save it on the host as sonde.sudoers, check it and install it:',
  installLabel: 'Commands that install the sudoers file',
  commands: 'visudo -c -f sonde.sudoers && install -m 0440 sonde.sudoers /etc/sudoers.d/sonde',
  turnOn: 'Turn on sudo and try again',
  again: 'Try again',
  asked: (time: string): string => `Asked again at ${time}. If the host permits it, this goes away within seconds.`,
  ifRefused:
    'If the host refuses, nothing is lost: this page shows what sudo said. Sonde asks again after a day, or when you try again.',
} as const;
