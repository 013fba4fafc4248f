import { expect, test } from 'vitest';
import { kindOfPrompt } from './prompts.ts';

test.each([
  ['Password: ', 'password'],
  ["ann@web's password: ", 'password'],
  ['Passwort: ', 'password'],
  ['Mot de passe : ', 'password'],
  ['Contraseña: ', 'password'],
  ['密码：', 'password'],
  ['Verification code: ', 'code'],
  ['Enter your one-time password: ', 'code'],
  ['One-time password (OATH) for `ann`: ', 'code'],
  ['Passcode or option (1-2): ', 'code'],
  ['Duo two-factor login for ann\n\nEnter a passcode: ', 'code'],
  ['YubiKey for `ann`: ', 'code'],
  ['Authenticator token: ', 'code'],
  ['Password & verification code: ', 'password-and-code'],
  ['Current password: ', 'password-change'],
  ['New password: ', 'password-change'],
  ['Retype new password: ', 'password-change'],
  ['Which way? ', 'unknown'],
])('%j asks for: %s', (prompt, kind) => {
  expect(kindOfPrompt(prompt)).toBe(kind);
});
