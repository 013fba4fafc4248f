import { statfs } from 'node:fs/promises';
import type { Database } from '../../db/schema.ts';
import type { OwnSources } from './watch.ts';

/** More than are told of, so that these are among them. */
const mostChannels = 500;

/** Where Sonde learns about itself: its database, and the disk that it is on. `trouble`: why nothing can be saved now. */
export function ownSources(db: Database, dataDir: string, trouble: OwnSources['trouble']): OwnSources {
  return {
    trouble,
    async admins() {
      const rows = await db.selectFrom('users').select('id').where('is_admin', '=', 1).execute();
      return rows.map(({ id }) => id);
    },
    async space() {
      const { bavail, blocks, bsize } = await statfs(dataDir);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    async failingChannels() {
      return db
        .selectFrom('channels')
        .innerJoin('users', 'users.id', 'channels.user_id')
        .select(['channels.id', 'channels.name', 'users.username as owner', 'channels.error'])
        .where('channels.enabled', '=', 1)
        .where('channels.state', '!=', 'ok')
        .orderBy('channels.id')
        .limit(mostChannels)
        .execute();
    },
  };
}
