import { expect, test } from 'vitest';
import { destinationSettings } from '../push/protocols/settings.ts';
import { secretsOf, withoutSecrets } from './config.ts';
import { saidBy } from './verdicts.ts';

const url = 'https://mimir.example.org/push';
const said = (body: string, config: object): string =>
  withoutSecrets(saidBy({ status: 401, retryAfter: null, body }), secretsOf(destinationSettings, { url, ...config }));

test('a receiver that repeats what it was sent shows no part of a secret, also where its answer is cut', () => {
  const token = 'abcdefghijklmnop'.repeat(40);
  expect(said(`no such token: ${token}`, { token })).toBe('HTTP 401: no such token: ••••…');
  const short = 'tok-0123456789';
  const body = `${'x'.repeat(280)} ${short}`;
  expect(said(body, { token: short })).toBe(`HTTP 401: ${'x'.repeat(280)} ••••…`);
  expect(said('tok is no token', { token: short })).toBe('HTTP 401: tok is no token');
});

test('a password is hidden in each form in which it is sent', () => {
  const login = { username: 'me', password: 'hunter2hunter2' };
  const basic = Buffer.from('me:hunter2hunter2').toString('base64');
  expect(said(`{"Authorization": "Basic ${basic}"}`, login)).toBe('HTTP 401: {"Authorization": "Basic ••••"}');
  expect(said('wrong: hunter2hunter2', login)).toBe('HTTP 401: wrong: ••••');
});
