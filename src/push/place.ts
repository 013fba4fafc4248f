import type { DestinationConfig } from './protocols/settings.ts';

/**
 * Where a destination's series arrive, and with which labels: two destinations of one place would send the same series of Sonde
 * itself, each with its own times and numbers.
 */
export function placeOf({ url, username, password, token, headers = {}, labels = {} }: DestinationConfig): string {
  const sorted = (given: Readonly<Record<string, string>>) =>
    Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([new URL(url).href, username, password, token, sorted(headers), sorted(labels)]);
}
