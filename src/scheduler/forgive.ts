import type { WatchTarget } from '../model/host.ts';
import type { Holds } from './connections/holds.ts';
import { isHeldAgainst } from './watch/retries.ts';

/**
 * A host's settings changed: what was refused is tried again where it is not the same any more. A login that was refused is not
 * offered again because something else was saved.
 */
export function forgiveChanged(holds: Holds, before: WatchTarget, { id, login, way }: WatchTarget): void {
  const reason = holds.get(id, 'connect')?.failure;
  const isSameLogin = before.login === login;
  if (!isSameLogin || !reason || !isHeldAgainst(reason)) holds.delete(id, 'connect');
  if (!isSameLogin) for (const kind of ['login', 'shared'] as const) holds.delete(id, kind);
  if (before.way !== way) holds.delete(id, 'proxy');
  holds.delete(id, 'sudo');
}
