import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveCallback, Prompt } from 'ssh2';
import type { Log } from '../../model/connection/log.ts';
import type { Failure } from '../../model/failure.ts';
import type { InteractiveLogin, Login } from '../../model/host.ts';
import { failure } from '../failures.ts';
import { accountFailure, HostWords } from './account-words.ts';
import { offeredAgent, offeredKey, refusedWith } from './offers.ts';
import { kindOfPrompt } from './prompts.ts';

/**
 * Asks a person for what a prompt wants; resolves with it. `isRetry`: the answer before was wrong.
 * Rejects when the person does not answer.
 */
export type Ask = (prompt: string, isRetry: boolean) => Promise<string>;

/** A code that is wrong may be followed by another, so often. */
const maxLogins = 10;
const maxPromptCharacters = 2_000;

/** What is known after a login: how it was done, or the failure that says why not. */
export type LoginOutcome = { interactive: InteractiveLogin; failure: Failure | null; askedForCode: boolean };

/**
 * Decides, method by method, what is offered to a server. Rules that keep people from being locked out: every secret is
 * offered once; without a person (`ask` null) no keyboard-interactive login is begun unless an earlier one showed that
 * the password alone answers it; with a person it is preferred to the password method, which cannot carry a code.
 */
export function createAuthentication(options: {
  readonly username: string;
  readonly login: Login;
  readonly known: InteractiveLogin;
  readonly ask: Ask | null;
  readonly log: Log;
  /** Ends the connection now. */
  readonly abort: () => void;
}) {
  const { username, login, ask, log } = options;
  const outcome: LoginOutcome = { interactive: 'unknown', failure: null, askedForCode: false };
  const password = login.type === 'password' || login.type === 'key' ? login.password : null;
  const tried = new Set<string>();
  /** Keyboard-interactive logins that were begun; each may ask in several rounds. */
  let interactiveRounds = 0;
  let isPasswordGiven = false;
  let lastQuestion: string | null = null;
  /** The login in which a person was asked last. */
  let retriedRound = 0;
  let offered: readonly string[] = [];
  /** What the host said beside its questions. */
  const words = new HostWords();

  function next(methodsLeft: readonly AuthenticationType[] | null, partial: boolean | null): AnyAuthMethod | false {
    if (methodsLeft === null) return { type: 'none', username };
    if (partial) log('info', 'auth', 'Accepted, the host wants more', { methods: methodsLeft.join(', ') });
    else if (tried.size > 0) log('warning', 'auth', 'Refused');
    offered = methodsLeft;
    const mayPrompt = ask !== null || options.known === 'password-only';
    if (methodsLeft.includes('publickey') && login.type === 'key' && once('publickey')) {
      const offer = offeredKey(login, username, log);
      if ('type' in offer) return offer;
      outcome.failure = offer.failure;
      return false;
    }
    if (methodsLeft.includes('publickey') && login.type === 'agent' && once('publickey')) {
      const offer = offeredAgent(login, username, log, (why) => {
        outcome.failure = why;
      });
      if ('type' in offer) return offer;
      outcome.failure = offer.failure;
      return false;
    }
    const canPrompt = methodsLeft.includes('keyboard-interactive') && mayPrompt;
    if (canPrompt && ask !== null && !tried.has('password') && mayPromptAgain()) return keyboard();
    if (
      methodsLeft.includes('password') &&
      password !== null &&
      !tried.has('keyboard-interactive') &&
      once('password')
    ) {
      log('info', 'auth', 'Offering the password');
      return { type: 'password', username, password };
    }
    if (canPrompt && !tried.has('password') && mayPromptAgain()) return keyboard();
    outcome.failure ??= whyNot();
    return false;
  }

  function once(method: string): boolean {
    if (tried.has(method)) return false;
    tried.add(method);
    return true;
  }

  /** A refused code may be followed by another on the same connection; a refused password alone may not. */
  function mayPromptAgain(): boolean {
    return interactiveRounds === 0 || (outcome.askedForCode && interactiveRounds < maxLogins);
  }

  function keyboard(): AnyAuthMethod {
    tried.add('keyboard-interactive');
    interactiveRounds += 1;
    isPasswordGiven = false;
    log('info', 'auth', 'Starting a keyboard-interactive login');
    return { type: 'keyboard-interactive', username, prompt: answer };
  }

  function answer(
    name: string,
    instructions: string,
    _language: string,
    prompts: Prompt[],
    finish: KeyboardInteractiveCallback,
  ): void {
    words.add(`\n${name}\n${instructions}\n`);
    answerAll(prompts)
      .then(finish)
      // The connection may have ended before the answer was there.
      .catch(() => {
        outcome.failure ??= failure('auth', 'cancelled');
        options.abort();
      });
  }

  async function answerAll(prompts: readonly Prompt[]): Promise<string[]> {
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      const kind = kindOfPrompt(prompt, [username]);
      if (kind === 'password-change') {
        outcome.failure = failure('auth', 'password-expired');
        throw new Error('password change');
      }
      if (kind === 'username') {
        answers.push(username);
        continue;
      }
      const wantsPassword = kind === 'password' || (kind === 'unknown' && echo === false && interactiveRounds === 1);
      if (wantsPassword && password !== null && !isPasswordGiven) {
        isPasswordGiven = true;
        if (outcome.interactive === 'unknown') outcome.interactive = 'password-only';
        answers.push(password);
        continue;
      }
      outcome.interactive = 'needs-code';
      outcome.askedForCode = true;
      if (ask === null) {
        outcome.failure = failure('auth', 'needs-code');
        throw new Error('needs a person');
      }
      const question = shownPrompt(prompt);
      log('info', 'totp', kind === 'choice' ? 'The host asks for a confirmation' : 'The host asks for a code', {
        prompt: question,
      });
      const isRetry = question === lastQuestion || (lastQuestion !== null && retriedRound < interactiveRounds);
      retriedRound = interactiveRounds;
      lastQuestion = question;
      const given = await ask(question, isRetry);
      answers.push(kind === 'password-and-code' ? `${password ?? ''}${given}` : given);
    }
    return answers;
  }

  function whyNot(): Failure {
    const left = offered.join(', ');
    if (
      offered.includes('keyboard-interactive') &&
      ask === null &&
      !tried.has('password') &&
      !tried.has('keyboard-interactive')
    ) {
      outcome.interactive = 'needs-code';
      return failure('auth', 'needs-code');
    }
    return tried.size > 0
      ? failure('auth', 'rejected', refusedWith(login))
      : failure('auth', 'no-credential', { said: `it accepts ${left}` });
  }

  return {
    next,
    outcome,
    /** The host said something that is no question: a banner, or a round without prompts. */
    told: (text: string): void => words.add(`\n${text}\n`),
    /** What of a login that failed the host itself explained; null: nothing. */
    explained: (): Failure | null => accountFailure(words.lines),
    /** The server asked for a new password in place of the one that it was offered. */
    changeAsked: (): void => {
      outcome.failure = failure('auth', 'password-expired');
      options.abort();
    },
  };
}

/** A question as a person is shown it: without control characters but line ends, and not for ever. */
function shownPrompt(prompt: string): string {
  return prompt
    .slice(-maxPromptCharacters)
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();
}
