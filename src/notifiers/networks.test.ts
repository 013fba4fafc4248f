import { expect, test } from 'vitest';
import { mayReach } from './networks.ts';

const admin = { isAdmin: true, permitted: [] };
const user = { isAdmin: false, permitted: [] };

test.each([
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  'fd00:ec2::254',
  'fe80::1',
  '0.0.0.0',
  '224.0.0.1',
  '100.100.100.200',
])('%s is never reached, whatever is permitted', (address) => {
  expect(mayReach(address, { isAdmin: true, permitted: ['0.0.0.0/0', '::/0'] })).toBe(false);
});

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])(
  '%s is reached only where that is permitted',
  (address) => {
    expect(mayReach(address, admin)).toBe(false);
    expect(mayReach(address, { isAdmin: false, permitted: ['127.0.0.0/8', '::1/128'] })).toBe(true);
  },
);

test.each(['10.0.0.1', '172.16.1.1', '192.168.1.1', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1', '64:ff9b::10.0.0.1'])(
  '%s is reached by channels of admins, and by others where that is permitted',
  (address) => {
    expect([mayReach(address, admin), mayReach(address, user)]).toEqual([true, false]);
    expect(mayReach(address, { isAdmin: false, permitted: [address] })).toBe(true);
  },
);

test.each(['192.0.2.1', '8.8.8.8', '2606:4700::1'])('%s is reached by every channel', (address) => {
  expect(mayReach(address, user)).toBe(true);
});
