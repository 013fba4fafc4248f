import { clip } from '../lib/plain-data.ts';
import type { Identity, SignInRefusal } from '../model/people/sign-in.ts';
import type { ProviderSettings } from './settings.ts';

/** What a provider tells about somebody, by name. */
export type Claims = Readonly<Record<string, unknown>>;

/** Somebody whom a provider has identified. */
export type Person = Identity & {
  /** What an account for them would be called; null: not told. */
  readonly username: string | null;
  /** For people to read; empty: not told. */
  readonly name: string;
  readonly email: string;
  /** The domain of the whole address, in lower case; null: the provider has not verified one, which then may be anybody's. */
  readonly verifiedDomain: string | null;
  /** Null: not told. */
  readonly groups: readonly string[] | null;
  /** Whether the groups are too many for a token, so that they are not in it. Source: Entra ID, groups overage. */
  readonly hasMoreGroups: boolean;
};

const maxGroups = 5_000;
const maxShown = 200;

/** A claim by its name, or by a path of names with dots; a name that itself contains dots counts first. */
export function claimOf(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}

/** The claims that the settings need and an ID token does not have. */
export function missingClaims(claims: Claims, settings: ProviderSettings): readonly string[] {
  const { userNameClaim, groupsClaim, adminGroups, allowedGroups, allowedDomains, createAccounts } = settings;
  const needed = [
    ...(createAccounts ? [userNameClaim] : []),
    ...(adminGroups.length + allowedGroups.length > 0 ? [groupsClaim] : []),
    ...(allowedDomains.length > 0 ? ['email', 'email_verified'] : []),
  ];
  return needed.filter((name) => claimOf(claims, name) === undefined);
}

/** Who somebody is, from the claims of a valid ID token and of the user info endpoint. */
export function readPerson(identity: Identity, claims: Claims, settings: ProviderSettings): Person {
  const sources = claims._claim_names;
  return {
    ...identity,
    username: textIn(claimOf(claims, settings.userNameClaim)),
    name: shown(textIn(claims.name) ?? textIn(claims.preferred_username) ?? ''),
    email: shown(textIn(claims.email) ?? ''),
    verifiedDomain: claims.email_verified === true ? domainOf(textIn(claims.email) ?? '') : null,
    groups: readGroups(claimOf(claims, settings.groupsClaim)),
    hasMoreGroups: typeof sources === 'object' && sources !== null && Object.hasOwn(sources, settings.groupsClaim),
  };
}

/** Why somebody may not sign in, whether or not they have an account; null: they may. */
export function refusalOf(person: Person, settings: ProviderSettings): SignInRefusal | null {
  const { adminGroups, allowedGroups, allowedDomains } = settings;
  const needsGroups = adminGroups.length + allowedGroups.length > 0;
  if (needsGroups && person.hasMoreGroups && person.groups === null) return 'groups-unknown';
  if (allowedGroups.length > 0 && !isInOne(person, allowedGroups)) return 'not-allowed';
  if (allowedDomains.length > 0 && !hasDomain(person, allowedDomains)) return 'not-allowed';
  return null;
}

/** Whether groups make somebody an admin; null: Sonde decides. Somebody whose groups are not told is in none. */
export function isAdminByGroups(person: Person, { adminGroups }: ProviderSettings): boolean | null {
  return adminGroups.length === 0 ? null : isInOne(person, adminGroups);
}

function isInOne({ groups }: Person, wanted: readonly string[]): boolean {
  return groups?.some((group) => wanted.includes(group)) ?? false;
}

function hasDomain({ verifiedDomain }: Person, domains: readonly string[]): boolean {
  return domains.some((one) => one.toLowerCase() === verifiedDomain);
}

function domainOf(email: string): string | null {
  return email.includes('@') ? email.slice(email.lastIndexOf('@') + 1).toLowerCase() : null;
}

function readGroups(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return null;
  return value.slice(0, maxGroups).filter((one): one is string => typeof one === 'string');
}

/** What admins see before they link somebody: one line, without marks that would change the direction of what follows. */
function shown(text: string): string {
  return clip(text.replace(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, ' ').trim(), maxShown);
}

/** A text that a database can store. */
function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && !value.includes('\0') && value.isWellFormed() ? value : null;
}
