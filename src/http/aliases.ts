/** Where the newest web and mobile clients look for the paths of the contract. */
export const aliasPrefix = '/plugin-api/host-metrics';

const contract =
  /^\/plugin-api\/host-metrics(?=\/(?:(?:status|refresh|clear-connections|host-updated|host-deleted|global-settings)(?:[/?]|$)|metrics\/))/;

/** A request's URL under the contract's own path. Of all other paths none is below the prefix. */
export function withoutAlias(url: string): string {
  return url.replace(contract, '');
}
