import type { Database } from '../../db/schema.ts';

/** Which hosts depend on a user: for when the user, or what they may do, changes. */
export function createOwnership(db: Database) {
  return {
    /** The hosts that somebody owns. */
    async idsOf(userId: string): Promise<readonly number[]> {
      const rows = await db.selectFrom('hosts').select('id').where('user_id', '=', userId).execute();
      return rows.map(({ id }) => id);
    },
    /** The hosts of others that log in with credentials of somebody. */
    async idsLoggedInBy(userId: string): Promise<readonly number[]> {
      const rows = await db
        .selectFrom('hosts')
        .innerJoin('credentials', 'credentials.id', 'hosts.credential_id')
        .select('hosts.id')
        .where('credentials.user_id', '=', userId)
        .where('hosts.user_id', '!=', userId)
        .execute();
      return rows.map(({ id }) => id);
    },
    /** The hosts that are where somebody said: their own, and those of others that they moved. */
    async idsPlacedBy(userId: string): Promise<readonly number[]> {
      const found = db.selectFrom('hosts').select('id');
      const rows = await found
        .where((where) => where.or([where('user_id', '=', userId), where('placed_by', '=', userId)]))
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}
