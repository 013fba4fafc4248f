import { expect, test } from 'vitest';
import { cookiePath, readBasePath, withoutBasePath } from './base-path.ts';

test('a base path is read with or without its slash at the end, and the root is no base path', () => {
  expect(readBasePath('')).toBe('');
  expect(readBasePath('/')).toBe('');
  expect(readBasePath('/sonde')).toBe('/sonde');
  expect(readBasePath('/sonde/')).toBe('/sonde');
  expect(readBasePath('/tools/So-nde_1.2~x/')).toBe('/tools/So-nde_1.2~x');
});

test('what could lead elsewhere, or end a header or an attribute, is no base path', () => {
  const wrong = [
    'sonde',
    '//evil.example',
    '/sonde//',
    '//',
    '/a//b',
    '/..',
    '/a/../b',
    '/.',
    '/.hidden',
    '/a%2fb',
    '/a b',
    '/a?b',
    '/a#b',
    '/a;b',
    '/a\\b',
    '/a"b',
    "/a'b",
    '/a<b',
    '/a\r\nSet-Cookie: x=y',
    '/a\u0000',
    '/ä',
    '/:id',
    '/*',
    'https://example.org/sonde',
    `/${'a'.repeat(100)}`,
  ];
  expect(wrong.filter((value) => readBasePath(value) !== null)).toEqual([]);
});

test('a request below the base path is one of the path after it, once', () => {
  expect(withoutBasePath('/sonde/hosts/1?x=/sonde/', '/sonde')).toBe('/hosts/1?x=/sonde/');
  expect(withoutBasePath('/sonde/', '/sonde')).toBe('/');
  expect(withoutBasePath('/sonde/?x', '/sonde')).toBe('/?x');
  expect(withoutBasePath('/sonde/sonde/x', '/sonde')).toBe('/sonde/x');
});

test('a request that is not below the base path stays as it is, so that a proxy may remove the path', () => {
  for (const url of ['/hosts/1', '/', '/sonde', '/sonde?x', '/sondes/1', '/Sonde/1', '/%73onde/', '*', '//sonde/'])
    expect(withoutBasePath(url, '/sonde')).toBe(url);
  expect(withoutBasePath('/sonde/1', '')).toBe('/sonde/1');
});

test('cookies belong to the base path alone', () => {
  expect([cookiePath(''), cookiePath('/sonde')]).toEqual(['/', '/sonde']);
});
