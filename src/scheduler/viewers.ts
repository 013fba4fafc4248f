import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

type Viewer = { readonly hostId: number; readonly userId: string; expiresAt: number };

const lifeMs = 120_000;
const maxViewers = 20_000;
const maxIdLength = 200;

/** Clients that look at hosts now. A viewer lives until 2 minutes after its last heartbeat. */
export function createViewers(clock: Clock) {
  const viewers = new Map<string, Viewer>();
  const perHost = new Map<number, number>();

  const key = (userId: string, viewerId: string): string => `${userId}\0${viewerId}`;

  function remove(id: string): number | null {
    const viewer = viewers.get(id);
    if (viewer === undefined) return null;
    viewers.delete(id);
    const left = (perHost.get(viewer.hostId) ?? 1) - 1;
    if (left > 0) perHost.set(viewer.hostId, left);
    else perHost.delete(viewer.hostId);
    return viewer.hostId;
  }

  return {
    /** The viewer's id, or null when there are too many. Registering again renews, also for another host. */
    register(hostId: number, userId: string, viewerId: string | null): string | null {
      const id = (viewerId ?? randomUUID()).slice(0, maxIdLength);
      remove(key(userId, id));
      if (viewers.size >= maxViewers) return null;
      viewers.set(key(userId, id), { hostId, userId, expiresAt: clock.monotonic() + lifeMs });
      perHost.set(hostId, (perHost.get(hostId) ?? 0) + 1);
      return id;
    },
    unregister: (userId: string, viewerId: string): number | null => remove(key(userId, viewerId)),
    heartbeat(userId: string, viewerId: string): boolean {
      const viewer = viewers.get(key(userId, viewerId));
      if (viewer === undefined || viewer.expiresAt <= clock.monotonic()) return false;
      viewer.expiresAt = clock.monotonic() + lifeMs;
      return true;
    },
    /** Ends a user's viewers of a host. */
    removeUser(hostId: number, userId: string): void {
      for (const [id, viewer] of viewers) if (viewer.hostId === hostId && viewer.userId === userId) remove(id);
    },
    removeHost(hostId: number): void {
      if (perHost.has(hostId)) for (const [id, viewer] of viewers) if (viewer.hostId === hostId) remove(id);
    },
    /** Removes the expired; answers with the hosts that lost one. */
    expire(): readonly number[] {
      const now = clock.monotonic();
      const hosts: number[] = [];
      for (const [id, viewer] of viewers) {
        if (viewer.expiresAt > now) continue;
        remove(id);
        hosts.push(viewer.hostId);
      }
      return hosts;
    },
    count: (hostId: number): number => perHost.get(hostId) ?? 0,
  };
}

export type Viewers = ReturnType<typeof createViewers>;
