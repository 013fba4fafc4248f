import { expect, test } from 'vitest';
import { readUserName, skeletonsOf } from './user-names.ts';

test('keeps names of every script, in one form', () => {
  for (const name of [
    'Ünal',
    'ada-2',
    'Юлия',
    'Νίκος',
    '山田 太郎',
    'サトウA',
    '김민준',
    'أحمد',
    'O’Brien',
    "d'Arc",
    'user@example.org',
  ])
    expect(readUserName(` ${name} `)).toBe(name.normalize('NFKC'));
  expect(readUserName('U\u0308nal')).toBe('Ünal');
  expect(readUserName('ａｄａ')).toBe('ada');
});

test('refuses names that cannot be seen whole, or mix scripts', () => {
  for (const name of ['a\u200bda', 'ad\u00ada', 'a\u202eda', 'ada\u3164', 'a\u0000', 'a\nb', 'a  b', 'ada\ufe0f'])
    expect(() => readUserName(name), JSON.stringify(name)).toThrow('invisible');
  for (const name of ['аdmin', 'adмin', 'αda']) expect(() => readUserName(name)).toThrow('different scripts');
  for (const name of ['', '   ', 'x'.repeat(65)]) expect(() => readUserName(name)).toThrow('1 to 64 characters');
});

test('names that look alike have a look in common', () => {
  const looksLike = (a: string, b: string) => skeletonsOf(a).some((look, at) => look === skeletonsOf(b)[at]);
  expect(looksLike('аԁа', 'ada')).toBe(true);
  expect(looksLike('АDА', 'ada')).toBe(true);
  expect(looksLike('ada', 'eva')).toBe(false);
});
