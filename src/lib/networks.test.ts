import { expect, test } from 'vitest';
import { defaultDeniedNetworks } from './names/denied-networks.ts';
import { allowed, DeniedError, isDenied, isNetwork } from './networks.ts';

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '169.254.169.254',
  '100.100.100.200',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '64:ff9b::169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'ff02::1',
])('%s is closed to hosts of users', (address) => {
  expect(isDenied(address, defaultDeniedNetworks)).toBe(true);
});

test.each([
  '10.0.0.1',
  '172.16.3.4',
  '192.168.1.1',
  '192.0.2.1',
  '203.0.113.9',
  'fd12::1',
  '2001:db8::1',
  '::ffff:10.0.0.1',
])('%s is open to them', (address) => {
  expect(isDenied(address, defaultDeniedNetworks)).toBe(false);
});

test('of the addresses of a name those are left that may be dialled; where none is, it throws', () => {
  const [inside, outside] = [
    { address: '127.0.0.1', family: 4 },
    { address: '192.0.2.1', family: 4 },
  ] as const;
  expect(allowed([inside, outside], defaultDeniedNetworks)).toEqual([outside]);
  expect(() => allowed([inside], defaultDeniedNetworks)).toThrow(DeniedError);
  expect(allowed([inside], [])).toEqual([inside]);
});

test.each([
  ['10.0.0.0/8', true],
  ['192.0.2.1', true],
  ['fd00::/8', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/8/8', false],
  ['localhost', false],
  ['fe80::1%eth0', false],
  ['', false],
])('%o as a network: %s', (text, is) => {
  expect(isNetwork(text)).toBe(is);
});
