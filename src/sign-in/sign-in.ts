import { createHash } from 'node:crypto';
import type { Database } from '../db/schema.ts';
import type { Identity as Users } from '../identity/identity.ts';
import type { LoginResult } from '../identity/logins.ts';
import { Throttle } from '../identity/throttle.ts';
import { RequestError } from '../lib/errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { sourceOf } from '../lib/source.ts';
import type { SignInRefusal } from '../model/people/sign-in.ts';
import type { Reach } from '../notifiers/networks.ts';
import { cookieName, type KeptAttempt, openAttempt, sealAttempt } from './cookie.ts';
import { SignInFault } from './fault.ts';
import { Identities } from './identities.ts';
import { isAdminByGroups, type Person, refusalOf } from './person.ts';
import { type Arrival, Provider } from './provider.ts';
import { ProviderStore } from './provider-store.ts';
import { complete, type ProviderSettings, type SentSettings } from './settings.ts';
import { type Tested, testProvider } from './test-provider.ts';
import { UsedStates } from './used-states.ts';

export type SignInOptions = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number; readonly monotonic: () => number };
  readonly users: Users;
  /** Where providers may be. */
  readonly reach: Reach;
  /** The settings that the operator's file has; null: there is none. */
  readonly fixed: SentSettings | null;
  /** Whether the operator lets passwords log in. */
  readonly passwordLogin: boolean;
  /** Nobody can sign in because of the provider: why, for the operator. */
  readonly onFault: (message: string) => void;
};

type From = { readonly address: string; readonly userAgent: string };
type Account = { readonly id: string; readonly username: string };

/** What came of a sign-in, and what is to be written down about it. */
export type Outcome =
  | {
      readonly kind: 'refused';
      readonly reason: SignInRefusal;
      /** For admins: what exactly was wrong. Never contains a secret. */
      readonly message: string;
      readonly person: Person | null;
      readonly account: Account | null;
      readonly next: string;
    }
  | {
      readonly kind: 'in';
      readonly login: LoginResult;
      readonly account: Account;
      readonly person: Person;
      readonly isNew: boolean;
      /** What the groups of the person did to their admin rights; `kept`: they should have been taken, but this is the last admin. */
      readonly rights: 'given' | 'taken' | 'kept' | null;
      readonly next: string;
    };

const attemptMs = 600_000;
const maxPerSource = 30;

/** Signing in with an OpenID Connect provider. */
export class SignIn {
  readonly identities: Identities;
  readonly #options: SignInOptions;
  readonly #store: ProviderStore;
  readonly #throttle: Throttle;
  readonly #used: UsedStates;
  #provider: Provider | null = null;

  private constructor(options: SignInOptions, store: ProviderStore) {
    const { db, clock } = options;
    this.#options = options;
    this.#store = store;
    this.identities = new Identities(db, clock.now);
    this.#throttle = new Throttle(clock.now);
    this.#used = new UsedStates(clock.now);
    this.#apply();
  }

  static async open(options: SignInOptions): Promise<SignIn> {
    const store = new ProviderStore(options.db, options.sealer, options.fixed);
    await store.load();
    return new SignIn(options, store);
  }

  /** The settings in use; null: nobody can sign in with a provider. */
  get settings(): ProviderSettings | null {
    return this.#provider?.settings ?? null;
  }

