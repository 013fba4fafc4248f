/** A provider, the users of an empty Sonde with one admin, and what signs in between them; for unit tests. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../../src/db/schema.ts';
import { openDatabase } from '../../src/db/sqlite.ts';
import { type Identity, openIdentity } from '../../src/identity/identity.ts';
import { Passwords } from '../../src/identity/passwords/passwords.ts';
import { createSealer } from '../../src/lib/seal.ts';
import type { SentSettings } from '../../src/sign-in/settings.ts';
import { type Outcome, SignIn } from '../../src/sign-in/sign-in.ts';
import { quickHashing } from './hashing.ts';
import { client, type HostileProvider } from './hostile-provider.ts';

export const from = { address: '192.0.2.1', userAgent: 'test' };
export const back = 'http://sonde.example/users/oidc/callback';
export const password = 'quiet harbour';

export type Grant = Parameters<HostileProvider['grant']>;

export class SigningIn {
  readonly provider: HostileProvider;
  readonly db: Database = openDatabase(':memory:');
  readonly identity: Identity;
  /** ms since the epoch; tests move it. */
  now = Date.now();
  sealer = createSealer(randomBytes(32));
  /** What the operator was told. */
  readonly faults: string[] = [];
  #signIn: SignIn | null = null;

  private constructor(provider: HostileProvider) {
    this.provider = provider;
    const { db, sealer } = this;
    const clock = { now: () => this.now };
    this.identity = openIdentity({ db, jwtSecret: randomBytes(32), sealer, clock }, new Passwords(quickHashing));
  }

  /** Begins anew, at a provider that is as it was at first. */
  static async begin(provider: HostileProvider): Promise<SigningIn> {
    Object.assign(provider, { told: {}, isBroken: false, secret: client.secret });
    provider.asked.length = 0;
    provider.tokenRequests.length = 0;
    const world = new SigningIn(provider);
    await world.identity.users.create({ username: 'admin', password, by: null });
    await world.open();
    return world;
  }

  get signIn(): SignIn {
    if (this.#signIn === null) throw new Error('not open yet');
    return this.#signIn;
  }

  /** As after a restart. */
  async open({ passwordLogin = true, permitted = ['127.0.0.0/8'] } = {}): Promise<SignIn> {
    const { db, sealer, identity: users } = this;
    const clock = { now: () => this.now, monotonic: () => this.now };
    const reach = { isAdmin: true, permitted };
    const onFault = (message: string): void => void this.faults.push(message);
    this.#signIn = await SignIn.open({ db, sealer, clock, users, reach, fixed: null, passwordLogin, onFault });
    return this.#signIn;
  }

  settings(more: Partial<SentSettings> = {}): SentSettings {
    return { issuer: this.provider.issuer, clientId: client.id, clientSecret: client.secret, ...more };
  }

  set(more: Partial<SentSettings> = {}): Promise<void> {
    return this.signIn.set(this.settings(more));
  }

  /** Goes to the provider and back; `query` is what the browser brings instead of the truth. */
  async come(claims?: Grant[1], how?: Grant[2], query: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { url, state, cookie } = await this.signIn.begin(back, '/hosts/3');
    const code = this.provider.grant(url, claims, how);
    return this.signIn.finish(
      new URLSearchParams({ code, state, ...query }),
      (name) => (name === cookie.name ? cookie.value : undefined),
      from,
    );
  }

  /** The token of the session that somebody who comes gets. */
  async tokenOf(claims?: Grant[1]): Promise<string> {
    const outcome = await this.come(claims);
    if (outcome.kind !== 'in' || outcome.login.kind !== 'ok') throw new Error('refused');
    return outcome.login.token;
  }

  async idOf(username: string): Promise<string> {
    return (await this.identity.users.knownName(username))?.id ?? '';
  }

  async link(username: string, subject = 'ann'): Promise<string> {
    return this.signIn.identities.link({ issuer: this.provider.issuer, subject }, await this.idOf(username));
  }

  async addUser(username: string): Promise<void> {
    const by = await this.identity.users.find(await this.idOf('admin'));
    await this.identity.users.create({ username, password, by });
  }
}
