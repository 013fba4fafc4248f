import { badRequest } from '../../lib/errors.ts';
import { foldName } from '../../model/names.ts';

const minLength = 8;
const maxLength = 1_024;
const minDifferent = 3;
const maxEnding = 4;
/** The service's own names. */
const serviceNames = ['sonde', 'serverstats', 'termix'];

let common: Promise<ReadonlySet<string>> | null = null;

/**
 * Throws 400 for a password that is too short, too long, or among the first that anybody would try: a common one (also
 * with a few digits at the end), the user's name, or the service's. Source of the list: @zxcvbn-ts/language-common.
 */
export async function requireGoodPassword(password: string, username: string): Promise<void> {
  if (password.length < minLength) throw badRequest(`The password must have at least ${minLength} characters`);
  if (password.length > maxLength) throw badRequest(`The password must have at most ${maxLength} characters`);
  const folded = foldName(password).trim();
  if (new Set(folded).size < minDifferent)
    throw badRequest('The password repeats one or two characters. Choose another one');
  if (folded.length < minLength)
    throw badRequest(`The password must have at least ${minLength} characters, not counting spaces around it`);
  const letters = lettersOf(folded);
  if (folded === foldName(username) || isName(letters, lettersOf(foldName(username))))
    throw badRequest('The password must not be the user name. Choose another one');
  if (serviceNames.some((name) => isName(letters, name)))
    throw badRequest('The password must not be the name of the service. Choose another one');
  common ??= readCommon();
  const known = await common;
  const base = folded.replace(/[^\p{L}]+$/u, '');
  const isEnding = folded.length - base.length <= maxEnding;
  if (known.has(folded) || known.has(folded.replace(/\s+/g, '')) || (isEnding && known.has(base)))
    throw badRequest('This password is very common and easy to guess. Choose another one');
}

/** Whether a text is a name, once or repeated. */
function isName(letters: string, name: string): boolean {
  return name.length > 2 && letters !== '' && letters.replaceAll(name, '') === '';
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}]/gu, '');
}

/** Read at its first use: it is large, and Sonde often stops before needing it. */
async function readCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((one): one is string => typeof one === 'string'));
}
