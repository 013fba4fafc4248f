/** Hosts mostly have the same series; so many texts of series are shared between their layouts. */
const most = 200_000;
const shared = new Map<string, string>();

/** The same string for the same text, so that ten thousand layouts do not hold it ten thousand times. */
export function share(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size >= most) shared.clear();
  shared.set(text, text);
  return text;
}