  /** As admins may see them. */
  view() {
    return { source: this.#store.source(), config: this.#store.shown() };
  }

  /** Throws 400 that names the field. */
  async set(sent: unknown): Promise<void> {
    await this.#store.set(this.#store.read(sent));
    this.#apply();
  }

  async remove(): Promise<void> {
    await this.#store.remove();
    this.#apply();
  }

  /** Asks the provider that such settings name, without saving them. Throws 400 that names the field. */
  test(sent: unknown, redirectUri: string): Promise<Tested> {
    const settings = complete(this.#store.read(sent));
    return testProvider(this.#providerOf(settings), redirectUri);
  }

  /**
   * Whether passwords log in. Although the operator turned them off, they do until an admin has signed in with the provider, so that
   * nobody locks themselves out.
   */
  async allowsPasswords(): Promise<boolean> {
    if (this.#options.passwordLogin || this.#provider === null) return true;
    return !(await this.identities.hasAdmin(this.#provider.settings.issuer));
  }

  /** Where the browser goes to sign in, and the cookie that it keeps until it is back. Throws 404, 409, 502. */
  async begin(redirectUri: string, next: string) {
    const provider = this.#provider;
    if (provider === null) throw new RequestError(404, 'No provider is set up for signing in', 'off');
    if (await this.#options.users.users.setupRequired())
      throw new RequestError(409, 'Create the first account before anybody signs in with a provider', 'setup');
    const { sealer, clock } = this.#options;
    try {
      const { url, attempt } = await provider.begin(redirectUri);
      const expiresAt = clock.now() + attemptMs;
      const value = sealAttempt(sealer, { ...attempt, next, client: clientOf(provider), expiresAt });
      const cookie = { name: cookieName(attempt.state), value, maxAgeSeconds: attemptMs / 1000 };
      return { url, state: attempt.state, cookie };
    } catch (error) {
      // Anybody may ask this: what exactly is wrong with the provider is for the operator and admins.
      if (error instanceof SignInFault)
        throw new RequestError(
          502,
          publicMessages[error.reason === 'unreachable' ? 'unreachable' : 'provider'],
          error.reason,
        );
      throw error;
    }
  }

  /** Lets in whoever came back from the provider. `cookieOf`: the cookie that the browser sent. Throws 429. */
  async finish(query: URLSearchParams, cookieOf: (name: string) => string | undefined, from: From): Promise<Outcome> {
    const provider = this.#provider;
    if (provider === null) return refused('off', 'No provider is set up');
    const state = query.get('state') ?? '';
    const attempt = openAttempt(this.#options.sealer, cookieOf(cookieName(state)) ?? '', state);
    const flaw = this.#flawOf(attempt, provider);
    const source = sourceOf(from.address);
    const limits = [{ key: `address:${source}`, most: maxPerSource }];
    if (flaw !== null || attempt === null) {
      this.#throttle.take(limits);
      return refused('stale', flaw ?? '');
    }
    let outcome: Outcome = refused('stale', '');
    await this.#throttle.attempt(limits, async () => {
      this.#used.add(state, attempt.expiresAt);
      outcome = await this.#finish(provider, query, attempt, from);
      return outcome.kind === 'in' || isHarmless(outcome);
    });
    // They keep nobody at this address out, but each time is written down, and anybody can say that the provider refused them.
    if (outcome.kind === 'refused' && isHarmless(outcome))
      this.#throttle.take([{ key: `harmless:${source}`, most: maxPerSource }]);
    return outcome;
  }

  /** Where the browser logs out at the provider as well, after a session with this ID token; null: it does not. */
  async logoutUrl(idToken: string | null, returnTo: string): Promise<string | null> {
    const provider = this.#provider;
    if (!provider?.settings.logOutAtProvider) return null;
    return idToken === null ? null : provider.logoutUrl(idToken, returnTo);
  }

  #apply(): void {
    const sent = this.#store.current();
    this.#provider = sent && this.#providerOf(complete(sent), this.#options.onFault);
  }

  #providerOf(settings: ProviderSettings, onFault: (message: string) => void = () => {}): Provider {
    const { reach, clock } = this.#options;
    return new Provider(settings, { reach, monotonic: clock.monotonic, onFault });
  }

  /** Why an attempt does not count; null: it does. */
  #flawOf(attempt: KeptAttempt | null, provider: Provider): string | null {
    if (attempt === null) return 'This browser began no such sign-in';
    if (attempt.expiresAt <= this.#options.clock.now()) return 'The sign-in took longer than ten minutes';
    if (attempt.client !== clientOf(provider)) return 'The provider was changed meanwhile';
    return this.#used.has(attempt.state) ? 'This sign-in was finished before' : null;
  }

  async #finish(provider: Provider, query: URLSearchParams, attempt: KeptAttempt, from: From): Promise<Outcome> {
    const { next } = attempt;
    let arrival: Arrival;
    try {
      arrival = await provider.finish(query, attempt);
    } catch (error) {
      if (error instanceof SignInFault) return { ...refused(error.reason, error.message), next };
      throw error;
    }
    const { person, idToken } = arrival;
    const account = await this.identities.userOf(person);
    const refusal = refusalOf(person, provider.settings);
    if (refusal !== null) return { ...refused(refusal, 'Groups or e-mail domain'), person, account, next };
    const entry = await this.#accountOf(person, account, provider.settings);
    if (typeof entry === 'string') return { ...refused(entry, messages[entry]), person, next };
    const { users } = this.#options;
    const rights = await this.#rights(person, entry, provider.settings);
    await this.identities.used(person);
    const { sessionHours, logOutAtProvider } = provider.settings;
    const beginning = { by: 'oidc' as const, person, idToken: logOutAtProvider ? idToken : null };
    const opening = { maxAgeSeconds: sessionHours * 3600, beginning };
    try {
      const login = await users.logins.enter(entry.account.id, opening, from);
      return { kind: 'in', login, ...entry, person, rights, next };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { ...refused('stale', 'The account or its link was changed meanwhile'), person, next };
    }
  }

  /** The account of somebody, which is made if it may be; a word if there is none. */
  async #accountOf(
    person: Person,
    known: Account | null,
    settings: ProviderSettings,
  ): Promise<{ readonly account: Account; readonly isNew: boolean } | keyof typeof messages> {
    if (known !== null) return { account: known, isNew: false };
    if (!settings.createAccounts) {
      await this.identities.ask(person);
      return 'unlinked';
    }
    if (person.username === null) return 'no-name';
    try {
      const account = await this.#options.users.users.createLinked(
        person.username,
        isAdminByGroups(person, settings) ?? false,
        (transaction, userId) => this.identities.insert(transaction, person, userId),
      );
      return { account, isNew: true };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // They may have come twice at the same time.
      const made = await this.identities.userOf(person);
      if (made !== null) return { account: made, isNew: false };
      // Never linked by name: whoever may choose their name at the provider would choose whose account they get.
      await this.identities.ask(person);
      return error.statusCode === 409 ? 'name-taken' : 'no-name';
    }
  }

  async #rights(
    person: Person,
    { account, isNew }: { readonly account: Account; readonly isNew: boolean },
    settings: ProviderSettings,
  ): Promise<'given' | 'taken' | 'kept' | null> {
    const isAdmin = isAdminByGroups(person, settings);
    if (isAdmin === null) return null;
    if (isNew) return isAdmin ? 'given' : null;
    const result = await this.#options.users.users.setAdminByGroups(account.id, isAdmin);
    if (result === 'same') return null;
    return result === 'last' ? 'kept' : isAdmin ? 'given' : 'taken';
  }
}

const messages = {
  unlinked: 'No account is linked to this person',
  'no-name': 'The provider tells no name that an account could have',
  'name-taken': 'Another account has this name, or one that looks like it',
} as const;

const publicMessages = {
  unreachable: 'Sonde cannot reach the provider. Try again later, or log in with a password',
  provider: 'The provider does not answer as it should. Ask an admin to test its settings',
} as const;

/** Whether this was no attempt to get in: the provider has identified the person, or said nothing about anybody. */
function isHarmless({ person, reason }: Extract<Outcome, { readonly kind: 'refused' }>): boolean {
  return person !== null || reason === 'denied' || reason === 'unreachable';
}

function refused(reason: SignInRefusal, message: string) {
  return { kind: 'refused' as const, reason, message, person: null, account: null, next: '/' };
}

/** Short, as it goes into a cookie. */
function clientOf({ settings: { issuer, clientId } }: Provider): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, clientId]))
    .digest('base64url');
}
