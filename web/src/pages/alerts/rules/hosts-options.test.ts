import { expect, test } from 'vitest';
import { foldersOf, nameOptions } from './hosts-options.ts';

test('a folder can be chosen with all that it is in, however it is written', () => {
  expect(foldersOf('eu / berlin / rack 1')).toEqual(['eu', 'eu / berlin', 'eu / berlin / rack 1']);
  expect(foldersOf('eu/berlin')).toEqual(['eu', 'eu/berlin']);
  expect(foldersOf('eu')).toEqual(['eu']);
  expect(foldersOf('')).toEqual([]);
  expect(foldersOf('/srv')).toEqual(['/srv']);
});

test('names are offered once, in the order that people count in, and found whatever their case', () => {
  expect(nameOptions(['rack 10', 'Rack 2', 'rack 10', ''])).toEqual([
    { key: 'Rack 2', name: 'Rack 2', folded: 'rack 2' },
    { key: 'rack 10', name: 'rack 10', folded: 'rack 10' },
  ]);
});
