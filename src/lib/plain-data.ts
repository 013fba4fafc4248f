import { badRequest } from './errors.ts';

/** How many levels of lists and objects may be nested; what clients send has five. */
const maxDepth = 20;

/**
 * Throws 400 for parsed JSON that cannot be stored: nested too deeply, or with texts that no database accepts (U+0000,
 * half of a surrogate pair). Looks at every value once, without recursion. `what` begins the sentence.
 */
export function requirePlainData(data: unknown, what = 'The body'): void {
  let level: readonly unknown[] = [data];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') requirePlain(value, what);
      if (typeof value !== 'object' || value === null) continue;
      if (depth >= maxDepth) throw badRequest(`${what} is nested too deeply: at most ${maxDepth} levels are allowed`);
      if (!Array.isArray(value)) for (const name of Object.keys(value)) requirePlain(name, what);
      const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
      for (const one of inside) next.push(one);
    }
    level = next;
  }
}

function requirePlain(text: string, what: string): void {
  if (text.includes('\0')) throw badRequest(`${what} contains the character U+0000, which cannot be saved`);
  if (!text.isWellFormed()) throw badRequest(`${what} contains half of a surrogate pair (U+D800 to U+DFFF)`);
}

/** The beginning of a text, at most `max` UTF-16 units, without cutting a character in half. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\uD800-\uDBFF]/.test(text[max - 1] ?? '') ? max - 1 : max;
  return text.slice(0, end);
}
