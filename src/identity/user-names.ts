import unhomoglyph from 'unhomoglyph';
import { badRequest } from '../lib/errors.ts';
import { flawOfName, foldName } from '../model/names.ts';

const maxLength = 64;

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
  const flaw = flawOfName(name);
  if (flaw !== null) throw badRequest(`The user name ${flaw}`);
  return name;
}

/** What names that look alike have in common. Source: UTS #39, skeletons. */
export function skeletonsOf(name: string): readonly string[] {
  const skeleton = (text: string): string => unhomoglyph(text.normalize('NFD')).normalize('NFD');
  return [skeleton(name), skeleton(foldName(name))];
}
