/** Why a sign-in with the provider did not end in a session, so that the page can say what to do. */
export const signInRefusals = [
  /** No provider is set. */
  'off',
  /** Nobody has created the first account yet. */
  'setup',
  /** The person, or the provider for them, refused. */
  'denied',
  /** The attempt is too old, was used already, or was begun in another browser. */
  'stale',
  /** The provider does not answer. */
  'unreachable',
  /** The provider refuses Sonde, or answers something that is no OpenID Connect. */
  'provider',
  /** The ID token is not valid. */
  'token',
  /** No account is linked to this person. */
  'unlinked',
  /** The name of the account to create is taken, or looks like one that is. */
  'name-taken',
  /** The provider tells no name that an account could have. */
  'no-name',
  /** The person is in none of the permitted groups or e-mail domains. */
  'not-allowed',
  /** The provider does not tell in which groups the person is. */
  'groups-unknown',
  'too-many',
] as const;

export type SignInRefusal = (typeof signInRefusals)[number];

/** A person as a provider knows them: this pair never changes and is never given to another person. */
export type Identity = {
  readonly issuer: string;
  readonly subject: string;
};

/** What the sealed settings of the provider are bound to; see src/sealing/columns.ts. */
export const signInSecret = 'sign-in:1:config';

/** What the sealed ID token of a session is bound to. */
export function idTokenOf(sessionId: string): string {
  return `session:${sessionId}:id-token`;
}
