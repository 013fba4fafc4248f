import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSshConfigFiles } from './ssh-config.ts';
import { type Asked, wayTo } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'look-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function way(asked: Asked, config = '', more: Readonly<Record<string, string>> = {}) {
  const file = join(folder, 'config');
  for (const [name, text] of Object.entries({ config, ...more })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return wayTo(asked, readSshConfigFiles('me', file), 'me');
}

const places = ({ stops }: ReturnType<typeof way>): readonly string[] =>
  stops.map(({ username, address, port }) => `${username}@${address}:${port}`);

test.each([
  ['web', '', 'me@web:22'],
  ['ann@web:2200', '', 'ann@web:2200'],
  ['ssh://ann@web:2200', '', 'ann@web:2200'],
  ['[2001:db8::1]:2200', '', 'me@2001:db8::1:2200'],
  ['2001:db8::1', '', 'me@2001:db8::1:22'],
  ['web', 'Host web\n HostName 192.0.2.1\n User ops\n Port 7', 'ops@192.0.2.1:7'],
  ['ann@web:22', 'Host web\n User ops\n Port 7', 'ann@web:22'],
])('%s with the configuration %j leads to %s', (destination, config, place) => {
  expect(places(way({ destination }, config))).toEqual([place]);
});

test('what is typed counts more than the configuration, also instead of its jump hosts', () => {
  const config = 'Host web\n ProxyJump old\n Port 7\n User ops\nHost edge\n User door\n Port 8';
  expect(places(way({ destination: 'web' }, config))).toEqual(['me@old:22', 'ops@web:7']);
  const typed = way({ destination: 'web', port: '9', user: 'ann', jump: 'edge,bob@inner:10', identity: '/k' }, config);
  expect(places(typed)).toEqual(['door@edge:8', 'bob@inner:10', 'ann@web:9']);
  expect(typed.stops.map(({ identityFiles }) => identityFiles)).toEqual([[], [], ['/k']]);
});

test('the first jump host is reached by its own way, and a circle ends with a sentence', () => {
  const chain = 'Host c\n ProxyJump b\nHost b\n ProxyJump a\nHost a\n ProxyCommand nc -X 5 -x proxy:1080 %h %p';
  const found = way({ destination: 'c' }, chain);
  expect(places(found)).toEqual(['me@a:22', 'me@b:22', 'me@c:22']);
  expect(found.proxies).toMatchObject([{ type: 'socks5', host: 'proxy', port: 1080, password: null }]);
  expect(() => way({ destination: 'a' }, 'Host a\n ProxyJump b\nHost b\n ProxyJump a')).toThrow('goes in a circle');
});

test('commands that are no way are refused, and options that are not followed are named', () => {
  expect(() => way({ destination: 'a' }, 'Host a\n ProxyCommand cloud tunnel %h')).toThrow('Name the way with -J');
  expect(way({ destination: 'a' }, 'Host a\n CertificateFile b').warnings).toEqual([
    expect.stringContaining('CertificateFile'),
  ]);
  expect(() => way({ destination: 'a b' })).toThrow('is not an address');
  expect(() => way({ destination: 'a', port: '0' })).toThrow('is not a port');
});

test('included files are read where they are included, by their pattern', () => {
  const included = join(folder, 'parts/*.conf');
  const found = way({ destination: 'web' }, `Include ${included}\nHost *\n User late`, {
    'parts/a.conf': 'Host web\n User early',
  });
  expect(places(found)).toEqual(['early@web:22']);
});

test('an ssh_config that was named and is not there is an error, and none is none', () => {
  expect(() => readSshConfigFiles('me', join(folder, 'misspelt'))).toThrow(/misspelt cannot be read/);
  expect(() => readSshConfigFiles('me', folder)).toThrow(/cannot be read/);
  for (const file of ['none', '/dev/null'])
    expect(readSshConfigFiles('me', file).of('web')).toMatchObject({ hostname: 'web', identityFiles: [] });
});
