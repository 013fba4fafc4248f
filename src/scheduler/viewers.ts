import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

type Viewer = {
  readonly hostId: number;
  readonly userId: string;
  readonly intervalSeconds: number;
  expiresAt: number;
};

const lifeMs = 120_000;
const maxViewers = 20_000;
const maxPerUser = 2_000;
const maxIdLength = 200;

/** Clients that are looking at hosts now. A viewer lives until 2 minutes after its last heartbeat. */
export function createViewers(clock: Clock) {
  const viewers = new Map<string, Viewer>();
  /** Host → the intervals that its viewers asked for. */
  const perHost = new Map<number, number[]>();
  const perUser = new Map<string, number>();

  const key = (userId: string, viewerId: string): string => `${userId}\0${viewerId}`;

  function remove(id: string): number | null {
    const viewer = viewers.get(id);
    if (viewer === undefined) return null;
    viewers.delete(id);
    const own = (perUser.get(viewer.userId) ?? 1) - 1;
    if (own > 0) perUser.set(viewer.userId, own);
    else perUser.delete(viewer.userId);
    const left = perHost.get(viewer.hostId) ?? [];
    left.splice(left.indexOf(viewer.intervalSeconds), 1);
    if (left.length === 0) perHost.delete(viewer.hostId);
    return viewer.hostId;
  }

  return {
    /**
     * Registers a viewer and returns its id, or null if this user has too many or there are too many in total.
     * Registering again renews it, even for another host. A viewer may ask for samples more often than the host's
     * policy does.
     */
    register(
      hostId: number,
      userId: string,
      viewerId: string | null,
      intervalSeconds = Number.POSITIVE_INFINITY,
    ): string | null {
      const id = (viewerId ?? randomUUID()).slice(0, maxIdLength);
      remove(key(userId, id));
      const own = perUser.get(userId) ?? 0;
      if (own >= maxPerUser || viewers.size >= maxViewers) return null;
      perUser.set(userId, own + 1);
      viewers.set(key(userId, id), { hostId, userId, intervalSeconds, expiresAt: clock.monotonic() + lifeMs });
      const among = perHost.get(hostId) ?? [];
      among.push(intervalSeconds);
      perHost.set(hostId, among);
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
    /** Removes expired viewers and returns the hosts that lost one. */
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
    count: (hostId: number): number => perHost.get(hostId)?.length ?? 0,
    /** The smallest interval (seconds) that a viewer of the host asked for; infinite if there is none. */
    interval: (hostId: number): number => Math.min(Number.POSITIVE_INFINITY, ...(perHost.get(hostId) ?? [])),
  };
}

export type Viewers = ReturnType<typeof createViewers>;
