/**
 * Whether a text is what a pattern of `*` and `?` stands for, as in ssh_config. Time is bounded by the product of the two
 * lengths, whatever the pattern.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  let [at, index, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    const letter = pattern[index];
    if (letter === '*') {
      star = index;
      mark = at;
      index += 1;
    } else if (letter !== undefined && (letter === '?' || letter === text[at])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      index = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  while (pattern[index] === '*') index += 1;
  return index === pattern.length;
}

/** Whether a text is meant by a list of patterns: one of them fits, and none that begins with `!`. */
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

/** Whether a path is meant by a glob; `*` and `?` stop at slashes and leave hidden names alone, as glob(7) has it. */
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
