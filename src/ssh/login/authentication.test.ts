/** What is offered to a server, method by method, by what it says is left. */
import type { AuthenticationType, KeyboardInteractiveAuthMethod } from 'ssh2';
import { describe, expect, test } from 'vitest';
import type { Login } from '../../model/host.ts';
import { type Ask, Authentication } from './authentication.ts';

const password: Login = { type: 'password', password: 'hunter2' };
const key: Login = { type: 'key', key: { opened: 'KEY' }, password: null, certificate: null };
const never: Ask = () => Promise.reject(new Error('nobody is here'));

function start(login: Login, rest: { ask?: Ask | null; known?: 'unknown' | 'needs-code' | 'password-only' } = {}) {
  const state = { aborted: false };
  const authentication = new Authentication({
    username: 'ann',
    login,
    known: rest.known ?? 'unknown',
    ask: rest.ask ?? null,
    log: () => {},
    abort: () => {
      state.aborted = true;
    },
  });
  /** The method that is offered when these are left; `none` is asked first, as ssh2 does. */
  const offer = (...left: AuthenticationType[]) => {
    const method = authentication.next(left, false);
    return method === false ? false : method.type;
  };
  /** Begins a keyboard-interactive login with one round of prompts. */
  const prompt = (...prompts: string[]): Promise<string[] | 'aborted'> => {
    const method = authentication.next(['keyboard-interactive'], false) as KeyboardInteractiveAuthMethod;
    return new Promise((resolve) => {
      method.prompt(
        '',
        '',
        '',
        prompts.map((text) => ({ prompt: text, echo: false })),
        resolve,
      );
      setTimeout(() => state.aborted && resolve('aborted'), 10);
    });
  };
  return { authentication, outcome: authentication.outcome, offer, prompt, state };
}

describe('without a person', () => {
  test.each([
    'Password for git@code.example.com:',
    'Password for duong@fbsd1:',
    "newman's Password: ",
    'TACACS Password:',
  ])('the question %j is answered with the password', async (question) => {
    const { prompt, outcome } = start(password, { known: 'password-only' });
    expect(await prompt(question)).toEqual(['hunter2']);
    expect(outcome).toMatchObject({ interactive: 'password-only', failure: null, askedForCode: false });
  });

  test('a password is offered only once', () => {
    const { offer, outcome } = start(password);
    expect(offer('publickey', 'password')).toBe('password');
    expect(offer('publickey', 'password')).toBe(false);
    expect(outcome.failure).toMatchObject({ reason: 'rejected' });
  });

  test('a key is offered only once', () => {
    const { offer, outcome } = start(key);
    expect(offer('publickey', 'keyboard-interactive')).toBe('publickey');
    expect(offer('publickey')).toBe(false);
    expect(outcome.failure).toMatchObject({ reason: 'rejected' });
  });

  test('no keyboard-interactive login is begun: the host needs a code', () => {
    const { offer, outcome } = start(password);
    expect(offer('publickey', 'keyboard-interactive')).toBe(false);
    expect(outcome).toMatchObject({ interactive: 'needs-code', failure: { reason: 'needs-code' } });
  });

  test('nor after a key that was accepted as a part', () => {
    const { offer, outcome } = start(key);
    expect(offer('publickey')).toBe('publickey');
    expect(offer('keyboard-interactive')).toBe(false);
    expect(outcome.failure).toMatchObject({ reason: 'needs-code' });
  });

  test('one that the password alone answered before is begun again', async () => {
    const { prompt, outcome } = start(password, { known: 'password-only' });
    expect(await prompt('Password: ')).toEqual(['hunter2']);
    expect(outcome.interactive).toBe('password-only');
  });

  test('and is given up when it asks for a code now', async () => {
    const { prompt, outcome } = start(password, { known: 'password-only' });
    expect(await prompt('Password: ', 'Verification code: ')).toBe('aborted');
    expect(outcome).toMatchObject({ interactive: 'needs-code', failure: { reason: 'needs-code' } });
  });

  test('a login without a secret is said to be none that the host accepts', () => {
    const { offer, outcome } = start({ type: 'none' });
    expect(offer('publickey', 'password')).toBe(false);
    expect(outcome.failure).toMatchObject({ reason: 'no-credential' });
  });
});

describe('with a person', () => {
  test('keyboard-interactive is preferred to a password, which cannot carry a code', () => {
    expect(start(password, { ask: never }).offer('password', 'keyboard-interactive')).toBe('keyboard-interactive');
  });

  test('prompts for the password are answered without them, for a code with them', async () => {
    const asked: string[] = [];
    const ask: Ask = async (text) => {
      asked.push(text);
      return '123456';
    };
    const { prompt } = start(password, { ask });
    expect(await prompt('Password: ', 'Verification code: ')).toEqual(['hunter2', '123456']);
    expect(asked).toEqual(['Verification code:']);
  });

  test('one prompt for both gets both', async () => {
    const { prompt } = start(password, { ask: async () => '123456' });
    expect(await prompt('Password & verification code: ')).toEqual(['hunter2123456']);
  });

  test('a wrong code may be followed by another, a wrong password may not', async () => {
    const code = start(password, { ask: async () => '000000' });
    await code.prompt('Verification code: ');
    expect(code.offer('keyboard-interactive')).toBe('keyboard-interactive');

    const plain = start(password, { ask: async () => '000000' });
    await plain.prompt('Password: ');
    expect(plain.offer('keyboard-interactive')).toBe(false);
    expect(plain.outcome.failure).toMatchObject({ reason: 'rejected' });
  });

  test('a password that must be changed is never changed', async () => {
    const { prompt, outcome } = start(password, { ask: never });
    expect(await prompt('Current password: ', 'New password: ')).toBe('aborted');
    expect(outcome.failure).toMatchObject({ reason: 'password-expired' });
  });

  test('a person who does not answer ends the login', async () => {
    const { prompt, outcome } = start(password, { ask: never });
    expect(await prompt('Verification code: ')).toBe('aborted');
    expect(outcome.failure).toMatchObject({ reason: 'cancelled' });
  });
});
