/** The addresses that the page itself answers: `:id` is a number, `*` anything. All others belong to the API. */
export const pageAddresses = [
  '/',
  '/login',
  '/welcome',
  '/wall',
  '/compare',
  '/alerts/incidents',
  '/alerts/incidents/:id',
  '/alerts/changes',
  '/alerts/rules',
  '/alerts/channels',
  '/alerts/quiet',
  '/hosts/new',
  '/hosts/import',
  '/hosts/:id',
  '/hosts/:id/edit',
  '/docs',
  '/settings',
  '/settings/*',
] as const;

const pattern = new RegExp(
  `^(${pageAddresses.map((address) => address.replace(':id', '\\d+').replace('*', '.+')).join('|')})$`,
);

/** Whether the page answers a GET of this path, given without its query. */
export function isPageAddress(path: string): boolean {
  return pattern.test(path);
}
