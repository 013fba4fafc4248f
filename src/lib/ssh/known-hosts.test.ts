import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownHostsName, namesMatch, readKnownHosts } from './known-hosts.ts';

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFIGSZTd7hlXZ23hMnY3V3uN0m3cKYvJq1CkSdVf0Zc1';

test('reads keys, authorities and revoked keys, with comments, blank lines and any line end', () => {
  const { lines, skipped } = readKnownHosts(
    `\uFEFF# mine\r\nweb,192.0.2.1 ${ed25519} a comment\r\n\r\n@cert-authority *.example.org ${ed25519}\n@revoked * ${ed25519}`,
  );
  expect(skipped).toEqual([]);
  expect(lines.map(({ line, marker, names, comment }) => [line, marker, names, comment])).toEqual([
    [2, 'key', 'web,192.0.2.1', 'a comment'],
    [4, 'cert-authority', '*.example.org', ''],
    [5, 'revoked', '*', ''],
  ]);
});

test.each([
  ['web 1024 35 1234567890', /protocol 1/],
  ['web ssh-dss AAAAB3NzaC1kc3M=', /ssh-dss are not supported/],
  ['web sk-ssh-ed25519@openssh.com AAAA', /are not supported/],
  [`web ${ed25519.slice(0, -9)}`, /damaged/],
  [`web ${ed25519.replace('ssh-ed25519', 'ssh-rsa')}`, /damaged/],
  ['web ssh-ed25519', /incomplete/],
  ['web', /incomplete/],
  [`@other web ${ed25519}`, /Unknown marker @other/],
  [`|1|x|y ${ed25519}`, /hashed name/],
])('skips %s', (line, reason) => {
  const { lines, skipped } = readKnownHosts(line);
  expect(lines).toEqual([]);
  expect(skipped).toEqual([{ line: 1, reason: expect.stringMatching(reason) }]);
});

test.each([
  ['web', 'web', true],
  ['WEB', 'web', true],
  ['web', 'Web', true],
  ['web', 'web2', false],
  ['web', '[web]:2222', false],
  ['[web]:2222', '[web]:2222', true],
  ['db,web', 'web', true],
  ['*.example.org', 'a.example.org', true],
  ['*.example.org', 'example.org', false],
  ['10.0.0.?', '10.0.0.7', true],
  ['10.0.0.?', '10.0.0.77', false],
  ['*,!bad.example.org', 'good.example.org', true],
  ['*,!bad.example.org', 'bad.example.org', false],
  ['!bad.example.org', 'good.example.org', false],
  ['*', '[2001:db8::1]:22', true],
  ['2001:db8::1', '2001:db8::1', true],
  ['a*b*c', 'aXbYbZc', true],
  ['', '', true],
])('%s matches %s: %s', (names, host, expected) => {
  expect(namesMatch(names, host)).toBe(expected);
});

test('a host is looked up with its port where that is not 22', () => {
  expect([knownHostsName('web', 22), knownHostsName('::1', 2222)]).toEqual(['web', '[::1]:2222']);
});

test('patterns match as the regular expressions that they stand for', () => {
  const letter = fc.constantFrom('a', 'b', '*', '?');
  fc.assert(
    fc.property(fc.array(letter), fc.array(fc.constantFrom('a', 'b')), (pattern, name) => {
      const source = pattern.map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one)).join('');
      expect(namesMatch(pattern.join(''), name.join(''))).toBe(new RegExp(`^${source}$`).test(name.join('')));
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readKnownHosts(text)));
});
