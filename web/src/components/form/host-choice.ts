/** A host that can be ticked. `folded`: its name as it is searched. */
export type HostOption = { readonly id: number; readonly name: string; readonly folded: string };

/** So many are drawn at once beside those that are ticked: a fleet may have thousands. */
export const mostDrawn = 100;

/**
 * The hosts that a list shows, in their order: those that are ticked, so that nobody loses sight of them, and the first that
 * match. `more`: how many others match. `sought` is folded like the names.
 */
export function shownHosts(
  hosts: readonly HostOption[],
  chosen: readonly number[],
  sought: string,
): { readonly shown: readonly HostOption[]; readonly more: number } {
  const ticked = new Set(chosen);
  let matching = 0;
  const shown = hosts.filter(({ id, folded }) => {
    if (ticked.has(id)) return true;
    if (!folded.includes(sought)) return false;
    matching += 1;
    return matching <= mostDrawn;
  });
  return { shown, more: Math.max(0, matching - mostDrawn) };
}

/** The ids with this one, or without it if it was among them. */
export function toggled(chosen: readonly number[], id: number): readonly number[] {
  return chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
}
