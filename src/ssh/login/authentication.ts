import type { AnyAuthMethod, AuthenticationType, Prompt } from 'ssh2';
import type { Log } from '../../model/connection/log.ts';
import type { Failure } from '../../model/failure.ts';
import type { InteractiveLogin, Login } from '../../model/host.ts';
import { failure } from '../failures.ts';
import { accountFailure, HostWords } from './account-words.ts';
import { offeredAgent, offeredKey, refusedWith } from './offers.ts';
import { kindOfPrompt } from './prompts.ts';

/**
 * Asks a person for what a prompt wants; resolves with the answer. `isRetry`: the previous answer was wrong. Rejects if
 * the person does not answer.
 */
export type Ask = (prompt: string, isRetry: boolean) => Promise<string>;

/** How often another code may follow a wrong one. */
const maxLogins = 10;
const maxPromptCharacters = 2_000;

/** The outcome of a login: how it went, or why it failed. */
export type LoginOutcome = { interactive: InteractiveLogin; failure: Failure | null; askedForCode: boolean };

export type AuthenticationOptions = {
  readonly username: string;
  readonly login: Login;
  readonly known: InteractiveLogin;
  readonly ask: Ask | null;
  readonly log: Log;
  /** Ends the connection now. */
  readonly abort: () => void;
};

/**
 * Decides, method by method, what to offer to a server. These rules keep people from being locked out: every secret is
 * offered once; without a person (`ask` is null), a keyboard-interactive login is started only if an earlier one showed
 * that the password alone is enough; with a person, it is preferred to the password method, which cannot carry a code.
 */
export class Authentication {
  readonly outcome: LoginOutcome = { interactive: 'unknown', failure: null, askedForCode: false };
  private readonly options: AuthenticationOptions;
  private readonly password: string | null;
  private readonly tried = new Set<string>();
  /** How many keyboard-interactive logins were started; each may ask in several rounds. */
  private interactiveRounds = 0;
  private isPasswordGiven = false;
  private lastQuestion: string | null = null;
  /** The login in which a person was last asked. */
  private retriedRound = 0;
  private offered: readonly string[] = [];
  /** What the host said besides its questions. */
  private readonly words = new HostWords();

  constructor(options: AuthenticationOptions) {
    const { login } = options;
    this.options = options;
    this.password = login.type === 'password' || login.type === 'key' ? login.password : null;
  }

  /** What to offer next; false: nothing more. `methodsLeft` is null until the host has said what it accepts. */
  next(methodsLeft: readonly AuthenticationType[] | null, partial: boolean | null): AnyAuthMethod | false {
    const { username, ask, log, known } = this.options;
    const { tried, password } = this;
    if (methodsLeft === null) return { type: 'none', username };
    if (partial) log('info', 'auth', 'Accepted; the host asks for another method', { methods: methodsLeft.join(', ') });
    else if (tried.size > 0) log('warning', 'auth', 'Refused');
    this.offered = methodsLeft;
    const key = methodsLeft.includes('publickey') ? this.offerKey() : null;
    if (key !== null) return key;
    const mayPrompt = ask !== null || known === 'password-only';
    const canPrompt = methodsLeft.includes('keyboard-interactive') && mayPrompt && !tried.has('password');
    if (canPrompt && ask !== null && this.mayPromptAgain()) return this.keyboard();
    const mayOfferPassword = methodsLeft.includes('password') && !tried.has('keyboard-interactive');
    if (mayOfferPassword && password !== null && this.once('password')) {
      log('info', 'auth', 'Offering the password');
      return { type: 'password', username, password };
    }
    if (canPrompt && !tried.has('password') && this.mayPromptAgain()) return this.keyboard();
    this.outcome.failure ??= this.whyNot();
    return false;
  }

  /** Records what the host says other than questions: a banner, or a round without prompts. */
  readonly told = (text: string): void => this.words.add(`\n${text}\n`);

  /** The failure that the host itself explained; null if it did not. */
  explained(): Failure | null {
    return accountFailure(this.words.lines);
  }

  /** The server asked for a new password to replace the one it was offered. */
  readonly changeAsked = (): void => {
    this.outcome.failure = failure('auth', 'password-expired');
    this.options.abort();
  };

