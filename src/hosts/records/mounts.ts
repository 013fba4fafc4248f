import type { Database } from '../../db/schema.ts';
import { storedObject } from '../../lib/stored.ts';
import type { MountSettings } from '../../model/host.ts';
import { mountSettingsOf } from '../fields/policy.ts';

/** The hosts' mount settings, in memory after their first use: every read of a snapshot needs them. */
export function createMounts(db: Database) {
  const known = new Map<number, MountSettings>();
  /** Counts changes; what was read before a change is not kept after it. */
  let revision = 0;
  return {
    /** The settings of a host, from memory; undefined if they are not loaded yet. The same object until they change. */
    known: (hostId: number): MountSettings | undefined => known.get(hostId),
    async of(hostId: number): Promise<MountSettings> {
      const before = revision;
      const row = await db.selectFrom('hosts').select('stats_config').where('id', '=', hostId).executeTakeFirst();
      const found = mountSettingsOf(storedObject(row?.stats_config ?? '{}') ?? {});
      if (row !== undefined && revision === before) known.set(hostId, found);
      return found;
    },
    /** Loads the settings of those hosts that are not loaded yet. */
    async load(hostIds: readonly number[]): Promise<void> {
      const before = revision;
      const missing = hostIds.filter((id) => !known.has(id));
      if (missing.length === 0) return;
      const rows = await db.selectFrom('hosts').select(['id', 'stats_config']).where('id', 'in', missing).execute();
      if (revision !== before) return;
      for (const row of rows) known.set(row.id, mountSettingsOf(storedObject(row.stats_config) ?? {}));
    },
    forget: (hostId: number): void => {
      revision += 1;
      known.delete(hostId);
    },
  };
}

export type Mounts = ReturnType<typeof createMounts>;
