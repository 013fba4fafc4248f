import { randomBytes } from 'node:crypto';

/** The parts of a host that change by themselves. */
export type Kind = 'hosts' | 'statuses' | 'vitals';
export const kinds: readonly Kind[] = ['hosts', 'statuses', 'vitals'];

/**
 * Records which part of which host last changed, as a growing number, so that a client that reconnects gets exactly
 * what it missed. Event ids contain an epoch, so that ids of an earlier process are recognised.
 */
export function createRevisions() {
  const epoch = randomBytes(4).toString('hex');
  const last: Readonly<Record<Kind, Map<number, number>>> = {
    hosts: new Map(),
    statuses: new Map(),
    vitals: new Map(),
  };
  let revision = 1;
  /** When something last changed that may have affected any host. */
  let all = 0;
  return {
    changed(hostId: number, kind: Kind): void {
      revision += 1;
      last[kind].set(hostId, revision);
    },
    /** A host's record changed, or who may see it; `all` for any host, because all of it may be new to somebody. */
    recordChanged(hostId: number | 'all'): void {
      revision += 1;
      if (hostId === 'all') all = revision;
      else for (const kind of kinds) last[kind].set(hostId, revision);
    },
    /** A host is gone; nothing is kept about it. */
    forget: (hostId: number): void => {
      for (const kind of kinds) last[kind].delete(hostId);
    },
    /** An event id: a client that has it has missed nothing so far. */
    id: (): string => `${epoch}-${revision}`,
    /** The revision that an id stands for; null for an id of another process or an invalid one. */
    read(id: string): number | null {
      const [given, number] = id.split('-');
      const found = Number(number);
      return given === epoch && Number.isSafeInteger(found) && found >= 0 && found <= revision ? found : null;
    },
    isAfter: (hostId: number, kind: Kind, since: number): boolean => Math.max(all, last[kind].get(hostId) ?? 0) > since,
  };
}

export type Revisions = ReturnType<typeof createRevisions>;
