import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sentences } from './failures.ts';

const details = { address: 'NAME', old: 'SHA256:…', new: 'SHA256:…' };

test('docs/failures.md lists every failure, in the words of the program', () => {
  const doc = readFileSync(new URL('../../docs/failures.md', import.meta.url), 'utf8');
  const rows = doc
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
  const known = Object.entries(sentences).map(([key, { message, hint }]) => [`\`${key}\``, message(details), hint]);
  expect(rows).toEqual(known);
});

test.each(Object.entries(sentences))('%s says what happened and what to do', (_, { message, hint }) => {
  expect(message(details)).toMatch(/^[A-Z][^.]*[^. ]$/);
  expect(hint).toMatch(/^[A-Z].{20,}\.$/s);
});
