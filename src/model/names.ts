/**
 * A name in the form used for comparing: equal whatever its case, composition or compatibility form. People see the
 * original spelling. Source: Unicode, Default Caseless Matching of compatibility forms.
 */
export function foldName(name: string): string {
  // To capitals first, because small letters that share a capital become one (ß and ss, σ and ς).
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

const collator = new Intl.Collator('en', { numeric: true });

/** Sorts names as people expect: by letter, whatever script, accents after plain letters, numbers by value. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
