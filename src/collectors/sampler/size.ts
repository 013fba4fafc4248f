/**
 * How much of an answer is read. The host's sampler keeps to the characters of a section by itself; these hold for any host,
 * whatever it sends. The largest honest ones are smaller: 40,000 rules of a firewall; the files of 4,096 processors, 33,000 lines.
 */
export const mostOf = {
  section: { characters: 4_000_000, lines: 100_000, lineCharacters: Number.POSITIVE_INFINITY },
  files: { characters: 4_000_000, lines: 50_000, lineCharacters: 200_000 },
  /** Marks: sections, and what sudo refused. */
  parts: 200,
} as const;

type Most = { readonly characters: number; readonly lines: number; readonly lineCharacters: number };

/** Whether a text is no larger. A text that is too short to be is not looked at. */
export function isWithin(text: string, most: Most): boolean {
  return (text.length <= most.lines && text.length <= most.lineCharacters) || linesWithin(text, most) !== null;
}

/** How many lines a text has; null: it is larger than `most`. No more than `most.lines` lines are looked at. */
export function linesWithin(text: string, most: Most): number | null {
  if (text.length > most.characters) return null;
  let lines = 0;
  for (let at = 0; at < text.length; lines += 1) {
    if (lines >= most.lines) return null;
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end + 1;
    if (next - at > most.lineCharacters) return null;
    at = next;
  }
  return lines;
}

/** An answer that is no longer, in characters, is read as it is. */
const shortAnswer = 200_000;
/** How much of a longer answer is read on the main thread: up to some 40 ms of work of the slowest parser. */
const mostHere = 500_000;
/** What a line costs beside its characters, in characters. */
const costOfLine = 25;

/**
 * Which sections of an answer are read on the main thread: all of a short one, and of a long one as many as take less than 50 ms
 * together.
 */
export class Share {
  /** Whether the answer is short, and everything is read at once. */
  readonly isShort: boolean;
  private left = mostHere;

  /** `characters`: how long the answer is. */
  constructor(characters: number) {
    this.isShort = characters <= shortAnswer;
  }

  /** Whether these texts of one section may be read here. */
  takes(...texts: readonly string[]): boolean {
    if (this.isShort) return true;
    const cost = texts.reduce((sum, text) => sum + costOf(text, this.left), 0);
    if (cost > this.left) return false;
    this.left -= cost;
    return true;
  }
}

function costOf(text: string, most: number): number {
  const lines = linesWithin(text, { characters: most, lines: Math.floor(most / costOfLine), lineCharacters: most });
  return lines === null ? Number.POSITIVE_INFINITY : Math.max(text.length, lines * costOfLine);
}
