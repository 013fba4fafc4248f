import { expect, test } from 'vitest';
import { compareNames, foldName } from './names.ts';

test('names that differ in case or form only are folded alike', () => {
  const alike = [
    ['Ünal', 'ünal', 'U\u0308nal', 'ÜNAL'],
    ['Straße', 'STRASSE', 'strasse'],
    ['Νίκος', 'ΝΊΚΟΣ', 'νίκοσ'],
    ['Юлия', 'юлия'],
    ['ﬁn', 'FIN', 'ｆｉｎ'],
  ];
  for (const names of alike) expect(new Set(names.map(foldName)).size).toBe(1);
  expect(foldName('unal')).not.toBe(foldName('ünal'));
});

test('names are sorted by letter, not by code', () => {
  expect(['zoe', 'Émile', 'web10', 'Web9', 'eva', 'Adam', 'österreich'].toSorted(compareNames)).toEqual([
    'Adam',
    'Émile',
    'eva',
    'österreich',
    'Web9',
    'web10',
    'zoe',
  ]);
});
