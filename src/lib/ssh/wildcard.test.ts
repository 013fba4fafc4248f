import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPath, matchesPatterns, matchesWildcard } from './wildcard.ts';

/** What a pattern means, letter by letter. */
function meant(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern.startsWith('*')) return meant(text, rest) || (text !== '' && meant(text.slice(1), pattern));
  return text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && meant(text.slice(1), rest);
}

test('stands for what ssh_config says it does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '?', '*'), maxLength: 10 });
  fc.assert(
    fc.property(text, pattern, (one, other) => {
      expect(matchesWildcard(one, other)).toBe(meant(one, other));
    }),
    { numRuns: 3_000 },
  );
});

test('pieces longer than a machine word fit where they fit', () => {
  const piece = `${'a'.repeat(40)}?${'b'.repeat(40)}`;
  expect(matchesWildcard(`xx${'a'.repeat(41)}${'b'.repeat(40)}yy`, `*${piece}*`)).toBe(true);
  expect(matchesWildcard(`xx${'a'.repeat(41)}${'b'.repeat(39)}yy`, `*${piece}*`)).toBe(false);
});

test('patterns made to step back end at once', () => {
  const text = 'a'.repeat(100_000);
  for (const pattern of [`${'*a'.repeat(30_000)}*b`, `*${'a?'.repeat(200)}b*`, `${'*?'.repeat(30_000)}b`])
    expect(matchesWildcard(text, pattern)).toBe(false);
});

test('a list means what one of its patterns fits and no negated one does', () => {
  expect(matchesPatterns('web-1', ['web-*', '!web-2'])).toBe(true);
  expect(matchesPatterns('web-2', ['web-*', '!web-2'])).toBe(false);
  expect(matchesPatterns('db', ['!web'])).toBe(false);
});

test('globs stop at slashes and leave hidden files alone', () => {
  expect(matchesPath('config.d/a', 'config.d/*')).toBe(true);
  expect(matchesPath('config.d/a/b', 'config.d/*')).toBe(false);
  expect(matchesPath('config.d/.a', 'config.d/*')).toBe(false);
});
