import type { HttpContext } from '../../context.ts';

/** After a user became an admin or no longer is one: their logins and hosts may be permitted less now. */
export async function rightsChanged(
  { hosts, control }: Pick<HttpContext, 'hosts' | 'control'>,
  userId: string,
  isAdmin: boolean,
): Promise<void> {
  // Their logins may no longer use the SSH agent, and their hosts may no longer be everywhere.
  await control.hostsChanged(await hosts.ownership.idsPlacedBy(userId));
  if (!isAdmin) control.clearConnections(await hosts.ownership.idsOf(userId));
}
