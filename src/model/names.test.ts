import { expect, test } from 'vitest';
import { compareNames, flawOfName, flawOfTitle, foldName } from './names.ts';

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

test('a name has no invisible characters, whether of a person or a thing', () => {
  for (const name of ['a\u200bda', 'ad\u00ada', 'a\u202eda', 'ada\u3164', 'a\u0000', 'a\nb', 'a  b', 'a\u00a0b'])
    for (const flaw of [flawOfName(name), flawOfTitle(name)])
      expect([name, flaw]).toEqual([name, 'contains invisible characters. Remove them']);
});

test('no letter of another script hides in a word, but each word of a title may have its own', () => {
  for (const name of ['аdmin', 'Backup αda', 'disk-fuӏl']) expect(flawOfTitle(name)).toMatch(/different scripts/);
  for (const name of [
    'Диск sda1: 90 %',
    'CPU 温度',
    'サトウA',
    '⚠️ Alerts',
    '👨‍👩‍👧 home',
    '2nd shift',
    'O’Brien',
    'Über/unter',
  ])
    expect([name, flawOfTitle(name)]).toEqual([name, null]);
  expect(flawOfName('Диск sda1')).toMatch(/different scripts/);
});
