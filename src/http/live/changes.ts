import { randomBytes } from 'node:crypto';

/** What of a host changes by itself. */
export type Kind = 'hosts' | 'statuses' | 'vitals';
export const kinds: readonly Kind[] = ['hosts', 'statuses', 'vitals'];

/**
 * When what of which host last changed, as a number that grows; so a client that comes back is sent what it missed and
 * nothing else. Ids of events hold an epoch, so that those of an earlier process are known to be such.
 */
export function createRevisions() {
  const epoch = randomBytes(4).toString('hex');
  const last: Readonly<Record<Kind, Map<number, number>>> = {
    hosts: new Map(),
    statuses: new Map(),
    vitals: new Map(),
  };
  let revision = 1;
  /** When something last changed of which it is not known what hosts it touched. */
  let all = 0;
  return {
    changed(hostId: number, kind: Kind): void {
      revision += 1;
      last[kind].set(hostId, revision);
    },
    /** The record of a host changed, or who may see it, of any host where it is `all`: to somebody all of it may be new. */
    recordChanged(hostId: number | 'all'): void {
      revision += 1;
      if (hostId === 'all') all = revision;
      else for (const kind of kinds) last[kind].set(hostId, revision);
    },
    /** A host is gone: nothing is kept of it. */
    forget: (hostId: number): void => {
      for (const kind of kinds) last[kind].delete(hostId);
    },
    /** The id of an event after which nothing is missing. */
    id: (): string => `${epoch}-${revision}`,
    /** The revision that an id names; null for one of another process or of nobody. */
    read(id: string): number | null {
      const [given, number] = id.split('-');
      const found = Number(number);
      return given === epoch && Number.isSafeInteger(found) && found >= 0 && found <= revision ? found : null;
    },
    isAfter: (hostId: number, kind: Kind, since: number): boolean => Math.max(all, last[kind].get(hostId) ?? 0) > since,
  };
}

export type Revisions = ReturnType<typeof createRevisions>;
