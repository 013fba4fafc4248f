import unhomoglyph from 'unhomoglyph';
import { badRequest } from '../lib/errors.ts';
import { foldName } from '../model/names.ts';

const maxLength = 64;
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
const wholeNames = [...scripts.map((script) => [script]), ...together].map(
  (names) => new RegExp(`^[\\p{scx=Zyyy}\\p{scx=Zinh}${names.map((name) => `\\p{scx=${name}}`).join('')}]+$`, 'u'),
);

/**
 * The name of a new user as it is stored: NFKC, without spaces around it. Throws 400 for one that people could not tell
 * apart or type.
 */
export function readUserName(given: string): string {
  const name = given
    .slice(0, maxLength * 4)
    .normalize('NFKC')
    .trim();
  if (name === '' || name.length > maxLength || given.length > maxLength * 4)
    throw badRequest(`The user name must have 1 to ${maxLength} characters`);
  if (/[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]|[^\P{Z} ]|\s{2}/u.test(name))
    throw badRequest('The user name contains invisible characters. Remove them');
  if (!wholeNames.some((whole) => whole.test(name)))
    throw badRequest('The user name mixes letters of different scripts. Use one script');
  return name;
}

/** What names that look alike have in common. Source: UTS #39, skeletons. */
export function skeletonsOf(name: string): readonly string[] {
  const skeleton = (text: string): string => unhomoglyph(text.normalize('NFD')).normalize('NFD');
  return [skeleton(name), skeleton(foldName(name))];
}
