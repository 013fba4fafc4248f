/** Text for terminals, by columns. */
import { plain } from '../../lib/bounds/terminal.ts';

/** A text on so many columns: filled with blanks, or cut with an ellipsis. */
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
