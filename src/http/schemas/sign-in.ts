import Type from 'typebox';
import { nullable, success, text, time } from './common.ts';

/** The contract's words. */
export const oidcConfig = nullable(
  Type.Object({
    client_id: text,
    issuer_url: text,
    scopes: text,
    name: Type.String({ description: 'What the button on the login page calls the provider' }),
  }),
);
export const oidcStarted = Type.Object({
  auth_url: Type.String({ description: 'Open it in the browser that gets the cookie' }),
  state: text,
});

export const signInProvider = Type.Object({
  source: Type.Enum(['none', 'page', 'file', 'sealed'], {
    description: 'file: SONDE_OIDC_FILE, which only the operator changes; sealed: this sealing key does not open them',
  }),
  config: nullable(Type.Object({}, { description: 'The settings, with •••• for the secret' })),
  redirectUri: Type.String({ description: 'Enter it at the provider as the redirect URI' }),
  logoutUri: Type.String({ description: 'Enter it there as the post-logout redirect URI' }),
  passwordLogin: Type.Boolean({ description: 'Whether passwords log in' }),
});
export const signInTested = Type.Object({
  success: Type.Boolean(),
  answer: text,
  notes: Type.Array(text),
});
export const identityRequest = Type.Object({
  issuer: text,
  subject: text,
  name: Type.String({ description: 'As the provider calls them; empty: not told' }),
  email: text,
  askedAt: time,
});
export const unlinked = success({
  hasPassword: Type.Boolean({
    description: 'False: nobody can log in to this account until it gets a password or a link',
  }),
});
/** With the answer to a logout. */
export const logoutUrl = Type.Optional(
  Type.String({ description: 'Open it to log out at the provider as well; left out: there is nothing to log out of' }),
);
