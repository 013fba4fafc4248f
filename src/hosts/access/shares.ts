import type { Database } from '../../db/schema.ts';
import { badRequest, notFound } from '../../lib/errors.ts';
import type { HostAccess, Level, Viewer } from './access.ts';
import type { Changes } from './changes.ts';

/** Access to a host that was given to another user. */
export type Share = { readonly userId: string; readonly username: string; readonly level: Level };

/** Giving hosts to other users, to look at or to manage. Only the owner does; a host stays its owner's. */
export function createShares(db: Database, access: HostAccess, changed: Changes['changed']) {
  async function nameOf(userId: string): Promise<string> {
    const row = await db.selectFrom('users').select('username').where('id', '=', userId).executeTakeFirst();
    if (row === undefined) throw notFound('User not found');
    return row.username;
  }

  function tell(hostId: number): void {
    access.forgetLevels();
    changed(hostId);
  }

  return {
    async listShares(user: Viewer, hostId: number): Promise<readonly Share[]> {
      await access.requireOwner(user, hostId);
      return db
        .selectFrom('shares')
        .innerJoin('users', 'users.id', 'shares.user_id')
        .select(['users.id as userId', 'username', 'level'])
        .where('host_id', '=', hostId)
        .orderBy('username')
        .execute();
    },
    /** Gives a host to a user, or changes how. Answers with the names of both. */
    async share(user: Viewer, hostId: number, to: { readonly userId: string; readonly level: unknown }) {
      const hostName = await access.requireOwner(user, hostId);
      const { userId, level } = to;
      if (level !== 'view' && level !== 'manage') throw badRequest('level must be view or manage');
      if (userId === user.id) throw badRequest('The host is yours already');
      const username = await nameOf(userId);
      await db
        .insertInto('shares')
        .values({ host_id: hostId, user_id: userId, level })
        .onConflict((conflict) => conflict.columns(['host_id', 'user_id']).doUpdateSet({ level }))
        .execute();
      tell(hostId);
      return { hostName, username };
    },
    /** Takes a host from a user again; nothing is changed where they had none of it. */
    async unshare(user: Viewer, hostId: number, userId: string) {
      const hostName = await access.requireOwner(user, hostId);
      const username = await nameOf(userId);
      await db.deleteFrom('shares').where('host_id', '=', hostId).where('user_id', '=', userId).execute();
      tell(hostId);
      return { hostName, username };
    },
    /** The other users, by name, for who wants to share. */
    async usersToShareWith(user: Viewer): Promise<readonly { readonly userId: string; readonly username: string }[]> {
      const found = db.selectFrom('users').select(['id as userId', 'username']).where('id', '!=', user.id);
      return found.orderBy('username').execute();
    },
  };
}
