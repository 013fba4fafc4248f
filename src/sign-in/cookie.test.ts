import { expect, test } from 'vitest';
import { cookieName, isCookieName } from './cookie.ts';

test('only names that Sonde gives to cookies count as its own, and no others are sent back to the browser', () => {
  expect(isCookieName(cookieName('a state'))).toBe(true);
  for (const name of ['sonde_sign_in_', 'sonde_sign_in_ x', 'sonde_sign_in_é', 'sonde_sign_in_a;b', 'jwt', '__proto__'])
    expect([name, isCookieName(name)]).toEqual([name, false]);
});
