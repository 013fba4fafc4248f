/** The prefix under which the newest web and mobile clients expect the paths of the contract. */
export const aliasPrefix = '/plugin-api/host-metrics';

const contract =
  /^\/plugin-api\/host-metrics(?=\/(?:(?:status|refresh|clear-connections|host-updated|host-deleted|global-settings)(?:[/?]|$)|metrics\/))/;

/** A request's URL with the contract's own path. No other path is below the prefix. */
export function withoutAlias(url: string): string {
  return url.replace(contract, '');
}
