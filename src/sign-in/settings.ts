import Type from 'typebox';
import { badRequest } from '../lib/errors.ts';
import type { Configured } from '../notifiers/config.ts';
import { secret, serviceUrl, words } from '../notifiers/fields.ts';

const list = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { description, maxItems: 50 });

const config = Type.Object({
  issuer: serviceUrl(
    'The address of the provider, exactly as it calls itself, such as https://id.example.org/realms/main',
  ),
  clientId: words('The client ID that the provider gave to Sonde', 300),
  clientSecret: Type.Optional(secret('The secret of the client; leave it out for a public client')),
  clientAuth: Type.Optional(
    Type.Enum(['auto', 'basic', 'post'], {
      description: 'How the secret is sent; auto: as the provider says that it takes it',
    }),
  ),
  scopes: Type.Optional(words('Scopes, separated by spaces; openid profile email by default', 500)),
  name: Type.Optional(words('What the button on the login page calls the provider', 60)),
  userNameClaim: Type.Optional(
    words('The claim that contains the name of a new account; preferred_username by default', 200),
  ),
  groupsClaim: Type.Optional(
    words(
      'The claim that lists the groups of a person; groups by default. A dot leads into it: realm_access.roles',
      200,
    ),
  ),
  adminGroups: Type.Optional(
    list('Who is in one of these groups is an admin, everybody else who signs in is not; empty: Sonde decides'),
  ),
  allowedGroups: Type.Optional(list('Only people in one of these groups may sign in; empty: everybody')),
  allowedDomains: Type.Optional(
    list('Only people with a verified e-mail address in one of these domains may sign in; empty: everybody'),
  ),
  createAccounts: Type.Optional(
    Type.Boolean({
      description: 'Whether somebody without an account gets one at their first sign-in; false by default',
    }),
  ),
  sessionHours: Type.Optional(
    Type.Integer({ description: 'How long a session lasts; 24 by default', minimum: 1, maximum: 720 }),
  ),
  logOutAtProvider: Type.Optional(
    Type.Boolean({ description: 'Whether logging out of Sonde also logs out at the provider; false by default' }),
  ),
});

/** As they are stored: what is left out has its default. */
export type SentSettings = Type.Static<typeof config>;

/** The settings of the provider, complete. */
export type ProviderSettings = Required<Omit<SentSettings, 'clientSecret'>> & { readonly clientSecret: string | null };

/** How these settings are read and shown. */
// Safe: its check only sees settings that this schema accepts.
export const providerConfig = { config, check } as unknown as Configured;

/** With defaults for what was left out. */
export function complete({ clientSecret, ...sent }: SentSettings): ProviderSettings {
  return {
    clientSecret: clientSecret ?? null,
    clientAuth: 'auto',
    scopes: 'openid profile email',
    name: 'single sign-on',
    userNameClaim: 'preferred_username',
    groupsClaim: 'groups',
    adminGroups: [],
    allowedGroups: [],
    allowedDomains: [],
    createAccounts: false,
    sessionHours: 24,
    logOutAtProvider: false,
    ...sent,
  };
}

function check({ issuer, scopes, allowedDomains = [] }: SentSettings): void {
  const url = new URL(issuer);
  if (url.search !== '' || url.hash !== '') throw badRequest('config.issuer must not contain ? or #');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw badRequest(
      'config.issuer must begin with https://. Only a provider on this machine may be asked without TLS',
    );
  if (url.pathname.includes('/.well-known/'))
    throw badRequest('config.issuer is the address before /.well-known/openid-configuration. Leave that part out');
  const parts = scopes?.split(' ') ?? ['openid'];
  if (!parts.includes('openid')) throw badRequest('config.scopes must contain openid');
  if (parts.some((part) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(part)))
    throw badRequest('config.scopes must be words separated by one space');
  const wrong = allowedDomains.find((domain) => !/^[^\s@*]+$/.test(domain));
  if (wrong !== undefined)
    throw badRequest(`config.allowedDomains takes domains such as example.org, not ${JSON.stringify(wrong)}`);
}

/** Whether a name of a URL can only be this machine. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
