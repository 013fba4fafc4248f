import { expect, test } from 'vitest';
import { pagePath } from './page-path.ts';

test('leads to pages of Sonde, with their query, and never to another site', () => {
  for (const path of ['/', '/hosts/3?range=1h#cpu', '/settings/users', '/alerts/incidents'])
    expect(pagePath(path)).toBe(path);
  const elsewhere = [
    'https://evil.example/',
    '//evil.example/hosts/3',
    '/\\\\evil.example',
    '\\\\evil.example/',
    '/\t/evil.example/',
    '/.//evil.example/',
    '/settings/..//evil.example/',
    'http://page.invalid//evil.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    '/users/logout',
    '/sonde/hosts/3',
    '/%2fevil.example',
    7,
    null,
    ['/hosts/3'],
  ];
  for (const path of elsewhere) expect([path, pagePath(path)]).toEqual([path, '/']);
  // Nothing that could end a header.
  expect(pagePath('/?q=a\r\nset-cookie: x=y')).toBe('/?q=aset-cookie:%20x=y');
});

test('what would be too long for a cookie once it is encoded leads to the start', () => {
  expect(pagePath(`/?q=${'x'.repeat(590)}`)).toHaveLength(594);
  expect(pagePath(`/?q=${'あ'.repeat(100)}`)).toBe('/');
});
