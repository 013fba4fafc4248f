import * as oidc from 'openid-client';
import { RequestError } from '../lib/errors.ts';
import { storedObject } from '../lib/stored.ts';
import type { Reach } from '../notifiers/networks.ts';
import { readDescription } from './description.ts';
import { faultOf, isClientRefused, SignInFault } from './fault.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { type Claims, missingClaims, type Person, readPerson } from './person.ts';
import { isLoopbackHost, type ProviderSettings } from './settings.ts';

/** Clocks of servers differ; a token may be this much too old or too new, seconds. */
const toleranceSeconds = 60;
const descriptionMs = 3_600_000;
/** A provider that did not answer is not asked again this soon, so that nobody can make Sonde ask all the time. */
const againMs = 5_000;
const timeoutSeconds = 15;
const maxExchanges = 20;
/** Beyond this, an ID token makes the address for logging out too long for servers. */
const maxIdToken = 4_096;

/** What is remembered between the way to the provider and the way back. */
export type Attempt = {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
};

/** Somebody who came back from the provider. */
export type Arrival = {
  readonly person: Person;
  /** To show the provider at logging out; null: it is too long. */
  readonly idToken: string | null;
};

export type ProviderOptions = {
  readonly reach: Reach;
  readonly monotonic: () => number;
  /** Called when the provider could not be asked for its description, at most every few seconds. */
  readonly onFault: (message: string) => void;
};

/** An OpenID Connect provider, as one version of the settings describes it. Source: OpenID Connect Core and Discovery 1.0. */
export class Provider {
  readonly settings: ProviderSettings;
  readonly #host: string;
  readonly #fetch: oidc.CustomFetch;
  readonly #monotonic: () => number;
  readonly #onFault: (message: string) => void;
  #known: { readonly at: number; readonly asked: Promise<oidc.Configuration> } | null = null;
  #failed: { readonly at: number; readonly fault: SignInFault } | null = null;
  #exchanges = 0;

  constructor(settings: ProviderSettings, { reach, monotonic, onFault }: ProviderOptions) {
    this.settings = settings;
    this.#host = new URL(settings.issuer).host;
    this.#fetch = createGuardedFetch(reach);
    this.#monotonic = monotonic;
    this.#onFault = onFault;
  }

