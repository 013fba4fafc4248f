import type { Jump } from './jumps.ts';

/** What has an address, port and user. */
type There = { readonly same: Jump; readonly name: string; readonly last: string | null };

/**
 * Address, port and user → the hosts that have them, by their last jump host: behind different jump hosts they may be
 * different machines.
 */
export class Taken {
  readonly #places = new Map<string, { readonly first: There; readonly byLast: Map<string | null, There> }>();

  add(place: string, there: There): void {
    const known = this.#places.get(place) ?? { first: there, byLast: new Map() };
    if (!known.byLast.has(there.last)) known.byLast.set(there.last, there);
    this.#places.set(place, known);
  }

  find(place: string, last: string | null): There | undefined {
    const known = this.#places.get(place);
    return last === null ? known?.first : (known?.byLast.get(last) ?? known?.byLast.get(null));
  }
}

/** The last jump host of a route, as one text; null: it has none. */
export function lastOf(jumps: readonly Jump[]): string | null {
  const last = jumps.at(-1);
  if (last === undefined) return null;
  return 'hostId' in last ? `host ${last.hostId}` : `ref ${last.ref}`;
}

/** Address, port and user as one text. */
export function placeKey(ip: string, port: number, username: string): string {
  return JSON.stringify([ip.toLowerCase().replace(/^\[(.*)\]$/, '$1'), port, username]);
}
