import type { HostRow, Stored } from '../../db/schema.ts';
import { badRequest, forbidden } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import type { Viewer } from '../access/access.ts';
import { requireAgentPermitted } from '../fields/agent-key.ts';
import type { HostInput } from '../fields/input.ts';
import { type KeptHostSecrets, noHostSecrets } from '../logins/sealed.ts';

/**
 * The stored secrets that a changed host keeps. A secret only goes where its owner sent it: if somebody else changes
 * where the login goes, the stored secrets are dropped, and the change is refused with 400 unless it contains them
 * again.
 */
export function keptSecrets(
  user: Viewer,
  before: Stored<HostRow>,
  input: HostInput,
  credentialOwner: string | undefined,
): KeptHostSecrets {
  if (!isRedirected(before, input)) return before;
  if (input.authType === 'agent') requireAgentPermitted(user.isAdmin);
  if (input.credentialId !== null && credentialOwner !== user.id) {
    throw badRequest(
      'The credential belongs to another user, so you cannot change where its login goes. Choose one of your credentials, or send a password or key',
    );
  }
  if (input.credentialId !== null && user.onlyHosts)
    throw forbidden('This API key is limited to some hosts, so it cannot change where a saved credential is used');
  if (before.user_id === user.id) return before;
  const needed = input.authType === 'password' ? 'password' : input.authType === 'key' ? 'key' : null;
  if (needed !== null && typeof input.secrets[needed] !== 'string') {
    throw badRequest(`You changed where the login of another user's host goes. Send its ${needed} again`);
  }
  return noHostSecrets;
}

/** Whether a change of a host changes where its login goes; a route that cannot be read counts as a different one. */
export function isRedirected(before: Stored<HostRow>, input: HostInput): boolean {
  const extra = storedObject(before.extra);
  return (
    extra === null ||
    input.ip !== before.ip ||
    input.port !== before.port ||
    input.username !== before.username ||
    input.connectionType !== before.connection_type ||
    hopsOf(input.extra) !== hopsOf(extra)
  );
}

/** Whether a field names jump hosts or proxies, under any of the names that clients use. */
export function isOfWay(name: string): boolean {
  return /jump|socks|proxy|tunnel/i.test(name);
}

/** Jump hosts and proxies, under any of the names that clients use. */
export function hopsOf(extra: Readonly<Record<string, unknown>>): string {
  const hops = Object.entries(extra).filter(([name]) => isOfWay(name));
  return JSON.stringify(hops.sort(([a], [b]) => (a < b ? -1 : 1)));
}
