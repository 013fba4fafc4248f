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
    verifiedDomain: null,
    groups: null,
    hasMoreGroups: false,
  });
  expect(refusalOf(person, settings)).toBe('not-allowed');
  const mixed = readPerson(identity, { groups: [1, null, 'staff', {}], name: 'a\0b' }, settings);
  expect([mixed.groups, mixed.name, refusalOf(mixed, settings)]).toEqual([['staff'], '', null]);
});

test('a name and an address are shown as one line, without marks that hide who it is', () => {
  const claims = { name: ' Ann\u202egnp.\nadmin\u2066\u2028 ', email: 'ann@example.org\t\u202e' };
  expect(readPerson(identity, claims, settings)).toMatchObject({ name: 'Ann gnp. admin', email: 'ann@example.org' });
});

test('the domain of a verified address is that of the whole address, not of what is shown of it', () => {
  const only = complete({ issuer: identity.issuer, clientId: 'sonde', allowedDomains: ['Example.org'] });
  const refusal = (email: string) => refusalOf(readPerson(identity, { email, email_verified: true }, only), only);
  expect(refusal('ann@example.ORG')).toBeNull();
  expect(refusal(`${'x'.repeat(300)}@example.org`)).toBeNull();
  const others = [
    // Shown are 200 characters, which end here after example.org.
    `${'x'.repeat(188)}@example.org.evil.example`,
    'ann@example.org\u202e',
    'ann@example.org\t',
    'ann@evil.example\n@example.org\0',
    'example.org',
  ];
  for (const email of others) expect([email, refusal(email)]).toEqual([email, 'not-allowed']);
});
