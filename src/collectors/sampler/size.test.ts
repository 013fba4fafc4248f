import { expect, test } from 'vitest';
import { parseAnswer } from './sampler.ts';
import { mostOf, Share } from './size.ts';

const nonce = 'a'.repeat(24);

/** The answer of a host that keeps to no limit of its own. */
function answerOf(files: string, texts: readonly (readonly [string, string])[]) {
  const parts = texts.map(([name, text]) => `\n@@${nonce} section ${name}\n${text}`).join('');
  return parseAnswer(`\n@@${nonce} begin 5\n${files}${parts}\n@@${nonce} end\n`, nonce);
}

const lines = (count: number): string => 'x\n'.repeat(count);

test.each([
  ['characters', 'x'.repeat(mostOf.section.characters)],
  ['lines', lines(mostOf.section.lines)],
])('a section of too many %s is too large, and the others are read', (_, text) => {
  const { sections, tooLarge } = answerOf('', [
    ['ports', text],
    ['disk', 'text'],
  ]);
  expect([...sections]).toEqual([['disk', 'text']]);
  expect([...tooLarge]).toEqual(['ports']);
});

test('all sections together have no more lines than one may have', () => {
  const { sections, tooLarge } = answerOf('', [
    ['ports', lines(60_000)],
    ['disk', lines(60_000)],
    ['system', lines(30_000)],
  ]);
  expect([...sections.keys()]).toEqual(['ports', 'system']);
  expect([...tooLarge]).toEqual(['disk']);
});

test.each([
  ['characters', `/proc/a:${'x'.repeat(99_000)}\n`.repeat(41)],
  ['lines', '/proc/a:\n'.repeat(mostOf.files.lines + 1)],
  ['characters in one line', `/proc/a:${'x'.repeat(mostOf.files.lineCharacters)}\n`],
])('files of too many %s are not read, and sections are', (_, text) => {
  const { files, areFilesTooLarge, sections, uptimeSeconds } = answerOf(text, [['disk', 'text']]);
  expect({ files, areFilesTooLarge, uptimeSeconds }).toEqual({ files: '', areFilesTooLarge: true, uptimeSeconds: 5 });
  expect(sections.get('disk')).toBe('text');
});

test('no more marks are looked at than an answer of ours has', () => {
  const { sections } = answerOf(
    '',
    Array.from({ length: 10_000 }, (_, index) => [`s${index}`, ''] as const),
  );
  expect(sections.size).toBe(mostOf.parts - 1);
});

test('the largest answers of honest hosts are read', () => {
  const many = (count: number, length: number): string => `${'x'.repeat(length - 1)}\n`.repeat(count);
  const files = many(4_096, 70) + many(4_096, 100) + many(4_096, 140) + many(21_000, 60);
  const { areFilesTooLarge, tooLarge } = answerOf(files, [
    ['firewall', many(40_000, 99)],
    ['processes', many(10_000, 320)],
  ]);
  expect({ areFilesTooLarge, tooLarge: [...tooLarge] }).toEqual({ areFilesTooLarge: false, tooLarge: [] });
});

test('a short answer is read here as a whole, and of a long one as much as is quick', () => {
  const short = new Share(200_000);
  expect([lines(100_000), lines(100_000)].map((text) => short.takes(text, ''))).toEqual([true, true]);
  const long = new Share(2_000_000);
  const texts = ['x'.repeat(300_000), 'x'.repeat(300_000), lines(9_000), 'x\n', lines(100_000)];
  expect(texts.map((text) => long.takes(text, ''))).toEqual([true, false, false, true, false]);
  const files = new Share(2_000_000);
  expect(files.takes('x'.repeat(300_000), 'x'.repeat(300_000))).toBe(false);
});
