import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('no other site may do anything unless it is named', () => {
  expect(readConfig({})).toMatchObject({ frameAncestors: [], corsOrigins: [] });
  const named = readConfig({
    SONDE_FRAME_ANCESTORS: 'self, https://Home.example.org:443,,http://192.168.1.5:8123',
    SONDE_CORS_ORIGINS: 'http://localhost:3000, https://bücher.example, http://[FD00::1]:80, http://localhost:3000',
  });
  expect(named.frameAncestors).toEqual(["'self'", 'https://home.example.org', 'http://192.168.1.5:8123']);
  expect(named.corsOrigins).toEqual(['http://localhost:3000', 'https://xn--bcher-kva.example', 'http://[fd00::1]']);
});

test('only exact origins are taken: nothing for all sites, for sites without one, or beyond an origin', () => {
  const wrong = [
    '*',
    'null',
    "'self'",
    "'none'",
    'home.example.org',
    'https:',
    'https://',
    'https://*.example.org',
    'https://*',
    'https://home.example.org/',
    'https://home.example.org/page',
    'https://home.example.org?x',
    'https://home.example.org#x',
    'https://user@home.example.org',
    "https://a.example;script-src'unsafe-inline'",
    'https://a.example b.example',
    'https://a.example\r\nx: y',
    'https://a.example:99999',
    'ftp://a.example',
    'file://',
    'data:text/html,x',
    'javascript:alert(1)',
    'chrome-extension://abc',
  ];
  for (const name of ['SONDE_FRAME_ANCESTORS', 'SONDE_CORS_ORIGINS'])
    for (const value of wrong)
      expect(() => readConfig({ [name]: value }), `${name}=${value}`).toThrow(`${name} takes origins such as`);
  expect(() => readConfig({ SONDE_CORS_ORIGINS: 'self' })).toThrow('SONDE_CORS_ORIGINS takes origins');
  const many = Array.from({ length: 101 }, (_, at) => `https://${at}.example`).join(',');
  expect(() => readConfig({ SONDE_CORS_ORIGINS: many })).toThrow('SONDE_CORS_ORIGINS takes at most 100 origins');
});
