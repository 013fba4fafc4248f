import type { Principal } from '../identity/principal.ts';
import { forbidden } from '../lib/errors.ts';

/**
 * What a route demands of the caller: an admin or not, and which API keys are enough (null: none, a session is needed).
 */
type Demand = { readonly admin: boolean; readonly scope: 'read' | 'manage' | null; readonly allHosts: boolean };

/**
 * Who may call a route. Every route states one, or the server does not start. This decides which users and which of
 * their API keys get that far; what a user may do with a host is decided by the host's access (`hostOf`).
 */
export const demands = {
  /** Viewing: any API key. */
  read: { admin: false, scope: 'read', allHosts: false },
  /** Changing hosts: API keys with the scope manage. */
  manage: { admin: false, scope: 'manage', allHosts: false },
  /**
   * Changing something that is not part of one host: API keys with the scope manage that are not limited to some hosts.
   */
  'manage-all': { admin: false, scope: 'manage', allHosts: true },
  /** One's own account: no API key, so that a stolen one cannot create another. */
  session: { admin: false, scope: null, allHosts: true },
  'admin-read': { admin: true, scope: 'read', allHosts: true },
  'admin-manage': { admin: true, scope: 'manage', allHosts: true },
  'admin-session': { admin: true, scope: null, allHosts: true },
} as const satisfies Readonly<Record<string, Demand>>;

/** `public`: anybody. */
export type Access = 'public' | keyof typeof demands;

/** Throws 403 with one sentence if a user who is logged in, or their API key, may not call a route. */
export function requireDemand({ user, apiKeyId }: Principal, access: keyof typeof demands): void {
  const { admin, scope, allHosts } = demands[access];
  if (admin && !user.isAdmin) throw forbidden('Only an admin can do this');
  if (apiKeyId === null) return;
  if (scope === null) throw forbidden('An API key cannot do this. Log in instead');
  if (scope === 'manage' && user.scope === 'read') throw forbidden('This API key can only read');
  if (allHosts && user.onlyHosts !== null) throw forbidden('This API key is limited to some hosts');
}

/** What the OpenAPI document says about a route's access. */
export const accessTexts: Readonly<Record<keyof typeof demands, string>> = {
  read: 'For every user, and for API keys with the scope read or manage.',
  manage: 'For every user, and for API keys with the scope manage.',
  'manage-all': 'For every user, and for API keys with the scope manage and access to all hosts.',
  session: 'For every user who is logged in; not for API keys.',
  'admin-read': 'For admins, and for their API keys with access to all hosts.',
  'admin-manage': 'For admins, and for their API keys with the scope manage and access to all hosts.',
  'admin-session': 'For admins who are logged in; not for API keys.',
};
