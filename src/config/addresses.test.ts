import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const read = (path: string | undefined, url?: string) => {
  const { basePath, publicUrl, warnings } = readConfig({ SONDE_BASE_PATH: path, SONDE_PUBLIC_URL: url });
  return { basePath, publicUrl, warnings };
};

test('links lead below the base path, whether the public address repeats it or not', () => {
  const below = { basePath: '/sonde', publicUrl: 'https://example.org/sonde', warnings: [] };
  expect(read('/sonde', 'https://example.org')).toEqual(below);
  expect(read('/sonde/', 'https://EXAMPLE.org:443/sonde/')).toEqual(below);
  expect(read('/sonde')).toEqual({ ...below, publicUrl: null });
  expect(read(undefined, 'https://example.org/')).toEqual({
    basePath: '',
    publicUrl: 'https://example.org',
    warnings: [],
  });
});

test('a public address and a base path that contradict each other are refused', () => {
  expect(() => read('/sonde', 'https://example.org/other')).toThrow(
    'SONDE_PUBLIC_URL and SONDE_BASE_PATH name two paths, /other and /sonde',
  );
  expect(() => read('/a/../b')).toThrow('SONDE_BASE_PATH must be a path');
  expect(() => read('sonde')).toThrow('such as /sonde, not "sonde"');
});

test('a public address with a path and no base path is a warning that says what to set', () => {
  expect(read(undefined, 'https://example.org/sonde/')).toEqual({
    basePath: '',
    publicUrl: 'https://example.org/sonde',
    warnings: ['SONDE_PUBLIC_URL has the path /sonde, below which the page works only with SONDE_BASE_PATH=/sonde'],
  });
});
