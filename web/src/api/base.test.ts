import { expect, test } from 'vitest';
import { at, rightPlace, withoutBase } from './base.ts';

test('without a base path, every path is as it is', () => {
  expect(at('/live')).toBe('/live');
  expect(withoutBase('/hosts/1')).toBe('/hosts/1');
  expect(rightPlace({ pathname: '/hosts/1', search: '', hash: '' })).toBeNull();
});

test('a path of the browser is one of Sonde without the base path', () => {
  expect(['/sonde', '/sonde/', '/sonde/hosts/1', '/sondes/1'].map((path) => withoutBase(path, '/sonde'))).toEqual([
    '/',
    '/',
    '/hosts/1',
    '/sondes/1',
  ]);
});

test('a page beside its base path moves below it, with all that its address says', () => {
  const placeOf = (pathname: string): string | null =>
    rightPlace({ pathname, search: '?a=1', hash: '#disks' }, '/sonde');
  expect(['/sonde', '/sonde/', '/sonde/hosts/1'].map(placeOf)).toEqual([null, null, null]);
  expect(placeOf('/hosts/1')).toBe('/sonde/hosts/1?a=1#disks');
  expect(placeOf('/sondes')).toBe('/sonde/sondes?a=1#disks');
  // It stays on this server.
  expect(placeOf('//evil.example')).toBe('/sonde//evil.example?a=1#disks');
});
