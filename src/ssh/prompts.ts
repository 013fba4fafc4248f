/** What a keyboard-interactive prompt wants. */
export type PromptKind = 'password' | 'code' | 'password-and-code' | 'password-change' | 'unknown';

const change = /new.*password|retype|current.*password|change/i;
const oneTime = /one[- ]?time|verification|authenticator|passcode|\botp\b|\btoken\b|\b2fa\b|\bcode\b|duo|yubikey/i;
const password = /pass(?:word|wort|phrase)|mot de passe|contrase.a|senha|parola|пароль|密码|パスワード/i;

/** Tells what a prompt wants by its words. `Password & verification code:` wants both in one line. */
export function kindOfPrompt(prompt: string): PromptKind {
  if (change.test(prompt)) return 'password-change';
  const wantsCode = oneTime.test(prompt);
  const wantsPassword = password.test(prompt.replace(/one[- ]?time pass(?:word|code)|passcode/gi, ''));
  if (wantsCode && wantsPassword) return 'password-and-code';
  if (wantsCode) return 'code';
  return wantsPassword ? 'password' : 'unknown';
}
