import type { Principal } from '../identity/principal.ts';
import { forbidden } from '../lib/errors.ts';

/** What a route asks of whoever calls it: an admin or not, and which API keys will do (null: none, a session is needed). */
type Demand = { readonly admin: boolean; readonly scope: 'read' | 'manage' | null; readonly allHosts: boolean };

/**
 * Who may call a route; each states one, or the server does not start. What a user may do with a host is asked of the host
 * itself (`hostOf`); this says which users and which of their API keys get that far.
 */
export const demands = {
  /** Looking: any API key. */
  read: { admin: false, scope: 'read', allHosts: false },
  /** Changing hosts: API keys with the scope manage. */
  manage: { admin: false, scope: 'manage', allHosts: false },
  /** Changing what is not one host's: such keys, if they are not limited to some hosts. */
  'manage-all': { admin: false, scope: 'manage', allHosts: true },
  /** One's own account: no API key, so that a stolen one cannot make itself another. */
  session: { admin: false, scope: null, allHosts: true },
  'admin-read': { admin: true, scope: 'read', allHosts: true },
  'admin-manage': { admin: true, scope: 'manage', allHosts: true },
  'admin-session': { admin: true, scope: null, allHosts: true },
} as const satisfies Readonly<Record<string, Demand>>;

/** `public`: anybody. */
export type Access = 'public' | keyof typeof demands;

/** Throws 403 in one sentence when somebody who is logged in, or the API key that they use, may not call a route. */
export function requireDemand({ user, apiKeyId }: Principal, access: keyof typeof demands): void {
  const { admin, scope, allHosts } = demands[access];
  if (admin && !user.isAdmin) throw forbidden('Only an admin can do this');
  if (apiKeyId === null) return;
  if (scope === null) throw forbidden('An API key cannot do this. Log in instead');
  if (scope === 'manage' && user.scope === 'read') throw forbidden('This API key can only read');
  if (allHosts && user.onlyHosts !== null) throw forbidden('This API key is limited to some hosts');
}

/** What the OpenAPI says of a route's access. */
export const accessTexts: Readonly<Record<keyof typeof demands, string>> = {
  read: 'For any user; by API key with the scope read or manage.',
  manage: 'For any user; by API key with the scope manage.',
  'manage-all': 'For any user; by API key with the scope manage over all hosts.',
  session: 'For any user who is logged in; not by API key.',
  'admin-read': 'For admins; by API key over all hosts.',
  'admin-manage': 'For admins; by API key with the scope manage over all hosts.',
  'admin-session': 'For admins who are logged in; not by API key.',
};