  /** What the provider says about itself; read once an hour. Throws SignInFault. */
  async describe(): Promise<oidc.Configuration> {
    const now = this.#monotonic();
    if (this.#known !== null && now - this.#known.at < descriptionMs) return this.#known.asked;
    if (this.#failed !== null && now - this.#failed.at < againMs) throw this.#failed.fault;
    const asked = this.#discover();
    this.#known = { at: now, asked };
    asked.catch((error: unknown) => {
      if (this.#known?.asked === asked) this.#known = null;
      const fault = faultOf(error, this.#host);
      this.#failed = { at: this.#monotonic(), fault };
      this.#onFault(fault.message);
    });
    return asked;
  }

  /** Where the browser goes, and what to remember until it comes back. Throws SignInFault. */
  async begin(redirectUri: string): Promise<{ readonly url: string; readonly attempt: Attempt }> {
    const config = await this.describe();
    const attempt = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
    };
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.settings.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  /** Who came back with this query. Throws SignInFault, and RequestError 429 if too many come back at once. */
  async finish(query: URLSearchParams, attempt: Attempt): Promise<Arrival> {
    if (this.#exchanges >= maxExchanges)
      throw new RequestError(429, 'Too many people are signing in. Try again in a moment', undefined, 2);
    this.#exchanges += 1;
    try {
      return await this.#exchange(query, attempt);
    } catch (error) {
      throw faultOf(error, this.#host);
    } finally {
      this.#exchanges -= 1;
    }
  }

  /**
   * Where the browser logs out at the provider; null if the provider has no such address, or does not answer, or did not give out
   * this ID token: what another one said about somebody, which was set before, is not for this one.
   */
  async logoutUrl(idToken: string, returnTo: string): Promise<string | null> {
    if (issuerOf(idToken) !== this.settings.issuer) return null;
    try {
      const config = await this.describe();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      const url = oidc.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: returnTo });
      return url.href;
    } catch (error) {
      if (error instanceof SignInFault) return null;
      throw error;
    }
  }

  /**
   * Sends a code that nobody gave out, to learn whether the provider knows the client and its secret. Resolves with what it says if
   * that tells neither; null: it knows them. Throws SignInFault if it does not.
   */
  async tryClient(redirectUri: string): Promise<string | null> {
    const config = await this.describe();
    const url = new URL(`${redirectUri}?code=sonde-tests-its-settings&state=test`);
    const iss = config.serverMetadata().authorization_response_iss_parameter_supported === true;
    if (iss) url.searchParams.set('iss', config.serverMetadata().issuer);
    const checks = { expectedState: 'test', pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
    try {
      await oidc.authorizationCodeGrant(config, url, checks);
      return 'The provider took a code that it never gave out';
    } catch (error) {
      const fault = faultOf(error, this.#host);
      // It knows the client, and rightly not the code.
      if (fault.reason === 'stale') return null;
      if (error instanceof oidc.ResponseBodyError && !isClientRefused(error)) return fault.message;
      throw fault;
    }
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId } = this.settings;
    const url = new URL(issuer);
    const isLocal = url.protocol === 'http:' && isLoopbackHost(url.hostname);
    const metadata: Partial<oidc.ClientMetadata> = { [oidc.clockTolerance]: toleranceSeconds };
    try {
      // It is asked without credentials; how they are sent depends on what it answers.
      const found = await oidc.discovery(url, clientId, metadata, oidc.None(), {
        [oidc.customFetch]: this.#fetch,
        timeout: timeoutSeconds,
        execute: isLocal ? [oidc.allowInsecureRequests] : [],
      });
      const server = readDescription(found.serverMetadata());
      // A provider with another name may be another one, and a template for many tenants would let all of them in.
      if (server.issuer !== issuer) throw mismatch(server.issuer);
      const config = new oidc.Configuration(server, clientId, metadata, this.#authOf(server));
      config[oidc.customFetch] = this.#fetch;
      config.timeout = timeoutSeconds;
      if (isLocal) oidc.allowInsecureRequests(config);
      // The signature of an ID token is checked although the token comes over TLS.
      oidc.enableNonRepudiationChecks(config);
      return config;
    } catch (error) {
      throw issuerMismatch(error, issuer) ?? faultOf(error, this.#host);
    }
  }

  #authOf({ token_endpoint_auth_methods_supported: methods }: oidc.ServerMetadata): oidc.ClientAuth {
    const { clientSecret, clientAuth } = this.settings;
    if (clientSecret === null) return oidc.None();
    const isPost =
      clientAuth === 'post' ||
      (clientAuth === 'auto' &&
        methods !== undefined &&
        !methods.includes('client_secret_basic') &&
        methods.includes('client_secret_post'));
    return isPost ? oidc.ClientSecretPost(clientSecret) : oidc.ClientSecretBasic(clientSecret);
  }

  async #exchange(query: URLSearchParams, { state, nonce, verifier, redirectUri }: Attempt): Promise<Arrival> {
    const config = await this.describe();
    const url = new URL(`${redirectUri}?${query.toString()}`);
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const idToken = tokens.claims();
    if (idToken === undefined) throw new SignInFault('token', 'The provider sent no ID token');
    // The library only looks at it where there are several audiences.
    if (idToken.azp !== undefined && idToken.azp !== this.settings.clientId)
      throw new SignInFault('token', 'The ID token was made for another client: azp');
    if (!isSubject(idToken.sub))
      throw new SignInFault('token', 'The subject in the ID token is none that can be stored');
    const claims = await this.#complete(config, tokens.access_token, idToken);
    const identity = { issuer: idToken.iss, subject: idToken.sub };
    const sent = tokens.id_token ?? '';
    return {
      person: readPerson(identity, claims, this.settings),
      idToken: sent.length > maxIdToken || sent === '' ? null : sent,
    };
  }

  /** The claims of the ID token and, only if something needed is not among them, those of the user info endpoint. */
  async #complete(config: oidc.Configuration, accessToken: string, idToken: oidc.IDToken): Promise<Claims> {
    if (missingClaims(idToken, this.settings).length === 0) return idToken;
    if (config.serverMetadata().userinfo_endpoint === undefined) return idToken;
    const more: Claims = await oidc.fetchUserInfo(config, accessToken, idToken.sub);
    // An address and whether it is verified belong together.
    const email = more.email === undefined ? {} : { email: more.email, email_verified: more.email_verified };
    return { ...more, ...idToken, ...email };
  }
}

/** At most 255 characters (OpenID Connect Core §2), which a database can store. */
function isSubject(sub: string): boolean {
  return sub !== '' && sub.length <= 255 && !sub.includes('\0') && sub.isWellFormed();
}

/** The issuer in an ID token that was checked before; undefined: it cannot be read. */
function issuerOf(idToken: string): unknown {
  return storedObject(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())?.iss;
}

function mismatch(told: string): SignInFault {
  return new SignInFault(
    'provider',
    `The provider calls itself ${told.slice(0, 200)}. Enter exactly this as the issuer`,
  );
}

function issuerMismatch(error: unknown, issuer: string): SignInFault | null {
  if ((error as { readonly code?: string }).code !== 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') return null;
  const body = ((error as Error).cause as { readonly body?: { readonly issuer?: unknown } } | undefined)?.body;
  return typeof body?.issuer === 'string' && body.issuer !== issuer ? mismatch(body.issuer) : null;
}
