import type { WatchTarget } from '../model/host.ts';
import type { Holds } from './connections/holds.ts';
import { forgotten, hasWorked, isHeldAgainst } from './watch/retries.ts';

/**
 * After a host's settings changed, whatever failed because of the changed part is tried again. A refused login is not
 * offered again just because something else was saved.
 */
export function forgiveChanged(holds: Holds, before: WatchTarget, { id, login, way }: WatchTarget): void {
  const hold = holds.get(id, 'connect');
  const isSameLogin = before.login === login;
  if (isSameLogin && hold && hold.failure === null && hasWorked(hold)) holds.set(forgotten(hold));
  else if (!isSameLogin || !hold?.failure || !isHeldAgainst(hold.failure)) holds.delete(id, 'connect');
  if (!isSameLogin) for (const kind of ['login', 'shared'] as const) holds.delete(id, kind);
  if (before.way !== way) holds.delete(id, 'proxy');
  holds.delete(id, 'sudo');
}
