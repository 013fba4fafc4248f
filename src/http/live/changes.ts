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
  return {
    changed(hostId: number, kind: Kind): void {
      revision += 1;
      last[kind].set(hostId, revision);
    },
    /** The id of an event after which nothing is missing. */
    id: (): string => `${epoch}-${revision}`,
    /** The revision that an id names; null for one of another process or of nobody. */
    read(id: string): number | null {
      const [given, number] = id.split('-');
      const found = Number(number);
      return given === epoch && Number.isSafeInteger(found) && found >= 0 && found <= revision ? found : null;
    },
    isAfter: (hostId: number, kind: Kind, since: number): boolean => (last[kind].get(hostId) ?? 0) > since,
  };
}

export type Revisions = ReturnType<typeof createRevisions>;
