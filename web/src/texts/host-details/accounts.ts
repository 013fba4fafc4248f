/** Who has an account on a host. */
export const accountTexts = {
  may: 'May become root',
  because: 'Because of',
  ways: (way: string): string => (way === 'uid 0' ? 'user ID 0' : way),
  locked: 'cannot log in',
  count: (accounts: number, groups: number): string =>
    `${accounts} ${accounts === 1 ? 'account' : 'accounts'}, ${groups} ${groups === 1 ? 'group' : 'groups'}`,
  files: 'Files in sudoers.d',
  none: 'No account may become root through a group.',
};
