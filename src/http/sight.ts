import type { Viewer } from '../hosts/access/access.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { Sight } from './views/sight.ts';

/**
 * What a user may know about the route to each host. A read-only API key sees of its user's own hosts what the user
 * sees.
 */
export async function sightsOf(
  user: Viewer,
  hosts: { readonly access: Pick<Hosts['access'], 'levelsOf'> },
): Promise<(hostId: number) => Sight> {
  const levels = await hosts.access.levelsOf({ ...user, scope: 'manage' });
  return (hostId) => levels.get(hostId) ?? 'view';
}
