import { expect, test } from 'vitest';
import { bodyOf, linesOf, pairsOf } from './draft.ts';

test('pairs are read from lines, and written as such', () => {
  const pairs = { 'X-Scope-OrgID': 'me', Referer: 'https://a.example' };
  expect(pairsOf(linesOf(pairs))).toEqual(pairs);
  expect(pairsOf('\n  \n')).toBe(undefined);
  expect(pairsOf(undefined)).toBe(undefined);
  expect(pairsOf('site')).toEqual({ site: '' });
});

test('what nobody filled in is left out', () => {
  const typed = {
    name: 'Mimir',
    url: ' https://a.example ',
    username: '',
    token: 't',
    labels: 'site: b',
    headers: ' ',
  };
  expect(bodyOf('otlp', typed, { hostsKind: 'tags', chosen: ['a'] }, null)).toEqual({
    kind: 'otlp',
    name: 'Mimir',
    hosts: { tags: ['a'] },
    config: { url: 'https://a.example', token: 't', labels: { site: 'b' } },
  });
});
