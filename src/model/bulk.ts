/** What can be done to many hosts at once. */
export const bulkActions = [
  'tags',
  'folder',
  'interval',
  'credential',
  'sudo',
  'connect',
  'accept-keys',
  'remove',
] as const;
export type BulkAction = (typeof bulkActions)[number];
