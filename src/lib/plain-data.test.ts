import { expect, test } from 'vitest';
import { clip, requirePlainData } from './plain-data.ts';

function nested(depth: number): unknown {
  return JSON.parse(`${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`);
}

test('takes what clients send', () => {
  const plain = { name: 'Zürich 🏔', tags: ['a', 'b'], pin: true, port: 22, more: { deep: [{ er: null }] } };
  expect(() => requirePlainData(plain)).not.toThrow();
  expect(() => requirePlainData(nested(20))).not.toThrow();
});

test.each([
  ['21 levels', nested(22), /nested too deeply/],
  ['5,000 levels', nested(5_000), /nested too deeply/],
  ['U+0000 in a text', { a: 'x\0y' }, /U\+0000/],
  ['U+0000 in a name', { 'x\0': 1 }, /U\+0000/],
  ['a high surrogate alone', ['\uD83D'], /surrogate/],
  ['a low surrogate first', { a: [{ b: '\uDE00\uD83D' }] }, /surrogate/],
])('refuses %s with 400', (_, data, sentence) => {
  const refused = expect.objectContaining({ statusCode: 400, message: expect.stringMatching(sentence) });
  expect(() => requirePlainData(data)).toThrow(refused);
});

test('cuts no character in half', () => {
  expect(clip('ab🏔', 3)).toBe('ab');
  expect(clip('ab🏔', 4)).toBe('ab🏔');
  expect(clip('abcd', 3)).toBe('abc');
});
