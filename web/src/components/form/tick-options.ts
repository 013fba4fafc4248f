/** Something that can be ticked. `folded`: its name as it is searched. */
export type TickOption<Key extends number | string> = {
  readonly key: Key;
  readonly name: string;
  readonly folded: string;
};

/** So many are drawn at once beside those that are ticked: a fleet may have thousands. */
export const mostDrawn = 100;

/**
 * What a list shows, in its order: what is ticked, so that nobody loses sight of it, and the first that match. `more`: how many
 * others match. `sought` is folded like the names.
 */
export function shownOptions<Option extends TickOption<number | string>>(
  options: readonly Option[],
  chosen: readonly Option['key'][],
  sought: string,
): { readonly shown: readonly Option[]; readonly more: number } {
  const ticked = new Set(chosen);
  let matching = 0;
  const shown = options.filter(({ key, folded }) => {
    if (ticked.has(key)) return true;
    if (!folded.includes(sought)) return false;
    matching += 1;
    return matching <= mostDrawn;
  });
  return { shown, more: Math.max(0, matching - mostDrawn) };
}

/** The keys with this one, or without it if it was among them. */
export function toggled<Key>(chosen: readonly Key[], key: Key): readonly Key[] {
  return chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key];
}
