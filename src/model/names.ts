/**
 * A name as it is compared: however it is written, big or small, composed or not, in compatibility forms or not. For
 * comparing only; what people see keeps its spelling. Source: Unicode, Default Caseless Matching of compatibility forms.
 */
export function foldName(name: string): string {
  // To capitals first: small letters that share a capital become one (ß and ss, σ and ς).
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

const collator = new Intl.Collator('en', { numeric: true });

/** Sorts names as people expect: by letter, whatever script, accents after plain letters, numbers by value. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
