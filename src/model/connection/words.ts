/**
 * How to split a line into words: `shell` as sh does (without comments, for lines that people paste), `shlex` as
 * Python's shlex with comments (Ansible's INI inventories), `ssh-config` as ssh_config(5).
 */
export type Quoting = 'shell' | 'shlex' | 'ssh-config';

const blank = /\s/;
/** What a backslash escapes outside quotes (null: anything), in double quotes, and in single quotes. */
const escapes: Readonly<Record<Quoting, { readonly bare: string | null; readonly '"': string; readonly "'": string }>> =
  {
    shell: { bare: null, '"': '"\\$`', "'": '' },
    shlex: { bare: null, '"': '"\\', "'": '' },
    'ssh-config': { bare: '\'"\\ ', '"': '\'"\\', "'": '\'"\\' },
  };

/**
 * The words of a line; nothing is expanded. Null if a quotation mark is not closed. Takes time in proportion to the
 * length. Source: sh(1), Python's shlex.py, OpenSSH's argv_split.
 */
export function splitWords(text: string, quoting: Quoting): string[] | null {
  const { bare, ...quoted } = escapes[quoting];
  const words: string[] = [];
  let word: string | null = null;
  let quote: '' | '"' | "'" = '';
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index] ?? '';
    const next = text[index + 1];
    const escaped = quote === '' ? bare : quoted[quote];
    if (letter === '\\' && next !== undefined && (escaped === null || escaped.includes(next))) {
      index += 1;
      word = (word ?? '') + next;
    } else if (quote !== '') {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (blank.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (letter === '#' && (quoting === 'shlex' || (quoting === 'ssh-config' && word === null))) {
      // For Python any bare `#` begins a comment, for ssh only one at the beginning of a word.
      break;
    } else word = (word ?? '') + letter;
  }
  if (quote !== '') return null;
  if (word !== null) words.push(word);
  return words;
}
