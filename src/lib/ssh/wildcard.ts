/**
 * Whether a text matches a pattern of `*` and `?`, as in ssh_config and known_hosts. Never backtracks: takes time in
 * proportion to both lengths, whatever the pattern.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text.length === first.length && fitsAt(text, first, 0);
  const end = text.length - last.length;
  if (first.length > end || !fitsAt(text, first, 0) || !fitsAt(text, last, end)) return false;
  let at = first.length;
  // Taking the first match of each piece leaves the most text for the pieces after it.
  for (const piece of rest) {
    if (piece === '') continue;
    const found = find(text, piece, at, end);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return true;
}

function fitsAt(text: string, piece: string, from: number): boolean {
  for (let index = 0; index < piece.length; index += 1)
    if (piece[index] !== '?' && piece[index] !== text[from + index]) return false;
  return true;
}

/** The first position at which a piece without `*` matches between two positions; -1 if there is none. */
function find(text: string, piece: string, from: number, end: number): number {
  if (piece.length > end - from) return -1;
  if (piece.includes('?')) return findLoosely(text, piece, from, end);
  const found = text.slice(from, end).indexOf(piece);
  return found === -1 ? -1 : from + found;
}

const bitsAWord = 31;

/** Shift-and: one bit for each prefix of the piece that matches so far. */
function findLoosely(text: string, piece: string, from: number, end: number): number {
  const words = Math.ceil(piece.length / bitsAWord);
  const any = new Int32Array(words);
  const masks = new Map<string, Int32Array>();
  const place = (index: number): [number, number] => [Math.floor(index / bitsAWord), 1 << (index % bitsAWord)];
  for (let index = 0; index < piece.length; index += 1) {
    const letter = piece[index] ?? '';
    const [word, bit] = place(index);
    const mask = letter === '?' ? any : (masks.get(letter) ?? new Int32Array(words));
    mask[word] = (mask[word] ?? 0) | bit;
    if (letter !== '?') masks.set(letter, mask);
  }
  const [lastWord, lastBit] = place(piece.length - 1);
  const state = new Int32Array(words);
  for (let at = from; at < end; at += 1) {
    const mask = masks.get(text[at] ?? '');
    let carry = 1;
    for (let word = 0; word < words; word += 1) {
      const before = state[word] ?? 0;
      state[word] = ((before << 1) | carry) & ((any[word] ?? 0) | (mask?.[word] ?? 0)) & 0x7fffffff;
      carry = (before >> (bitsAWord - 1)) & 1;
    }
    if (((state[lastWord] ?? 0) & lastBit) !== 0) return at - piece.length + 1;
  }
  return -1;
}

/** Whether a text matches a list of patterns: one of them matches, and none that begins with `!` does. */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  let isMeant = false;
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!');
    if (!matchesWildcard(text, isNegated ? pattern.slice(1) : pattern)) continue;
    if (isNegated) return false;
    isMeant = true;
  }
  return isMeant;
}

/** Whether a path matches a glob; `*` and `?` stop at slashes and skip hidden names, as in glob(7). */
export function matchesPath(path: string, glob: string): boolean {
  const [names, patterns] = [path.split('/'), glob.split('/')];
  return (
    names.length === patterns.length &&
    patterns.every((pattern, index) => {
      const name = names[index] ?? '';
      return (!name.startsWith('.') || pattern.startsWith('.')) && matchesWildcard(name, pattern);
    })
  );
}
