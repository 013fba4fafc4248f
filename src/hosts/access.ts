import type { Database } from '../db/schema.ts';
import { notFound } from '../lib/errors.ts';

/** What a user may do with a host. */
export type Level = 'view' | 'manage';

/** Who asks. */
export type Viewer = { readonly id: string; readonly isAdmin: boolean };

/**
 * The one place that decides who may see or manage a host. A host that is not the user's answers exactly like one that
 * does not exist: 404 `Host not found`.
 */
export function createAccess(db: Database) {
  /** user → host → level; filled when first asked for, emptied by every change. */
  const levels = new Map<string, ReadonlyMap<number, Level>>();
  /** Grows with every change: what was read before one is not cached after it. */
  let revision = 0;

  async function levelsOfUser(userId: string): Promise<ReadonlyMap<number, Level>> {
    const known = levels.get(userId);
    if (known) return known;
    const before = revision;
    const [owned, shared] = await Promise.all([
      db.selectFrom('hosts').select('id').where('user_id', '=', userId).execute(),
      db.selectFrom('shares').select(['host_id', 'level']).where('user_id', '=', userId).execute(),
    ]);
    const found = new Map<number, Level>(shared.map((row) => [row.host_id, row.level]));
    for (const row of owned) found.set(row.id, 'manage');
    if (revision === before) levels.set(userId, found);
    return found;
  }

  return {
    async require(user: Viewer, id: number, level: Level): Promise<void> {
      const has = (await levelsOfUser(user.id)).get(id);
      if (has === undefined || (level === 'manage' && has !== 'manage')) throw notFound('Host not found');
    },
    /** The hosts that a user may see. */
    visibleIds: async (user: Viewer): Promise<readonly number[]> => [...(await levelsOfUser(user.id)).keys()],
    /** The same, with what the user may do with them. */
    levelsOf: (user: Viewer): Promise<ReadonlyMap<number, Level>> => levelsOfUser(user.id),
    /** What a user may do with a host, from memory; undefined when that is not loaded yet. */
    knownLevel: (user: Viewer, id: number): Level | null | undefined => {
      const known = levels.get(user.id);
      return known === undefined ? undefined : (known.get(id) ?? null);
    },
    /** A host came, went or was shared: everybody's levels are read anew. */
    forgetLevels: (): void => {
      revision += 1;
      levels.clear();
    },
  };
}

export type HostAccess = ReturnType<typeof createAccess>;
