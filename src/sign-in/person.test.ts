import { expect, test } from 'vitest';
import { claimOf, readPerson, refusalOf } from './person.ts';
import { complete } from './settings.ts';

const identity = { issuer: 'https://id.example', subject: 'ann' };
const settings = complete({ issuer: identity.issuer, clientId: 'sonde', allowedGroups: ['staff'] });

test('a claim is found by its name first, then by a path, and never in what every object has', () => {
  const claims = { 'https://a.example/groups': ['x'], realm_access: { roles: ['y'] }, 'a.b': 1, a: { b: 2 }, n: null };
  expect(claimOf(claims, 'https://a.example/groups')).toEqual(['x']);
  expect(claimOf(claims, 'realm_access.roles')).toEqual(['y']);
  expect(claimOf(claims, 'a.b')).toBe(1);
  for (const path of ['constructor', '__proto__', 'realm_access.roles.length.x', 'n.x', 'none', ''])
    expect([path, claimOf(claims, path)]).toEqual([path, undefined]);
});

test('claims of other types than those that are expected count as not told', () => {
  const odd = {
    preferred_username: 7,
    name: { a: 1 },
    email: ['x@y.z'],
    email_verified: 'true',
    groups: { staff: true },
  };
  const person = readPerson(identity, odd, settings);
  expect(person).toEqual({
    ...identity,
    username: null,
    name: '',
    email: '',
    isEmailVerified: false,
    groups: null,
    hasMoreGroups: false,
  });
  expect(refusalOf(person, settings)).toBe('not-allowed');
  const mixed = readPerson(identity, { groups: [1, null, 'staff', {}], name: 'a\0b' }, settings);
  expect([mixed.groups, mixed.name, refusalOf(mixed, settings)]).toEqual([['staff'], '', null]);
});
