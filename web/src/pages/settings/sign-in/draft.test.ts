import { expect, test } from 'vitest';
import { configOf, linesIn } from './draft.ts';

test('a list has an item a line, which may contain spaces', () => {
  expect(linesIn(' Domain Admins \n\nops\n')).toEqual(['Domain Admins', 'ops']);
  expect(linesIn(undefined)).toEqual([]);
});

test('what a form leaves empty has its default', () => {
  expect(
    configOf({ issuer: ' https://id.example ', clientId: 'sonde', clientSecret: '', name: ' ', sessionHours: '8' }),
  ).toEqual({
    issuer: 'https://id.example',
    clientId: 'sonde',
    clientAuth: 'auto',
    allowedGroups: [],
    allowedDomains: [],
    adminGroups: [],
    createAccounts: false,
    sessionHours: 8,
    logOutAtProvider: false,
  });
});