  /** The key or the agent's keys, once; false if they cannot be used, null if the login has none. */
  private offerKey(): AnyAuthMethod | false | null {
    const { login, username, log } = this.options;
    if ((login.type !== 'key' && login.type !== 'agent') || !this.once('publickey')) return null;
    const offer =
      login.type === 'key'
        ? offeredKey(login, username, log)
        : offeredAgent(login, username, log, (why) => {
            this.outcome.failure = why;
          });
    if ('type' in offer) return offer;
    this.outcome.failure = offer.failure;
    return false;
  }

  private once(method: string): boolean {
    if (this.tried.has(method)) return false;
    this.tried.add(method);
    return true;
  }

  /** A refused code may be followed by another on the same connection; a refused password alone may not. */
  private mayPromptAgain(): boolean {
    const { interactiveRounds } = this;
    return interactiveRounds === 0 || (this.outcome.askedForCode && interactiveRounds < maxLogins);
  }

  private keyboard(): AnyAuthMethod {
    const { username, log } = this.options;
    this.tried.add('keyboard-interactive');
    this.interactiveRounds += 1;
    this.isPasswordGiven = false;
    log('info', 'auth', 'Starting a keyboard-interactive login');
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (name, instructions, _language, prompts, finish) => {
        this.words.add(`\n${name}\n${instructions}\n`);
        this.answerAll(prompts)
          .then(finish)
          // The connection may have ended before the answer arrived.
          .catch(() => {
            this.outcome.failure ??= failure('auth', 'cancelled');
            this.options.abort();
          });
      },
    };
  }

  private async answerAll(prompts: readonly Prompt[]): Promise<string[]> {
    const answers: string[] = [];
    for (const prompt of prompts) answers.push(await this.answer(prompt));
    return answers;
  }

  private async answer({ prompt, echo }: Prompt): Promise<string> {
    const { outcome, password } = this;
    const { username } = this.options;
    const kind = kindOfPrompt(prompt, [username]);
    if (kind === 'password-change') {
      outcome.failure = failure('auth', 'password-expired');
      throw new Error('password change');
    }
    if (kind === 'username') return username;
    const wantsPassword = kind === 'password' || (kind === 'unknown' && echo === false && this.interactiveRounds === 1);
    if (wantsPassword && password !== null && !this.isPasswordGiven) {
      this.isPasswordGiven = true;
      if (outcome.interactive === 'unknown') outcome.interactive = 'password-only';
      return password;
    }
    const given = await this.askPerson(shownPrompt(prompt), kind === 'choice');
    return kind === 'password-and-code' ? `${password ?? ''}${given}` : given;
  }

  private askPerson(question: string, isChoice: boolean): Promise<string> {
    const { ask, log } = this.options;
    this.outcome.interactive = 'needs-code';
    this.outcome.askedForCode = true;
    if (ask === null) {
      this.outcome.failure = failure('auth', 'needs-code');
      throw new Error('needs a person');
    }
    log('info', 'totp', isChoice ? 'The host asks for a confirmation' : 'The host asks for a code', {
      prompt: question,
    });
    const { lastQuestion } = this;
    const isRetry = question === lastQuestion || (lastQuestion !== null && this.retriedRound < this.interactiveRounds);
    this.retriedRound = this.interactiveRounds;
    this.lastQuestion = question;
    return ask(question, isRetry);
  }

  private whyNot(): Failure {
    const { offered, tried } = this;
    const { ask, login } = this.options;
    const isUnprompted = !tried.has('password') && !tried.has('keyboard-interactive');
    if (offered.includes('keyboard-interactive') && ask === null && isUnprompted) {
      this.outcome.interactive = 'needs-code';
      return failure('auth', 'needs-code');
    }
    return tried.size > 0
      ? failure('auth', 'rejected', refusedWith(login))
      : failure('auth', 'no-credential', { said: `it accepts ${offered.join(', ')}` });
  }
}

/** A question as a person sees it: without control characters except line ends, and of limited length. */
function shownPrompt(prompt: string): string {
  return prompt
    .slice(-maxPromptCharacters)
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();
}
