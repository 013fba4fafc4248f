/** A line of ssh_config: its keyword in lower case and the rest. Null for empty lines and comments. */
export function splitLine(line: string): { readonly keyword: string; readonly rest: string } | null {
  const [, keyword, rest = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(line.trimEnd()) ?? [];
  if (keyword === undefined || keyword.startsWith('#')) return null;
  return { keyword: keyword.toLowerCase(), rest };
}

/** The words of a line as ssh parts them: quotes, backslashes, `#` ends it. Null where a quotation mark is not closed. */
export function wordsOf(text: string): readonly string[] | null {
  const words: string[] = [];
  let index = 0;
  while (index < text.length) {
    if (/\s/.test(text[index] ?? '')) {
      index += 1;
      continue;
    }
    if (text[index] === '#') break;
    let [word, quote] = ['', ''];
    for (; index < text.length; index += 1) {
      const letter = text[index] ?? '';
      const next = text[index + 1] ?? '';
      if (letter === '\\' && next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
        word += next;
        index += 1;
      } else if (quote === '' && /\s/.test(letter)) break;
      else if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
      else if (letter === quote) quote = '';
      else word += letter;
    }
    if (quote !== '') return null;
    words.push(word);
  }
  return words;
}
