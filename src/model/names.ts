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

/**
 * Scripts that a name may use; digits and punctuation go with each. Source: UAX #31, table 5, and those of limited use.
 */
const scripts = [
  'Latin,Greek,Cyrillic,Armenian,Georgian,Hebrew,Arabic,Syriac,Thaana,Devanagari,Bengali,Gurmukhi,Gujarati,Oriya,Tamil',
  'Telugu,Kannada,Malayalam,Sinhala,Thai,Lao,Tibetan,Myanmar,Ethiopic,Khmer,Mongolian,Cherokee,Canadian_Aboriginal,Han',
]
  .join(',')
  .split(',');
/** Scripts that are written together. Source: UTS #39, highly restrictive. */
const together = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];
const oneScript = [...scripts.map((script) => [script]), ...together].map(
  (names) => new RegExp(`^[\\p{scx=Zyyy}\\p{scx=Zinh}${names.map((name) => `\\p{scx=${name}}`).join('')}]+$`, 'u'),
);
const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]|[^\P{Z} ]|\s{2}/u;

/**
 * Why people could not tell a name apart from another or type it, as the end of a sentence; null: they can. What is
 * invisible, or looks like a letter of another script, is refused.
 */
export function flawOfName(name: string): string | null {
  if (invisible.test(name)) return 'contains invisible characters. Remove them';
  if (!isOneScript(name)) return 'mixes letters of different scripts. Use one script';
  return null;
}

/** The same for a name of several words, each of which may have its own script: `Диск sda`. Emoji are visible. */
export function flawOfTitle(title: string): string | null {
  const plain = title.replace(/\p{RGI_Emoji}/gv, '*');
  if (invisible.test(plain)) return 'contains invisible characters. Remove them';
  const words = plain.split(/[^\p{L}\p{M}]+/u);
  return words.every((word) => word === '' || isOneScript(word))
    ? null
    : 'mixes letters of different scripts in one word. Use one script';
}

function isOneScript(text: string): boolean {
  return oneScript.some((one) => one.test(text));
}
