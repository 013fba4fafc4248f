/** Text for terminals: what comes from a host may contain anything, also sequences that would control the terminal. */

/** Without control characters and what is invisible or changes the direction of text. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ');
}

/** JSON that is the same for a program, and that a terminal can show: what would control it is escaped. */
export function json(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) =>
    [...Array(letter.length).keys()].map((at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

/** The same on so many columns: filled with blanks, or cut with an ellipsis. */
export function filled(text: string, columns: number): string {
  const shown = cut(text, columns);
  return shown + ' '.repeat(Math.max(0, columns - width(shown)));
}

/** At most so many columns. */
export function cut(text: string, columns: number): string {
  const clean = plain(text);
  if (width(clean) <= columns) return clean;
  let shown = '';
  let used = 0;
  for (const letter of clean) {
    used += width(letter);
    if (used > columns - 1) break;
    shown += letter;
  }
  return columns > 0 ? `${shown}…` : '';
}

/** The same at the right edge. */
export function right(text: string, columns: number): string {
  const shown = cut(text, columns);
  return ' '.repeat(Math.max(0, columns - width(shown))) + shown;
}

/** Lines of whole words, each at most so many columns. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of plain(text)
    .split(' ')
    .filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (width(longer) <= columns) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = cut(word, columns);
    }
  }
  return line === '' ? lines : [...lines, line];
}

const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

/** How many columns a terminal needs for it. */
export function width(text: string): number {
  let columns = 0;
  for (const letter of text) columns += /^\p{M}$/u.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return columns;
}
