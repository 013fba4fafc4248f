/** What a field of addresses lists, separated by lines, spaces or commas. The server checks each. */
export function itemsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}

/** The same as the field shows it: one per line. */
export function fieldOf(items: readonly string[]): string {
  return items.join('\n');
}
