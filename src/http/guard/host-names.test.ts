import { expect, test } from 'vitest';
import { createHostCheck } from './host-names.ts';

const names = { allowed: ['Sonde.example.org', '*.corp.example.net'], machine: 'nas.house.example', isLoopback: true };

test('answers on loopback under addresses, loopback names, the name of the machine and those that were set', () => {
  const isKnown = createHostCheck(names);
  const known = [
    '127.0.0.1:8080',
    '192.0.2.1',
    '[::1]:8080',
    '[fe80::1]',
    'localhost',
    'LOCALHOST.:8080',
    'sonde.localhost:8080',
    'nas:8080',
    'nas.house.example',
    'NAS.local',
    'nas.lan',
    'sonde.example.org',
    'a.corp.example.net:443',
    'a.b.corp.example.net.',
    '',
  ];
  expect(known.filter((host) => !isKnown(host))).toEqual([]);
  const unknown = [
    'evil.example',
    'localhost.evil.example',
    'sonde.example.org.evil.example',
    'x.sonde.example.org',
    'corp.example.net',
    'evilcorp.example.net',
    'other',
    'other.local',
    'nas.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'localhost, evil.example',
    '[evil.example]',
    ':8080',
    '.',
    // No address of a page has such names, and none could be made of them.
    'localhost:99999',
    '%zz.localhost',
    '"><i>.localhost',
    'ä.localhost',
  ];
  expect(unknown.filter((host) => isKnown(host))).toEqual([]);
});

test('answers to the network also under names that only that network can resolve', () => {
  const isKnown = createHostCheck({ ...names, isLoopback: false });
  expect(['myserver:8080', 'nas.local:8080', 'x.internal', 'x.home.arpa'].filter((host) => !isKnown(host))).toEqual([]);
  expect(
    ['evil.example', 'x.lan', 'local.evil.example', '99999999999', 'a"b', 'a{b}'].filter((host) => isKnown(host)),
  ).toEqual([]);
});
